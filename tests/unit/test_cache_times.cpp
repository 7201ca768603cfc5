// SPDX-License-Identifier: MIT
#include "base/cache_times.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kNow = 1'790'000'000'000;
constexpr std::int64_t kHour = 3'600'000;

CacheTimes at_set(const SharedExpiry& expiry) { return CacheTimes::at_set("set", expiry, kNow); }

TEST_CASE("the first expiry is the earlier of the two, to the millisecond") {
  CHECK(at_set({.after = 1ms}).expires == kNow + 1);
  CHECK(at_set({.sliding = 1h}).expires == kNow + kHour);
  CHECK(at_set({.after = 2h, .sliding = 1h}).expires == kNow + kHour);
  CHECK(at_set({.after = 30min, .sliding = 1h}).expires == kNow + kHour / 2);
  CHECK_FALSE(at_set({}).expires);
  CHECK_FALSE(at_set({.after = 1ms}).gone(kNow));
  CHECK(at_set({.after = 1ms}).gone(kNow + 1));
}

TEST_CASE("a use is renewed by a tenth more, so that the next is not due at once") {
  CacheTimes times = at_set({.sliding = 1h});
  CHECK_FALSE(times.wants_renewal(kNow));
  CHECK(times.wants_renewal(kNow + 1));
  times.expires = times.renewed(kNow + 1);
  CHECK(times.expires == kNow + 1 + kHour + kHour / 10);
  CHECK_FALSE(times.wants_renewal(kNow + 1 + kHour / 10));
  CHECK(times.wants_renewal(kNow + 2 + kHour / 10));
  times = at_set({.sliding = 100ms});
  CHECK(times.renewed(kNow + 50) == kNow + 50 + 110);
  times = at_set({.sliding = 1ms});
  CHECK(times.renewed(kNow) == kNow + 1);
}

TEST_CASE("no renewal goes beyond the absolute time, and none is wanted there") {
  CacheTimes times = at_set({.after = 90min, .sliding = 1h});
  times.expires = times.renewed(kNow + kHour / 2);
  CHECK(times.expires == kNow + kHour * 3 / 2);
  CHECK_FALSE(times.wants_renewal(kNow + kHour));
}

TEST_CASE("an absolute time that has passed is refused, to the millisecond") {
  const auto at = [](std::int64_t ms) { return SharedTime(std::chrono::milliseconds(ms)); };
  CHECK(at_set({.at = at(kNow + 1)}).expires == kNow + 1);
  CHECK_THROWS_AS(at_set({.at = at(kNow)}), Error);
  CHECK(at_set({.at = at(kNow - 1), .after = 5ms}).expires == kNow + 5);
}

TEST_CASE("a stamp is the same while nothing has happened that could be remembered") {
  const SharedStamp before{1, 2, kNow};
  CHECK(same({1, 2, kNow}, before));
  CHECK(same({1, 2, kNow + 299'999}, before));
  CHECK_FALSE(same({1, 2, kNow + 300'000}, before));
  CHECK_FALSE(same({0, 2, kNow}, before));
  CHECK_FALSE(same({1, 3, kNow}, before));
}

}  // namespace
}  // namespace crier::test
