// SPDX-License-Identifier: MIT
#pragma once

#include <crier/object_cache.hpp>

#include "cache/entry_table.hpp"
#include "cache/eviction.hpp"
#include "cache/expiry.hpp"
#include "cache/flight.hpp"
#include "cache/pin.hpp"
#include "cache/reading.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
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
  static constexpr std::size_t kMaxWeight = (std::size_t{1} << 48) - 1;  // sums don't overflow

  explicit Totals(CacheLimits bounds) : limits(bounds) {
    limits.max_weight = std::min(limits.max_weight, kMaxWeight);
  }
  [[nodiscard]] bool over() const noexcept {
    return entries > limits.max_entries || weight > limits.max_weight;
  }

  // Hits of the threads that have the slot, which alone write it.
  void count_hit(std::size_t slot) noexcept {
    std::atomic<std::uint64_t>& count = hits_[slot].count;
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t hits() const noexcept {
    std::uint64_t sum = 0;
    for (const Hits& hits : hits_) {
      sum += hits.count.load(std::memory_order_relaxed);
    }
    return sum;
  }

  CacheLimits limits;
  std::atomic<std::size_t> entries = 0;
  std::atomic<std::size_t> weight = 0;

 private:
  struct alignas(64) Hits {
    std::atomic<std::uint64_t> count = 0;
  };
  std::array<Hits, ReadSlots::kCount> hits_;
};

// A part of a cache under a mutex of its own, which is held for a look-up at the most. A hit takes
// no lock, and writes to what is its thread's, and at times to its entry. Nothing of the
// application's runs under the mutex: what is removed is destroyed after it was released.
class alignas(64) Shard {
 public:
  struct Hit {
    ObjectCache::Object object;
    const CacheType* type;
    bool is_loading = false;  // another is to take its place
    std::int64_t made_at = 0;
  };
  // What a call finds that would load: a hit, the load of another thread, or a new one of its own.
  // A hit with a load is one that the call is to load ahead.
  struct Joined {
    std::optional<Hit> hit;
    std::shared_ptr<Flight> flight;
    bool own = false;
    bool later = false;  // its own is for the executor: others may claim it
  };
  // Which loads of its own a call would begin ahead, and give to an executor.
  struct Own {
    enum class Ahead : std::uint8_t { never, here, later } ahead = Ahead::never;
    bool is_later_if_stale = false;  // if there is a value that has expired
  };
  enum class Due : bool { missed, served };
  struct Item {
    std::string key;
    Hit hit;
  };

  Shard(Totals& totals, const CacheClock& clock) : totals_(totals), clock_(clock) {}
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  using PinnedObject = Pin<CachedObject, DeleteCached>;

  // Counts a hit. Empty if there is none, and if it is to be looked for by find(): one that is
  // being loaded, or if this thread has pinned another.
  [[nodiscard]] PinnedObject pin(KeyView key);
  // What is due to be loaded ahead is not given where the caller goes on to join().
  [[nodiscard]] std::optional<Hit> find(KeyView key, bool counts_miss, Due due = Due::served);
  [[nodiscard]] bool holds(KeyView key) const;
  // Not the flight `but`, for which the caller waits no longer: another one takes its place.
  [[nodiscard]] Joined join(KeyView key, const CacheType& type, Own own,
                            const Flight* but = nullptr);
  // What is there, if it has not expired longer ago than that. Nothing that was invalidated is: so
  // it is looked for when it is needed, and never held in reserve.
  enum class Why : bool { error, timeout };
  [[nodiscard]] std::optional<Hit> find_stale(KeyView key, std::chrono::milliseconds since,
                                              Why why);
  // It has ended, and nobody joins it any more.
  void leave(KeyView key, const std::shared_ptr<Flight>& flight) noexcept;

