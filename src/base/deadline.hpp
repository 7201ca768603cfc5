// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

namespace crier {

// The point `timeout` from now; a timeout beyond a year (as in milliseconds::max()) counts as one,
// since the sum would overflow.
[[nodiscard]] inline std::chrono::steady_clock::time_point deadline_after(
    std::chrono::milliseconds timeout) {
  constexpr std::chrono::milliseconds kYear = std::chrono::hours(24 * 366);
  return std::chrono::steady_clock::now() + (timeout < kYear ? timeout : kYear);
}

}  // namespace crier
