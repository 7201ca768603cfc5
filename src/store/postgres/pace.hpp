// SPDX-License-Identifier: MIT
#pragma once

#include "store/postgres/note.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace crier::postgres {

// When the next ring may be sent. Rings in a row compete with what they ring for, and whoever hears
// one finds all that is there. So there is one a millisecond at most, and while entries come closer
// together than that the pace stretches from ring to ring; a call is not held up by them.
class Pace {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::microseconds kLeast{1000};
  static constexpr std::chrono::microseconds kMost{4000};

  // Nothing so loud is to be sent before.
  [[nodiscard]] Time turn(Ring ring) const { return last_ + (ring == Ring::call ? kLeast : pace_); }
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
