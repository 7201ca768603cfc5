// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/log.hpp>
#include <crier/log_follower.hpp>

#include "base/own_entries.hpp"

#include <memory>

namespace crier {

class NodeRuntime;

// Whether the log, of which `page` was read after `after`, holds what this node had written up to
// `written` before that. What the poller has passed it has compared, and its own are forgotten
// since.
[[nodiscard]] bool holds_own(OwnEntries& own, EntryId written, EntryId after, EntryId passed,
                             const Page& page);

// The log as refreshers that follow it may ask it, for as long as the incarnation runs.
class NodeLog final : public LogAccess {
 public:
  explicit NodeLog(std::weak_ptr<NodeRuntime> runtime) : runtime_(std::move(runtime)) {}

  Place place() override;
  Fingerprint origin() override;
  bool look(EntryId after, const ReadLimits& limits, Page& page) override;
  bool is_own(const Entry& entry) override;
  void hurry() noexcept override;

 private:
  // Throws crier::Error if it has gone.
  [[nodiscard]] std::shared_ptr<NodeRuntime> runtime() const;

  const std::weak_ptr<NodeRuntime> runtime_;
};

}  // namespace crier
