// SPDX-License-Identifier: MIT
#pragma once

#include <crier/store.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <random>
#include <stop_token>
#include <thread>

namespace crier {

// How a Worker paces its steps.
struct Pace {
  std::chrono::milliseconds period{100};
  // After a step that failed: doubled with each failure in a row, from the period up to this.
  std::chrono::milliseconds max_back_off{5000};
};

// How long to wait before the next step, given the failures in a row and a draw from [0, 1): the
// wait varies by a tenth around its length, so that nodes that started together drift apart.
[[nodiscard]] std::chrono::nanoseconds next_wait(const Pace& pace, std::size_t failures,
                                                 double draw) noexcept;

// A thread that runs a step again and again: with each period, and whenever `wakeup` is rung. A
// ring while a step runs makes one more follow at once, since the running one may have looked
// already. The step says whether it went well; it must not throw. After a failure rings are not
// heeded until the back-off has passed. stop() may be called from any thread but the step's, and
// waits for the step that is under way.
class Worker {
 public:
  using Step = std::function<bool(const std::stop_token&)>;

  Worker(Pace pace, Wakeup& wakeup, Step step);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void stop() noexcept;

 private:
  void loop(const std::stop_token& stop);
  void back_off(const std::stop_token& stop, std::chrono::nanoseconds duration);

  const Pace pace_;
  Wakeup& wakeup_;
  const Step step_;
  std::minstd_rand random_{std::random_device{}()};  // the thread's own

  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace crier
