// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/admin/surroundings.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>

namespace crier {

// How a Worker paces its steps.
struct WorkerPace {
  std::chrono::milliseconds period{100};
  // After a step that failed: doubled with each failure in a row, from the period up to this.
  std::chrono::milliseconds max_back_off{5000};
};

// How long to wait before the next step, given the failures in a row and a draw from [0, 1): the
// wait varies by a tenth around its length, so that nodes that started together drift apart.
[[nodiscard]] std::chrono::nanoseconds next_wait(const WorkerPace& pace, std::size_t failures,
                                                 double draw) noexcept;

// What a step says at its end.
struct Stepped {
  using Time = std::chrono::steady_clock::time_point;

  // Not explicit: most have no more to say than that.
  Stepped(bool went_well, std::optional<Time> next_due = {}) : well(went_well), due(next_due) {}

  bool well;
  // The next one is due then, if the pace does not bring it sooner.
  std::optional<Time> due;
};

// A thread that runs a step again and again: with each period, and whenever `wakeup` is rung. A
// ring while a step runs makes one more follow at once, since the running one may have looked
// already. The step must not throw. After a failure rings are not heeded until the back-off has
// passed. Stopped by one thread at a time.
class Worker {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Step = std::function<Stepped(const std::stop_token&)>;

  // `wakeup` lives as long as what `step` holds. If `urgent` says so, a ring ends a back-off.
  Worker(
      WorkerPace pace, Wakeup& wakeup, Step step,
      std::function<bool()> urgent = [] { return false; });
  // With `surroundings` there is no thread: they run the steps, at the same times but for the
  // variation. REQUIRES: then the wakeup's mark changes with each ring, and with nothing else.
  Worker(
      const std::shared_ptr<Surroundings>& surroundings, WorkerKind kind, WorkerPace pace,
      Wakeup& wakeup, Step step, std::function<bool()> urgent = [] { return false; });
  // Waits for the step that is under way.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Waits for the step that is under way, until `deadline` and not on the step's own thread. False
  // where it goes on: its thread is left to itself, ends after that step, and destroys the step.
  bool stop_by(Time deadline) noexcept;

 private:
  class Loop;
  class ByHand;

  std::shared_ptr<Loop> loop_;       // the thread's, too; null: there is none
  std::shared_ptr<ByHand> by_hand_;  // null: there is a thread
  std::thread thread_;
};

}  // namespace crier
