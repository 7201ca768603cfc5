// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>

namespace crier {

// What is beyond a year (as milliseconds::max() is) counts as one, and what is below zero as zero:
// sums could overflow.
[[nodiscard]] inline std::chrono::milliseconds bounded(std::chrono::milliseconds timeout) {
  constexpr std::chrono::milliseconds kYear = std::chrono::hours(24 * 366);
  return std::clamp(timeout, std::chrono::milliseconds(0), kYear);
}

// The point `timeout` from now, bounded.
[[nodiscard]] inline std::chrono::steady_clock::time_point deadline_after(
    std::chrono::milliseconds timeout) {
  return std::chrono::steady_clock::now() + bounded(timeout);
}

}  // namespace crier
