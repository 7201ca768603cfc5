// SPDX-License-Identifier: MIT
#pragma once

#include <crier/guid.hpp>
#include <crier/shared_cache.hpp>

#include "base/hash.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

// What scripts are given: numbers as text, empty if there is none.
namespace crier::redis {

// Whatever is longer; Redis' clock is a double in the scripts, and exact so far.
inline constexpr std::chrono::milliseconds kCentury = std::chrono::hours(24 * 36'525);

[[nodiscard]] inline std::string text_of(const std::optional<std::chrono::milliseconds>& duration) {
  return duration ? std::to_string(std::min(*duration, kCentury).count()) : std::string();
}

// The end of what .NET can count.
[[nodiscard]] inline std::string text_of(const std::optional<SharedTime>& time) {
  constexpr std::int64_t kEndOfTime = 253'402'300'799'999;
  return time ? std::to_string(
                    std::clamp<std::int64_t>(time->time_since_epoch().count(), 0, kEndOfTime))
              : std::string();
}

// Never 0, which stands for none.
[[nodiscard]] inline std::string new_stamp() {
  return std::to_string((fnv1a64(Guid::random().to_string()) >> 1U) | 1U);
}

}  // namespace crier::redis
