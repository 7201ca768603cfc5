// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
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

// A thread that runs a step again and again. The step says whether it went well; it must not throw.
// wake() and stop() may be called from any thread (stop() not from the step); stop() waits for the
// step that is under way.
class Worker {
 public:
  using Step = std::function<bool(const std::stop_token&)>;

  Worker(Pace pace, Step step);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Ends the current wait. While a step runs, one more follows it at once: the running one may
  // have looked already. Many calls make one step.
  void wake();
  void stop() noexcept;

 private:
  void loop(const std::stop_token& stop);
  void wait(const std::stop_token& stop, std::chrono::nanoseconds duration);

  const Pace pace_;
  const Step step_;
  std::minstd_rand random_{std::random_device{}()};  // the thread's own

  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool woken_ = false;  // guarded by mutex_

  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace crier
