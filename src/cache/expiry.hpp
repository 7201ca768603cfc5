// SPDX-License-Identifier: MIT
#pragma once

#include <crier/object_cache.hpp>

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
};

// The given clock, or the system's coarse one, which costs a few nanoseconds.
[[nodiscard]] std::int64_t now(const CacheClock& clock);

}  // namespace crier
