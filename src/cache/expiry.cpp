// SPDX-License-Identifier: MIT
#include "cache/expiry.hpp"

#include <crier/error.hpp>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <optional>
#include <string>

namespace crier {

namespace {

constexpr std::int64_t kNanoseconds = 1'000'000;  // in a millisecond

std::int64_t nanoseconds(std::chrono::milliseconds duration) {
  return duration.count() > Expiry::kNever / kNanoseconds ? Expiry::kNever
                                                          : duration.count() * kNanoseconds;
}

}  // namespace

void detail::refuse_duration(const char* which, std::chrono::milliseconds duration) {
  throw Error("keep",
              std::string("the ") + which + " expiry of a cached value is " +
                  std::to_string(duration.count()) +
                  " ms; it must be above 0: leave it out for a value that does not expire",
              Error::Kind::invalid_argument);
}

std::int64_t now(const CacheClock& clock) {
  if (clock) {
    return clock().count();
  }
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

Expiry::Expiry(const KeepFor& keep, const CacheClock& clock) {
  detail::check_durations(keep);
  if (!keep.absolute && !keep.sliding) {
    return;
  }
  const std::int64_t begin = now(clock);
  if (keep.absolute) {
    latest = after(begin, nanoseconds(*keep.absolute));
  }
  if (keep.sliding) {
    sliding = nanoseconds(*keep.sliding);
  }
  at = keep.sliding ? std::min(after(begin, sliding), latest) : latest;
}

}  // namespace crier
