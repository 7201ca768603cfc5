// SPDX-License-Identifier: MIT
#pragma once

// What a HybridCache is given and what it tells. Plain values.

#include <crier/error.hpp>
#include <crier/export.hpp>
#include <crier/object_cache.hpp>
#include <crier/shared_cache.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace crier {

/// How a hybrid cache works. Plain values.
struct HybridOptions {
  CacheLimits limits = {};  ///< of this node's half
  /// How long a node serves a value without looking at the shared cache again. A value that expires
  /// there sooner goes here then, too. Invalidations do not wait for it.
  KeepFor keep = {.absolute = std::chrono::minutes(5)};
  /// Called with what failed in the shared half, a read or a fill, on the thread that was in it,
  /// under no lock; must not throw.
  std::function<void(const Error&)> on_failed_fill = {};
  /// Of the form in which values travel. Two builds that don't understand each other's values have
  /// two of them, and share the cache while one takes the other's place: each has entries of its
  /// own in the shared half (`NAME#VERSION/KEY`), and invalidations reach all of them, whoever
  /// publishes. At most 64 bytes of UTF-8 without '/' and '#'; empty: `NAME/KEY`. What the last
  /// node of a version leaves behind expires.
  std::string version = {};
  /// Set: one node at a time runs a factory for a key, as far as the shared half can tell. get()
  /// takes a lease on the key there, for this long. Who does not get it waits until it is given
  /// back, or has run out since its node died; then it takes what was stored meanwhile, or the next
  /// lease. Longer than a factory takes, above 0 and at most a day. A call waits for twice as long
  /// at the most, and then runs its factory, as it does if the shared half fails. It costs a run of
  /// a factory some round trips. HybridCache::get_many() takes no leases.
  std::optional<std::chrono::milliseconds> one_load_across_nodes = {};
  /// Where the loads of KeepFor::refresh_ahead, and with KeepFor::soft_timeout those of what has
  /// expired, run: it has what it is given called, once, when and where it likes. That may be after
  /// the cache has died, and does nothing then.
  CacheExecutor executor = {};
  CacheErrorHandler on_failed_load = {};  ///< hears of a load that threw, if no call throws that
  CacheClock clock = {};                  ///< for tests: no time passes while a call waits
};

/// Of one value.
struct HybridEntry {
  SharedExpiry expiry = {};            ///< in the shared cache
  std::vector<std::string> tags = {};  ///< by which it can be removed together with others
};

/// For a factory that decides by itself.
struct HybridContext {
  HybridEntry entry;  ///< as get() was given it; what stands there in the end holds
};

/// What a hybrid cache has done: of this node's half, as any cache; and of the shared one, as it
/// was used from here.
struct HybridStatistics : CacheStatistics {
  std::uint64_t shared_hits = 0;    ///< values that this node took from it
  std::uint64_t shared_misses = 0;  ///< what it had not, or of no use
  std::uint64_t failed_reads = 0;   ///< it could not be read
  std::uint64_t failed_fills = 0;   ///< it could not be written
  /// What was made was not stored there: it was outdated already, or the log could not prove that
  /// it was not, or the shared half is left alone for a moment since it failed.
  std::uint64_t refused_fills = 0;
  /// For a factory that another node ran: HybridOptions::one_load_across_nodes.
  std::uint64_t waits_for_nodes = 0;
  /// Values that nobody may serve any more, since all was cleared after they were made: what this
  /// node took off the shared half. The node that leads does so, some at a time, each
  /// Options::prune_interval.
  std::uint64_t swept = 0;
};

namespace detail {

// When a hit in this process is to renew a sliding entry in the shared half: a quarter of its
// sliding time after the last renewal. Thread-safe.
class CRIER_EXPORT RenewalTime {
 public:
  RenewalTime() = default;
  void set(std::optional<std::chrono::milliseconds> sliding, const CacheClock& clock);
  // True for one caller, each time it is due.
  [[nodiscard]] bool is_due(const CacheClock& clock) const {
    return every_ != 0 && is_reached(clock);
  }

 private:
  [[nodiscard]] bool is_reached(const CacheClock& clock) const;

  std::int64_t every_ = 0;  // in nanoseconds; 0: it does not slide
  mutable std::atomic<std::int64_t> at_ = 0;
};

// How long a value may be kept in this process that expires so in the shared half; nothing: as
// long as one likes.
[[nodiscard]] CRIER_EXPORT std::optional<std::chrono::milliseconds> left_of(
    const SharedExpiry& expiry);

}  // namespace detail
}  // namespace crier
