// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>
#include <crier/admin/history.hpp>
#include <crier/admin/store.hpp>
#include <crier/guid.hpp>

#include "base/position.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crier {

class Dispatcher;
class Reporter;

// Shows this node to the others, and notices another one under its name. Used by one thread at a
// time.
class Heartbeat {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // What the keeper calls it: troubles of the beat itself are over with the next.
  static constexpr std::string_view kName = "the beat";

  // `node` holds what stays as it is: who, where, how often. A poller that has not come forward for
  // `stalled_after` is shown as stalled.
  Heartbeat(Reporter& reporter, Dispatcher& dispatcher, NodeReport node,
            std::chrono::milliseconds stalled_after);

  // `durable`: the position is kept for the next start. Throws crier::Error. If the row has been
  // written since the last beat, another process beats as this node: is_cloned().
  BeatResult beat(Connection& connection, const Position::State& state, Role role, bool durable,
                  Time now);
  // Tells the position, and whether it may move, in one UPDATE to those who wait for it. Nothing if
  // no beat of this node stands in the database, so that a beat is to follow. Throws crier::Error.
  std::optional<PauseOrder> answer(Connection& connection, const Position::State& state);
  // Whether the last beat is known to stand in the database.
  [[nodiscard]] bool is_known() const { return beaten_at_.has_value(); }
  [[nodiscard]] bool is_cloned() const { return is_cloned_; }
  // As the others have it; `unknown` before the first beat.
  [[nodiscard]] Role shown_role() const { return shown_role_; }
  // How far this node was, as the last beat told it.
  struct Told {
    ProgressMark mark;
    // Where it began in this log, how many logs it has had, and when it beat for the last time
    // before it told anything of this one; 0: not known.
    EntryId began;
    std::uint64_t logs = 0;
    std::chrono::milliseconds untold_at{0};
  };
  // Nothing before the first beat with a place in the log, and while it has none.
  [[nodiscard]] const std::optional<Told>& told() const { return told_; }
  void goodbye(NodeDirectory& nodes);
  // From now on under another incarnation.
  void rename(const Guid& incarnation) {
    report_.incarnation = incarnation;
    beaten_at_.reset();
    told_.reset();
    told_logs_ = 0;
    is_cloned_ = false;
  }

 private:
  Reporter& reporter_;
  Dispatcher& dispatcher_;
  const std::chrono::milliseconds stalled_after_;
  NodeReport report_;     // as of the last beat
  std::string namesake_;  // as it was last told
  // By the database's clock; nothing if it is not known what became of the last beat.
  std::optional<std::chrono::milliseconds> beaten_at_;
  std::optional<Told> told_;
  std::uint64_t told_logs_ = 0;
  std::chrono::milliseconds untold_at_{0};
  bool is_cloned_ = false;
  Role shown_role_ = Role::unknown;
};

}  // namespace crier
