// SPDX-License-Identifier: MIT
#include "base/worker.hpp"

#include <algorithm>
#include <utility>

namespace crier {

std::chrono::nanoseconds next_wait(const Pace& pace, std::size_t failures, double draw) noexcept {
  constexpr double kJitter = 0.2;
  const std::chrono::nanoseconds period = pace.period;
  const std::chrono::nanoseconds limit =
      std::max<std::chrono::nanoseconds>(pace.max_back_off, period);
  std::chrono::nanoseconds wait = period;
  for (std::size_t i = 0; i < failures && wait < limit; ++i) {
    wait *= 2;
  }
  const double factor = 1.0 - kJitter / 2 + kJitter * draw;
  return std::chrono::nanoseconds(
      static_cast<std::int64_t>(static_cast<double>(std::min(wait, limit).count()) * factor));
}

Worker::Worker(Pace pace, Wakeup& wakeup, Step step)
    : pace_(pace),
      wakeup_(wakeup),
      step_(std::move(step)),
      thread_([this](const std::stop_token& stop) { loop(stop); }) {}

Worker::~Worker() { stop(); }

void Worker::stop() noexcept {
  thread_.request_stop();
  wakeup_.ring();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void Worker::loop(const std::stop_token& stop) {
  std::uniform_real_distribution<double> draw(0.0, 1.0);
  std::size_t failures = 0;
  while (true) {
    const std::uint64_t mark = wakeup_.mark();
    // After the mark: a stop that comes later rings, and so ends the wait below.
    if (stop.stop_requested()) {
      return;
    }
    failures = step_(stop) ? 0 : failures + 1;
    const auto pause = next_wait(pace_, failures, draw(random_));
    if (failures == 0) {
      wakeup_.wait(mark, pause);
    } else {
      back_off(stop, pause);
    }
  }
}

void Worker::back_off(const std::stop_token& stop, std::chrono::nanoseconds duration) {
  const auto end = std::chrono::steady_clock::now() + duration;
  for (auto left = duration; left > left.zero(); left = end - std::chrono::steady_clock::now()) {
    const std::uint64_t mark = wakeup_.mark();
    if (stop.stop_requested()) {
      return;
    }
    wakeup_.wait(mark, left);
  }
}

}  // namespace crier
