// SPDX-License-Identifier: MIT
#pragma once

#include <crier/object_cache.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>

namespace crier {

// When an entry ends. In nanoseconds of the cache's clock.
struct Expiry {
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  std::int64_t at = kNever;
  std::int64_t latest = kNever;  // the absolute end; `at` never goes beyond
  std::int64_t sliding = 0;      // 0: none

  Expiry() = default;
  // Throws an invalid_argument Error for a duration that is not above 0.
  Expiry(const KeepFor& keep, const CacheClock& clock);

  // Whether it has ended; else a sliding one begins anew. Looks at no clock where it never ends.
  [[nodiscard]] bool passed(const CacheClock& clock, bool touch);

  // A point in time that never is beyond kNever. REQUIRES: `duration` is above 0.
  [[nodiscard]] static std::int64_t after(std::int64_t time, std::int64_t duration) {
    return time > 0 && duration > kNever - time ? kNever : time + duration;
  }
};

// The given clock, or the system's coarse one, which costs a few nanoseconds.
[[nodiscard]] std::int64_t now(const CacheClock& clock);

inline bool Expiry::passed(const CacheClock& clock, bool touch) {
  if (at == kNever) {
    return false;
  }
  const std::int64_t time = now(clock);
  if (time >= at) {
    return true;
  }
  if (touch && sliding != 0) {
    const std::int64_t next = std::min(after(time, sliding), latest);
    if (at != next) {  // what is written needlessly travels between processors
      at = next;
    }
  }
  return false;
}

}  // namespace crier
