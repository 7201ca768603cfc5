// SPDX-License-Identifier: MIT
#pragma once

#include <crier/object_cache.hpp>

#include "cache/entry_table.hpp"
#include "cache/expiry.hpp"
#include "cache/flight.hpp"
#include "cache/sieve.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace crier {

// What a cache holds over all of its shards, and what it may hold. Each shard counts what it adds
// and takes out under its own mutex.
struct Totals {
  static constexpr std::size_t kMaxWeight = (std::size_t{1} << 62) - 1;  // sums don't overflow

  explicit Totals(CacheLimits bounds) : limits(bounds) {
    limits.max_weight = std::min(limits.max_weight, kMaxWeight);
  }
  [[nodiscard]] bool over() const noexcept {
    return entries > limits.max_entries || weight > limits.max_weight;
  }

  CacheLimits limits;
  std::atomic<std::size_t> entries = 0;
  std::atomic<std::size_t> weight = 0;
};

// A part of a cache under a mutex of its own, which is held for a look-up at the most. A hit writes
// to its own entry alone. Nothing of the application's runs under the mutex: what is removed is
// destroyed after it was released.
// Aligned so that a hit dirties one line of it.
class alignas(64) Shard {
 public:
  struct Hit {
    ObjectCache::Object object;
    const CacheType* type;
    bool reloading = false;
  };
  // What a call finds that would load: a hit, the load of another thread, or a new one of its own.
  struct Joined {
    std::optional<Hit> hit;
    std::shared_ptr<Flight> flight;
    bool own = false;
  };
  struct Item {
    std::string key;
    Hit hit;
  };

  Shard(Totals& totals, const CacheClock& clock) : totals_(totals), clock_(clock) {}
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  [[nodiscard]] std::optional<Hit> find(KeyView key);
  [[nodiscard]] Joined join(KeyView key, const CacheType& type);
  // Nobody joins it any more.
  void leave(KeyView key, const std::shared_ptr<Flight>& flight) noexcept;

  // Replaces what is there, unless the stamp is no longer that of the key: then null. Without one,
  // the key is outdated. The totals may be over their limits then: see evict_one(). What is
  // returned may be gone by then, and is for that alone. REQUIRES: the weight is at most
  // kMaxWeight.
  const CachedObject* store(KeyView key, const CacheType& type, CacheObject object,
                            const Expiry& expiry, std::optional<CacheStamp> stamp);
  // False where the key was invalidated since; what is there goes in any case.
  bool drop(KeyView key, std::optional<CacheStamp> stamp);

  [[nodiscard]] CacheStamp stamp(KeyView key) const;
  // The new stamp, where the key is there: a reload begins. Nothing, and no change, where it is
  // not.
  [[nodiscard]] std::optional<CacheStamp> begin_reload(KeyView key);
  bool remove(KeyView key);
  void clear();
  void outdate_all();
  [[nodiscard]] std::vector<Item> items() const;
  // Unless it was replaced.
  bool remove(KeyView key, const ObjectCache::Object& object);
  // Where the totals are over their limits, removes one, but never `spared`. False where there is
  // no other.
  bool evict_one(const CachedObject* spared);

  void add_to(CacheStatistics& sum) const;
  void count_eviction();
  void count_failed_load();

 private:
  struct Key {
    std::string text;
    std::size_t hash;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const Key& key) const noexcept { return key.hash; }
    std::size_t operator()(const KeyView& key) const noexcept { return key.hash; }
  };
  struct Equal {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const noexcept {
      return a.hash == b.hash && a.text == b.text;
    }
  };
  using Flights = std::unordered_map<Key, std::shared_ptr<Flight>, Hash, Equal>;
  using Dead = CachedChain;

  // All of these are called under the mutex.
  [[nodiscard]] static std::size_t stripe(std::size_t hash) {
    return (hash >> kShardBits) % kStripes;
  }
  [[nodiscard]] std::uint64_t& generation(std::size_t hash) { return generations_[stripe(hash)]; }
  // Null where it is not there, or has expired.
  [[nodiscard]] CachedObject* look_up(KeyView key, Dead& dead);
  void take_out(CachedObject& entry, Dead& dead) noexcept;
  void take_out_expired(Dead& dead);

  // Above those that choose the shard.
  static constexpr int kShardBits = 8;
  // One stamp for many keys: that two share one costs a load at times, and never freshness.
  static constexpr std::size_t kStripes = 64;

  Totals& totals_;
  const CacheClock& clock_;
  // Not shared: a hit counts and marks, so it writes; and it is held for less than it takes to pass
  // on the cache line of a count of readers.
  mutable std::mutex mutex_;
  CacheStatistics counts_;  // guarded by mutex_, as are those below
  EntryTable entries_;
  Sieve<CachedObject> sieve_;  // of all entries_
  Flights flights_;
  std::array<std::uint64_t, kStripes> generations_{};
};

}  // namespace crier