  // Replaces what is there, unless the stamp is no longer that of the key: then null. Without one,
  // the key is outdated. The totals may be over their limits then: see evict_one(). What is
  // returned may be gone by then, and is for that alone. REQUIRES: the weight is at most
  // kMaxWeight, and check_durations(keep).
  const CachedObject* store(KeyView key, const CacheType& type, CacheObject object,
                            const KeepFor& keep, std::optional<CacheStamp> stamp,
                            std::int64_t made_at);
  // False where the key was invalidated since; what is there goes in any case.
  bool drop(KeyView key, std::optional<CacheStamp> stamp);

  [[nodiscard]] CacheStamp stamp(KeyView key) const;
  // The new stamp, where the key is there: a reload begins. Nothing, and no change, where it is
  // not.
  [[nodiscard]] std::optional<CacheStamp> begin_reload(KeyView key);
  bool remove(KeyView key);
  void clear();
  void outdate_all();
  enum class Expired : bool { left_out, included };
  [[nodiscard]] std::vector<Item> items(Expired expired) const;
  // Those that an audit wants and that have not expired, by the texts of their keys.
  [[nodiscard]] std::vector<Item> sample(AuditSample& wanted, ObjectCache::KeyText text_of) const;
  // Unless it was replaced.
  bool remove(KeyView key, const ObjectCache::Object& object);
  // If the totals are over their limits, removes one, but never `spared`. False if there is no
  // other, or if this holds fewer than `least`.
  bool evict_one(const CachedObject* spared, std::size_t least = 0);

  void add_to(CacheStatistics& sum) const;
  void count_eviction();
  void count_failed_load();
  void count_wait_given_up();
  // A load that nobody joins begins, and ends.
  void begin_load_apart();
  void end_load_apart() noexcept;

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

  // While reading, or under the mutex. Null unless it is good for a hit; then it is marked.
  [[nodiscard]] CachedObject* find_to_read(KeyView key, Due due);

  // All of these are called under the mutex; those that change what is found, in a Writing.
  [[nodiscard]] static std::size_t stripe(std::size_t hash) {
    return (hash >> kShardBits) % kStripes;
  }
  [[nodiscard]] std::uint64_t& generation(std::size_t hash) { return generations_[stripe(hash)]; }
  // The entry is null if it is gone.
  struct Seen {
    CachedObject* entry = nullptr;
    Expiry::Age age = Expiry::Age::gone;
    [[nodiscard]] bool is_fresh() const { return age == Expiry::Age::fresh; }
    [[nodiscard]] bool is_due() const { return age == Expiry::Age::due; }
  };
  [[nodiscard]] Seen look_up(KeyView key, Dead& dead);
  // For one that has expired.
  [[nodiscard]] Seen pass(CachedObject& entry, Expiry::Age age, Dead& dead);
  [[nodiscard]] static Hit hit_of(const CachedObject& entry) {
    return {entry.object, entry.type, entry.is_loading(), entry.made_at};
  }
  [[nodiscard]] Hit hit(CachedObject& entry) {
    entry.mark_visited();
    ++counts_.hits;
    return hit_of(entry);
  }
  void take_out(CachedObject& entry, Dead& dead) noexcept;
  void take_out_expired(Dead& dead);
  [[nodiscard]] std::size_t weight() const;

  // Above those that choose the shard.
  static constexpr int kShardBits = 8;
  // One stamp for many keys: that two share one costs a load at times, and never freshness.
  static constexpr std::size_t kStripes = 64;

  Totals& totals_;
  const CacheClock& clock_;
  ReadGate gate_;
  // What is found by a read, which may take place beside who holds the mutex, but not beside a
  // Writing.
  EntryTable entries_;
  alignas(64) mutable std::mutex mutex_;
  CacheStatistics counts_;           // guarded by mutex_, as are those below
  Eviction<CachedObject> eviction_;  // of all entries_
  Flights flights_;
  std::array<std::uint64_t, kStripes> generations_{};
};

}  // namespace crier
