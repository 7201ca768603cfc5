// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>
#include <crier/admin/store.hpp>
#include <crier/options.hpp>

#include "keeper/heartbeat.hpp"
#include "keeper/kept_position.hpp"
#include "keeper/leadership.hpp"
#include "keeper/pruner.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace crier {

class Dispatcher;
class Position;
class Reporter;

// Shows this node to the others, bears its role, and does the leader's housekeeping. Used by one
// thread at a time, but for role(). Nothing that fails here stops it: the next tick tries again.
class Keeper {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Settings {
    NodeReport node;  // what stays as it is: who, where, how often
    Role fixed_role = Role::unknown;
    std::chrono::milliseconds lease_duration{};
    std::chrono::milliseconds stalled_after{};
    Pruner::Settings pruning;
    KeepPosition keep_position = KeepPosition::in_memory;
    std::string position_file;
    std::string originated;                       // of what this incarnation writes
    std::chrono::milliseconds canary_interval{};  // 0: none
    bool read_only = false;                       // does nothing but keep the position's file
  };

  Keeper(Store& store, Reporter& reporter, const Position& position, Dispatcher& dispatcher,
         Settings settings);

  // Beats, settles the role, records what was given up, saves the position, and does a chunk of the
  // leader's work. True where more of that waits. Throws crier::Error.
  bool tick(Time now);

  // The step of the keeper's thread: a tick whose failure is reported, and whose connection is then
  // opened anew. False where the tick failed; rings `again` where more work waits.
  bool step(Time now, Wakeup& again) noexcept;

  // Takes over what an earlier start has kept: where to go on from, or nothing. From here on the
  // position is saved with each tick, once it has a place. Throws crier::Error.
  std::optional<Cursor> claim_position();

  // Saves the position a last time, gives the lease back, says goodbye. Tells what fails, and takes
  // no more than a few seconds.
  void leave() noexcept;

  // Any thread.
  [[nodiscard]] Role role(Time now) const noexcept { return leadership_.role(now); }

 private:
  bool try_step(Time now, Wakeup& again);
  Connection& connection();
  void record_failures();
  // The leader's, beside pruning.
  void send_canary(const Fence& fence, Time now);

  Store& store_;
  Reporter& reporter_;
  Dispatcher& dispatcher_;
  const Settings settings_;
  Heartbeat heartbeat_;
  Leadership leadership_;
  Pruner pruner_;
  KeptPosition kept_position_;
  Time canary_at_;  // when the last one was sent
  std::unique_ptr<Connection> connection_;
};

}  // namespace crier
