// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <ctime>

namespace crier {

// The steady clock's time as of the kernel's last tick: some milliseconds behind at the most, for a
// quarter of the price. For what is compared with seconds.
inline std::chrono::steady_clock::time_point coarse_now() noexcept {
#ifdef CLOCK_MONOTONIC_COARSE  // of one scale with CLOCK_MONOTONIC, which steady_clock is here
  timespec time{};
  if (clock_gettime(CLOCK_MONOTONIC_COARSE, &time) == 0) {
    return std::chrono::steady_clock::time_point(std::chrono::seconds(time.tv_sec) +
                                                 std::chrono::nanoseconds(time.tv_nsec));
  }
#endif
  return std::chrono::steady_clock::now();
}

}  // namespace crier
