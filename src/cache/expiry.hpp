// SPDX-License-Identifier: MIT
#pragma once

#include <crier/object_cache.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

namespace crier {

// The given clock, or the system's coarse one, which costs a few nanoseconds.
[[nodiscard]] std::int64_t now(const CacheClock& clock);

// What few entries have, in nanoseconds. 0: not at all.
struct Lasting {
  std::int64_t ahead = 0;  // before the absolute end, to be loaded ahead
  std::int64_t stale = 0;  // after the end, to be kept

  // REQUIRES: check_durations(keep).
  Lasting(const KeepFor& keep, std::optional<std::chrono::milliseconds> at_most);
};

// When an entry ends. In nanoseconds of the cache's clock. Any number of threads may ask at once.
struct Expiry {
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  enum class Age : std::uint8_t {
    fresh,
    due,      // to be loaded ahead: as good as fresh
    expired,  // kept in case that a load fails
    gone,
  };

  std::int64_t at = kNever;
  std::int64_t latest = kNever;  // the absolute end; `at` never goes beyond
  std::int64_t sliding = 0;      // 0: none

  Expiry() = default;
  // `at_most`: it lives no longer. REQUIRES: check_durations(keep).
  Expiry(const KeepFor& keep, std::optional<std::chrono::milliseconds> at_most,
         const CacheClock& clock);

  // If it is fresh or due, a sliding one begins anew if asked. Looks at no clock if it never ends.
  // `lasting` is null if it has none.
  [[nodiscard]] Age age(const CacheClock& clock, bool touch, const Lasting* lasting);
  // Whether it has expired longer ago than that.
  [[nodiscard]] bool is_older(std::chrono::milliseconds since, const CacheClock& clock);

  // A point in time that never is beyond kNever. REQUIRES: `duration` is above 0.
  [[nodiscard]] static std::int64_t after(std::int64_t time, std::int64_t duration) {
    return time > 0 && duration > kNever - time ? kNever : time + duration;
  }
};

inline Expiry::Age Expiry::age(const CacheClock& clock, bool touch, const Lasting* lasting) {
  const std::atomic_ref<std::int64_t> moving(at);
  const std::int64_t end = moving.load(std::memory_order_relaxed);
  if (end == kNever) {
    return Age::fresh;
  }
  const std::int64_t time = now(clock);
  if (time >= end) {
    return lasting != nullptr && lasting->stale != 0 && time < after(end, lasting->stale)
               ? Age::expired
               : Age::gone;
  }
  if (touch && sliding != 0) {
    const std::int64_t next = std::min(after(time, sliding), latest);
    if (end != next) {  // what is written needlessly travels between processors
      moving.store(next, std::memory_order_relaxed);
    }
  }
  return lasting != nullptr && lasting->ahead != 0 && time >= latest - lasting->ahead ? Age::due
                                                                                      : Age::fresh;
}

}  // namespace crier
