// SPDX-License-Identifier: MIT
#pragma once

// How a cache keeps what it loads, and what it tells of it. Plain values.

#include <crier/export.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string>

namespace crier {

/// How long an entry is kept, and what it counts for. With no duration it does not expire.
/// Durations are above 0. With both, the sliding one never goes beyond the absolute one. They are
/// judged by a clock that ticks every few milliseconds, and so far late at the most.
struct KeepFor {
  std::optional<std::chrono::milliseconds> absolute = {};  ///< from now on
  std::optional<std::chrono::milliseconds> sliding = {};   ///< from its last read on
  /// What it adds to CacheLimits::max_weight; not given: what `cache_weight(const T&)` says, a
  /// function beside T, else 1. An object that is heavier than the whole cache is not kept.
  std::optional<std::size_t> weight = {};
  /// Whether a factory's "nothing" is kept, too, and given to later callers as such.
  bool nothing_too = false;
  /// How long a call waits for a load of its key that another call runs; above 0; not given: until
  /// that has ended. After it the call throws a retryable Error, ...
  std::optional<std::chrono::milliseconds> patience = {};
  bool then_load = false;  ///< ... or runs its factory, for those who come later, too

  /// If a load throws, the call gets the last value in its place, if that has expired no longer ago
  /// than this. For so long what has expired is kept: it counts as an entry, with its weight, and
  /// may be evicted like any. An invalidation takes it away at once, and nothing brings it back.
  std::optional<std::chrono::milliseconds> stale_if_error = {};
  /// If less than this, which is below `absolute`, is left of a value's absolute time when a call
  /// with a factory reads it, that call loads it anew, once for each value. Other calls get the old
  /// value meanwhile; so does this one if the cache has an executor, or if the load throws. What is
  /// kept shorter from the start, as by the shared half, is loaded anew after half its time.
  std::optional<std::chrono::milliseconds> refresh_ahead = {};
  /// When a load has taken so long, those who wait for it get the value that `stale_if_error`,
  /// which this needs, still keeps. The new one comes when it is there. Who has begun the load is
  /// one of them if the cache has an executor.
  std::optional<std::chrono::milliseconds> soft_timeout = {};
};

/// What a cache has done since it was made, and what it holds.
struct CacheStatistics {
  std::uint64_t hits = 0;                  ///< reads that found a value
  std::uint64_t misses = 0;                ///< also of calls without a factory
  std::uint64_t loads = 0;                 ///< factories that were run, and reloads
  std::uint64_t loads_ahead = 0;           ///< of them, those for KeepFor::refresh_ahead
  std::uint64_t failed_loads = 0;          ///< of them, those that threw
  std::uint64_t outdated_loads = 0;        ///< not kept, since their key was invalidated after they
                                           ///< began: loads, and inserts with a stamp
  std::uint64_t waits_given_up = 0;        ///< for a load that took longer than KeepFor::patience
  std::uint64_t stale_after_errors = 0;    ///< calls that got what has expired, as the load threw,
  std::uint64_t stale_after_timeouts = 0;  ///< ... or took longer than KeepFor::soft_timeout
  std::uint64_t evictions = 0;             ///< to stay within the limits
  std::uint64_t expirations = 0;           ///< seen to have expired
  std::uint64_t invalidations = 0;         ///< removed or cleared by a call: how many entries
  std::size_t loads_running = 0;  ///< factories that have not returned yet, or are still to run
  std::size_t entries = 0;        ///< held now, those that have expired and are kept included
  std::size_t weight = 0;         ///< of them
};

/// Has the function that it is given called once, when and where it likes.
using CacheExecutor = std::function<void(std::function<void()>)>;

/// Hears of a load that threw, if no call throws that: it ran ahead or on an executor, or its
/// caller got what has expired. `key` as in messages. Called on the thread of the load, under no
/// lock of crier's; what it throws is ignored.
using CacheErrorHandler = std::function<void(const std::string& key, const std::exception_ptr&)>;

namespace detail {

[[noreturn]] CRIER_EXPORT void refuse_duration(const char* which,
                                               std::chrono::milliseconds duration);
[[noreturn]] CRIER_EXPORT void refuse_patience(std::chrono::milliseconds patience);
CRIER_EXPORT void check_loading(const KeepFor& keep);

// Throws an invalid_argument Error for a duration that is not above 0, or goes with no other.
inline void check_durations(const KeepFor& keep) {
  if (keep.absolute && keep.absolute->count() <= 0) {
    refuse_duration("absolute", *keep.absolute);
  }
  if (keep.sliding && keep.sliding->count() <= 0) {
    refuse_duration("sliding", *keep.sliding);
  }
  if (keep.patience && keep.patience->count() <= 0) {
    refuse_patience(*keep.patience);
  }
  if (keep.stale_if_error || keep.refresh_ahead || keep.soft_timeout) {
    check_loading(keep);
  }
}

}  // namespace detail
}  // namespace crier
