// SPDX-License-Identifier: MIT
#pragma once

#include "simulation/random.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace crier::soak {

// What refreshers suffer until there is calm: that of part 1 throws, a few times in a row, so that
// some calls are given up; that of part 2 is slow, or hangs, at times for longer than a node waits
// when it stops. Thread-safe.
class Mischief {
 public:
  explicit Mischief(std::uint64_t seed) : random_(seed) {}

  void calm() { calm_ = true; }

  // At the beginning of each call of the part's refresher.
  void before_call(std::size_t part) {
    using namespace std::chrono_literals;
    if (calm_ || part == 0) {
      return;
    }
    if (part == 1) {
      throw_at_times();
      return;
    }
    std::chrono::milliseconds pause{0};
    {
      const std::lock_guard lock(mutex_);
      if (random_.once_in(400)) {
        pause = random_.once_in(10) ? 4000ms : random_.between(500ms, 900ms);
      } else if (random_.once_in(40)) {
        pause = random_.between(5ms, 50ms);
      }
    }
    std::this_thread::sleep_for(pause);
  }

 private:
  void throw_at_times() {
    const std::lock_guard lock(mutex_);
    if (spell_ == 0 && random_.once_in(60)) {
      spell_ = 1 + random_.below(6);
    }
    if (spell_ == 0) {
      return;
    }
    --spell_;
    if (random_.once_in(5)) {
      throw 42;  // what is no std::exception counts, too
    }
    throw std::runtime_error("a fault on purpose");
  }

  std::atomic<bool> calm_ = false;
  std::mutex mutex_;
  test::Random random_;    // guarded by mutex_
  std::size_t spell_ = 0;  // calls that throw yet; guarded by mutex_
};

}  // namespace crier::soak
