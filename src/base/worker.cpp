// SPDX-License-Identifier: MIT
#include "base/worker.hpp"

#include <algorithm>
#include <utility>

namespace crier {

std::chrono::nanoseconds next_wait(const Pace& pace, std::size_t failures, double draw) noexcept {
  constexpr std::size_t kMaxDoublings = 30;  // beyond any back-off; keeps the shift in range
  constexpr double kJitter = 0.2;
  const std::chrono::nanoseconds period = pace.period;
  const std::chrono::nanoseconds limit =
      std::max<std::chrono::nanoseconds>(pace.max_back_off, period);
  std::chrono::nanoseconds wait = period;
  for (std::size_t i = 0; i < std::min(failures, kMaxDoublings) && wait < limit; ++i) {
    wait *= 2;
  }
  const double factor = 1.0 - kJitter / 2 + kJitter * draw;
  return std::chrono::nanoseconds(
      static_cast<std::int64_t>(static_cast<double>(std::min(wait, limit).count()) * factor));
}

Worker::Worker(Pace pace, Step step)
    : pace_(pace),
      step_(std::move(step)),
      thread_([this](const std::stop_token& stop) { loop(stop); }) {}

Worker::~Worker() { stop(); }

void Worker::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

void Worker::stop() noexcept {
  thread_.request_stop();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void Worker::loop(const std::stop_token& stop) {
  std::uniform_real_distribution<double> draw(0.0, 1.0);
  std::size_t failures = 0;
  while (!stop.stop_requested()) {
    failures = step_(stop) ? 0 : failures + 1;
    wait(stop, next_wait(pace_, failures, draw(random_)));
  }
}

void Worker::wait(const std::stop_token& stop, std::chrono::nanoseconds duration) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, duration, [this] { return woken_; });
  woken_ = false;
}

}  // namespace crier
