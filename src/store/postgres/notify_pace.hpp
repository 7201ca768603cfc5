// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace crier::postgres {

// When the next ring may be sent. Rings in a row compete with what they ring for, and whoever hears
// one finds all that is there. So there is one a millisecond at most, and while what they ring for
// comes closer together than that the pace stretches from ring to ring.
class NotifyPace {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::microseconds kLeast{1000};
  static constexpr std::chrono::microseconds kMost{4000};

  // No ring is to be sent before.
  [[nodiscard]] Time turn() const { return last_ + pace_; }
  // There is one more to ring for.
  void owe() { ++owed_; }
  // For all of them.
  void send(Time now) {
    const bool is_dense = owed_ * kDense >= now - last_;
    pace_ = is_dense ? std::min(pace_ + pace_ / 4, kMost) : kLeast;
    last_ = now;
    owed_ = 0;
  }

 private:
  static constexpr std::chrono::microseconds kDense{650};  // from one entry to the next

  Time last_;
  std::chrono::microseconds pace_ = kLeast;
  std::int64_t owed_ = 0;
};

}  // namespace crier::postgres
