// SPDX-License-Identifier: MIT
#pragma once

// What a node stands on if it is stepped by hand: the seam below <crier/testing.hpp>.

#include <crier/admin/store.hpp>
#include <crier/entry.hpp>
#include <crier/export.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace crier {

/// What a node has a thread for.
enum class WorkerKind : std::uint8_t {
  poller,    ///< reads the log, and runs refreshers
  keeper,    ///< beats, leads, prunes
  watchdog,  ///< looks whether the others come forward
  sweeper,   ///< tidies up what hybrid caches share
  waits,     ///< calls what Node::on_applied() was given
};

/// One of a node's threads, whose steps are run by hand instead. Used by one thread at a time.
class SteppedWorker {
 public:
  /// As the surroundings' clock shows it.
  using Time = std::chrono::steady_clock::time_point;

  virtual ~SteppedWorker() = default;
  /// When its next step is due: Time::min() if it is rung for, Time::max() if it has ended.
  [[nodiscard]] virtual Time next_due() = 0;
  /// Runs one step, due or not; nothing if it has ended, or is in the middle of one.
  virtual void step() = 0;
};

/// The store, the clock and the threads of one node. See Options::surroundings. Thread-safe.
class Surroundings {
 public:
  /// As its clock shows it.
  using Time = std::chrono::steady_clock::time_point;

  virtual ~Surroundings() = default;
  /// In place of that which Options::store names.
  [[nodiscard]] virtual std::shared_ptr<Store> open_store() = 0;
  /// In place of std::chrono::steady_clock::now().
  [[nodiscard]] virtual Time now() const noexcept = 0;
  /// Stands for the process that the node runs in, as NodeReport::process does.
  [[nodiscard]] virtual std::string process() const = 0;
  /// An incarnation begins; `position` tells how far it is, and 0 after its end.
  virtual void begin(std::function<EntryId()> position) = 0;
  /// From now on its steps are to be run, for as long as it lives.
  virtual void add(WorkerKind kind, std::weak_ptr<SteppedWorker> worker) = 0;
  /// In place of a sleep, which ends no later than `until`: has others do their steps, or sets the
  /// clock on.
  virtual void pass(Time until) = 0;
};

}  // namespace crier
