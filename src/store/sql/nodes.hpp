// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>
#include <crier/admin/wakeup.hpp>

#include "store/sql/canary_sender.hpp"
#include "store/sql/fence_check.hpp"
#include "store/sql/position_requests.hpp"
#include "store/sql/positions.hpp"
#include "store/sql/statement.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace crier::sql {

class Nodes final : public NodeDirectory {
 public:
  // Canaries are appended to `log`. Each of them, and each request, rings `wakeup`.
  Nodes(Session& session, LogDriver& log, Wakeup& wakeup)
      : session_(session), requests_(session, wakeup), canary_(session, log, wakeup) {}

  BeatResult beat(const NodeReport& report) override;
  void goodbye(const Guid& incarnation) override;
  std::vector<NodeRecord> list() override;
  std::size_t forget(std::string_view name) override;
  std::size_t forget_older(std::chrono::milliseconds age, std::chrono::milliseconds position_age,
                           const Fence& fence) override;

  PositionClaim claim_position(const NodeReport& report) override {
    return positions_.claim(report);
  }
  bool save_position(const NodeReport& report, const Cursor& cursor, bool reset) override {
    return positions_.save(report, cursor, reset);
  }

  std::optional<PauseOrder> publish_position(const NodeReport& report) override;
  std::int64_t request_position(EntryId entry, std::chrono::milliseconds timeout) override {
    return requests_.add(entry, timeout);
  }
  void remind() noexcept override { requests_.remind(); }
  void withdraw_request(std::int64_t serial) override { requests_.withdraw(serial); }
  std::vector<PositionRequest> position_requests() override { return requests_.list(); }

  std::size_t pause(std::string_view name, std::chrono::milliseconds duration,
                    std::string_view by) override;
  std::size_t resume(std::string_view name, std::string_view by) override;

  std::optional<EntryId> send_canary(const NewEntry& entry, std::chrono::milliseconds interval,
                                     const Fence& fence) override {
    return canary_.send(entry, interval, fence);
  }
  std::optional<Canary> canary() override { return canary_.newest(); }

 private:
  // Returns the time since the beat before.
  void write_beat(const NodeReport& report, BeatResult& result);
  // Also for those whose process is gone, and who can't be leading any more.
  void say_goodbye_for_predecessors(const NodeReport& report, const std::vector<std::string>& gone);

  Session& session_;
  const std::string& log_ = session_.config().log;
  FenceCheck fence_{session_};
  Statement gap_{session_, "gap"};
  Statement beat_{session_, "beat"};
  Statement publish_position_{session_, "publish_position"};
  Statement pause_{session_, "pause"};
  Statement resume_{session_, "resume"};
  Statement alone_{session_, "alone"};
  Statement namesakes_{session_, "namesakes"};
  Statement goodbye_of_predecessors_{session_, "goodbye_of_predecessors"};
  Statement goodbye_{session_, "goodbye"};
  Statement release_{session_, "release_lease"};
  Statement nodes_{session_, "nodes"};
  Statement forget_nodes_{session_, "forget_nodes"};
  Statement forget_old_nodes_{session_, "forget_old_nodes"};
  Positions positions_{session_};
  PositionRequests requests_;
  CanarySender canary_;
};

}  // namespace crier::sql
