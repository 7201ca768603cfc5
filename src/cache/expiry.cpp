// SPDX-License-Identifier: MIT
#include "cache/expiry.hpp"

#include <crier/error.hpp>

#include "base/duration.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <optional>
#include <string>

namespace crier {

namespace {

std::int64_t nanoseconds(std::chrono::milliseconds duration) {
  constexpr std::int64_t kNanoseconds = 1'000'000;  // in a millisecond
  return duration.count() > Expiry::kNever / kNanoseconds ? Expiry::kNever
                                                          : duration.count() * kNanoseconds;
}

[[noreturn]] void refuse(const std::string& what) {
  throw Error("load", what, Error::Kind::invalid_argument);
}

void check_above_0(const char* which, std::optional<std::chrono::milliseconds> duration) {
  if (duration && duration->count() <= 0) {
    refuse(std::string(which) + " of a cached value is " + duration_text(*duration) +
           "; it must be above 0: leave it out for none");
  }
}

}  // namespace

void detail::refuse_duration(const char* which, std::chrono::milliseconds duration) {
  throw Error("keep",
              std::string("the ") + which + " expiry of a cached value is " +
                  duration_text(duration) +
                  "; it must be above 0: leave it out for a value that does not expire",
              Error::Kind::invalid_argument);
}

void detail::refuse_patience(std::chrono::milliseconds patience) {
  throw Error("load",
              "the patience for the load of another call is " + duration_text(patience) +
                  "; it must be above 0: leave it out to wait until that has ended",
              Error::Kind::invalid_argument);
}

void detail::check_loading(const KeepFor& keep) {
  check_above_0("stale_if_error", keep.stale_if_error);
  check_above_0("refresh_ahead", keep.refresh_ahead);
  check_above_0("soft_timeout", keep.soft_timeout);
  if (keep.refresh_ahead && !keep.absolute) {
    refuse(
        "refresh_ahead is a time before the absolute expiry of a cached value, and that is not "
        "given");
  }
  if (keep.refresh_ahead && *keep.refresh_ahead >= *keep.absolute) {
    refuse("refresh_ahead of a cached value is " + duration_text(*keep.refresh_ahead) +
           "; it must be below its absolute expiry, which is " + duration_text(*keep.absolute));
  }
  if (keep.soft_timeout && !keep.stale_if_error) {
    refuse(
        "soft_timeout gives out a value that has expired, and none is kept: set stale_if_error, "
        "too, which says for how long it is");
  }
}

std::int64_t now(const CacheClock& clock) {
  if (clock) {
    return clock().count();
  }
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

Lasting::Lasting(const KeepFor& keep, std::optional<std::chrono::milliseconds> at_most) {
  if (keep.stale_if_error) {
    stale = nanoseconds(*keep.stale_if_error);
  }
  if (keep.refresh_ahead) {
    ahead = at_most && *at_most <= *keep.refresh_ahead ? nanoseconds(*at_most) / 2
                                                       : nanoseconds(*keep.refresh_ahead);
  }
}

Expiry::Expiry(const KeepFor& keep, std::optional<std::chrono::milliseconds> at_most,
               const CacheClock& clock) {
  std::optional<std::chrono::milliseconds> absolute = keep.absolute;
  if (at_most) {
    absolute = std::min(keep.absolute.value_or(*at_most), *at_most);
  }
  if (!absolute && !keep.sliding) {
    return;
  }
  const std::int64_t begin = now(clock);
  if (absolute) {
    latest = after(begin, nanoseconds(*absolute));
  }
  if (keep.sliding) {
    sliding = nanoseconds(*keep.sliding);
  }
  at = keep.sliding ? std::min(after(begin, sliding), latest) : latest;
}

bool Expiry::is_older(std::chrono::milliseconds since, const CacheClock& clock) {
  const std::int64_t end = std::atomic_ref(at).load(std::memory_order_relaxed);
  return end != kNever && now(clock) >= after(end, nanoseconds(since));
}

}  // namespace crier
