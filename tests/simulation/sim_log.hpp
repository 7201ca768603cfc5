// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/log_follower.hpp>

#include "base/own_entries.hpp"
#include "base/position.hpp"
#include "node/node_log.hpp"
#include "poller/fenced_progress.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace crier::test {

// The log as a node's hybrid cache asks it: see NodeRuntime.
class SimLog final : public LogAccess {
 public:
  // All of these outlive it.
  SimLog(Store& store, Position& position, FencedProgress& progress, OwnEntries& own,
         std::function<Fingerprint()> origin, std::function<void()> hurry)
      : store_(store),
        position_(position),
        progress_(progress),
        own_(own),
        origin_(std::move(origin)),
        hurry_(std::move(hurry)) {}

  Place place() override {
    const Position::State position = position_.state();
    return {position.entry(), progress_.reading().lineage, own_.newest(), position.resets};
  }
  Fingerprint origin() override { return origin_(); }
  bool look(EntryId after, const ReadLimits& limits, Page& page) override {
    const EntryId written = own_.newest();
    if (connection_ == nullptr) {
      connection_ = store_.connect(Access::read_only);
    }
    connection_->log().read_after(after, limits, page);
    return holds_own(own_, written, after, progress_.reading().cursor.id, page);
  }
  bool is_own(const Entry& entry) override { return own_.has_written(entry); }
  void hurry() noexcept override { hurry_(); }

 private:
  Store& store_;
  Position& position_;
  FencedProgress& progress_;
  OwnEntries& own_;
  const std::function<Fingerprint()> origin_;
  const std::function<void()> hurry_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace crier::test
