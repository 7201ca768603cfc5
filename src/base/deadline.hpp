// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>

namespace crier {

// The point `timeout` from now; a timeout beyond a year (as in milliseconds::max()) counts as one,
// and one below zero as zero, since the sum could overflow.
[[nodiscard]] inline std::chrono::steady_clock::time_point deadline_after(
    std::chrono::milliseconds timeout) {
  constexpr std::chrono::milliseconds kYear = std::chrono::hours(24 * 366);
  return std::chrono::steady_clock::now() +
         std::clamp(timeout, std::chrono::milliseconds(0), kYear);
}

}  // namespace crier
