// SPDX-License-Identifier: MIT
#include <crier/hybrid_entry.hpp>

#include "cache/expiry.hpp"

#include <algorithm>

namespace crier::detail {

void RenewalTime::set(std::optional<std::chrono::milliseconds> sliding, const CacheClock& clock) {
  if (sliding) {
    constexpr std::chrono::milliseconds kMost = std::chrono::hours(24 * 365);
    every_ = std::chrono::nanoseconds(std::min(*sliding, kMost)).count() / 4;
    at_ = now(clock) + every_;
  }
}

bool RenewalTime::is_reached(const CacheClock& clock) const {
  const std::int64_t time = now(clock);
  std::int64_t at = at_;
  return time >= at && at_.compare_exchange_strong(at, time + every_);
}

std::optional<std::chrono::milliseconds> left_of(const SharedExpiry& expiry) {
  std::optional<std::chrono::milliseconds> left = expiry.after;
  if (!left && expiry.at) {
    left =
        std::chrono::ceil<std::chrono::milliseconds>(*expiry.at - std::chrono::system_clock::now());
  }
  if (expiry.sliding) {
    left = std::min(left.value_or(*expiry.sliding), *expiry.sliding);
  }
  return left;
}

}  // namespace crier::detail
