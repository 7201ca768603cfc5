// SPDX-License-Identifier: MIT
#pragma once

#include <crier/object_cache.hpp>

#include "base/coarse_clock.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <utility>

namespace crier {

// Whether what is out of reach is to be tried again yet: not by each caller, who would wait for its
// deadline. Thread-safe.
class Outage {
 public:
  // `clock`: empty but in tests.
  explicit Outage(CacheClock clock) : clock_(std::move(clock)) {}

  [[nodiscard]] bool is_on() const { return now() < until_.load(); }
  void failed() {
    using std::chrono::milliseconds;
    const milliseconds pause = pause_;
    until_ = now() + pause;
    pause_ = std::min(2 * pause, milliseconds(5000));
  }
  void ended() {
    if (pause_.load() != kFirst) {
      pause_ = kFirst;
    }
  }

 private:
  using Time = std::chrono::steady_clock::time_point;

  [[nodiscard]] Time now() const {
    return clock_ ? Time(std::chrono::duration_cast<Time::duration>(clock_())) : coarse_now();
  }

  static constexpr std::chrono::milliseconds kFirst{250};

  const CacheClock clock_;
  std::atomic<Time> until_{};
  std::atomic<std::chrono::milliseconds> pause_ = kFirst;
};

}  // namespace crier
