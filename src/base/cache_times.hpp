// SPDX-License-Identifier: MIT
#pragma once

#include <crier/error.hpp>
#include <crier/shared_cache.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace crier {

// The times of an entry of the shared cache, in milliseconds since 1970: ASP.NET's rules, the same
// in every store.
struct CacheTimes {
  std::optional<std::int64_t> expires;   // nothing: never
  std::optional<std::int64_t> sliding;   // a duration
  std::optional<std::int64_t> absolute;  // beyond which no use carries it

  // What a renewal grants beyond the sliding time, so that the next is not due at once.
  [[nodiscard]] static std::int64_t slack(std::int64_t sliding) { return sliding / 10; }
  [[nodiscard]] bool gone(std::int64_t now) const { return expires && *expires <= now; }
  // Less than the sliding time is left, and more can be had.
  [[nodiscard]] bool wants_renewal(std::int64_t now) const {
    return sliding && expires && *expires < now + *sliding && (!absolute || *expires < *absolute);
  }
  // REQUIRES: wants_renewal().
  [[nodiscard]] std::int64_t renewed(std::int64_t now) const {
    const std::int64_t next = now + *sliding + slack(*sliding);
    return absolute ? std::min(next, *absolute) : next;
  }

  // Of an entry that is set at `now`. Throws an invalid_argument Error of `operation` if `at`
  // has passed by then. REQUIRES: durations above 0.
  [[nodiscard]] static CacheTimes at_set(const char* operation, const SharedExpiry& expiry,
                                         std::int64_t now) {
    constexpr std::int64_t kCentury = std::int64_t{36'525} * 24 * 3600 * 1000;
    CacheTimes times;
    if (expiry.sliding) {
      times.sliding = std::min<std::int64_t>(expiry.sliding->count(), kCentury);
      times.expires = now + *times.sliding;
    }
    if (expiry.after) {
      times.absolute = now + std::min<std::int64_t>(expiry.after->count(), kCentury);
    } else if (expiry.at) {
      times.absolute =
          std::min<std::int64_t>(expiry.at->time_since_epoch().count(), now + kCentury);
      if (*times.absolute <= now) {
        throw Error(operation, "the time at which the entry is to expire has passed already",
                    Error::Kind::invalid_argument);
      }
    }
    if (times.absolute) {
      times.expires = std::min(times.expires.value_or(*times.absolute), *times.absolute);
    }
    return times;
  }
};

// Whether nothing has happened between the two to the key that they are of, as far as anybody can
// remember.
[[nodiscard]] inline bool same(const SharedStamp& now, const SharedStamp& before) {
  return now.key == before.key && now.cache == before.cache &&
         now.seen_ms - before.seen_ms < SharedCache::kRemembers.count();
}

}  // namespace crier
