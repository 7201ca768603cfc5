// SPDX-License-Identifier: MIT
#pragma once

#include "testing/memory_store.hpp"

#include <chrono>
#include <mutex>

namespace crier::testing {

/// The time of a world, which is the nodes' and the database's. Thread-safe.
class Clock {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// The store outlives it.
  explicit Clock(MemoryStore& store) : store_(store) {}

  [[nodiscard]] Time now() const {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  /// Never backward.
  void set(Time time) {
    const std::lock_guard lock(mutex_);
    move_to(time);
  }
  void advance(std::chrono::milliseconds duration) {
    const std::lock_guard lock(mutex_);
    move_to(now_ + duration);
  }

 private:
  void move_to(Time time) {
    if (time > now_) {
      now_ = time;
      store_.set_time(begin_of_store_ +
                      std::chrono::floor<std::chrono::milliseconds>(now_ - begin_));
    }
  }

  MemoryStore& store_;
  const std::chrono::milliseconds begin_of_store_ = store_.now;
  // What asks the machine's clock after all should not find another age.
  const Time begin_ = std::chrono::steady_clock::now();
  mutable std::mutex mutex_;
  Time now_ = begin_;  // guarded by mutex_
};

}  // namespace crier::testing
