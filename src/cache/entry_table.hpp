// SPDX-License-Identifier: MIT
#pragma once

#include <crier/object_cache.hpp>

#include "cache/eviction.hpp"
#include "cache/expiry.hpp"
#include "cache/pin.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace crier {

// A key with its hash, which is computed once per call.
struct KeyView {
  std::string_view text;
  std::size_t hash;
};

// What a hit needs comes first, in as few cache lines as may be.
struct CachedObject {
  CachedObject* next = nullptr;  // of its chain
  const std::size_t hash;
  const std::string key;
  ObjectCache::Object object;
  const CacheType* type;
  std::uint64_t weight : 48;
  std::uint64_t is_lasting : 1 = 0;  // it is a LastingObject
  std::uint64_t reloading : 1 = 0;   // a reload() runs for it
  std::uint64_t refreshing : 1 = 0;  // a load ahead does
  std::uint64_t expired : 1 = 0;     // and counted as such
  // Eviction's:
  std::uint64_t is_main : 1 = 0;
  std::uint64_t frequency : 4 = 0;
  std::uint64_t era : 6 = 0;
  Expiry expiry;
  std::int64_t made_at = 0;  // by the cache's clock
  std::uint8_t visited = 0;  // Eviction's, too
  std::uint32_t pins = 0;    // see Pin
  EvictionHook<CachedObject> hook = {};

  // By any number of threads.
  void mark_visited() noexcept {
    const std::atomic_ref<std::uint8_t> mark(visited);
    if (mark.load(std::memory_order_relaxed) == 0) {  // what is written travels
      mark.store(1, std::memory_order_relaxed);
    }
  }
  [[nodiscard]] bool is_loading() const noexcept { return (reloading | refreshing) != 0; }
  [[nodiscard]] Lasting* lasting() noexcept;
  [[nodiscard]] Expiry::Age age(const CacheClock& clock, bool touch) {
    return expiry.age(clock, touch, lasting());
  }
};

// Most entries need no more than the above, and are smaller for it.
struct LastingObject : CachedObject {
  Lasting more;
};

inline Lasting* CachedObject::lasting() noexcept {
  return is_lasting == 0 ? nullptr : &static_cast<LastingObject*>(this)->more;
}

struct DeleteCached {
  void operator()(CachedObject* entry) const noexcept {
    if (entry->is_lasting != 0) {
      delete static_cast<LastingObject*>(entry);
    } else {
      delete entry;
    }
  }
};

// Owns its entries; those that are pinned when it dies live on as long as that.
class CachedChain {
 public:
  CachedChain() = default;
  ~CachedChain() {
    while (first_ != nullptr) {
      destroy_unless_pinned(*std::exchange(first_, first_->next), DeleteCached());
    }
  }
  CachedChain(const CachedChain&) = delete;
  CachedChain& operator=(const CachedChain&) = delete;

  [[nodiscard]] CachedObject* first() const noexcept { return first_; }
  void add(CachedObject& entry) noexcept { entry.next = std::exchange(first_, &entry); }
  // REQUIRES: it is here. The caller owns it then.
  void remove(CachedObject& entry) noexcept {
    CachedObject** at = &first_;
    while (*at != &entry) {
      at = &(*at)->next;
    }
    *at = entry.next;
  }

 private:
  CachedObject* first_ = nullptr;
};

// Entries by key. Not std::unordered_map, whose look-up divides, and reads the entry in front of
// the one it looks for: with it a hit takes a third longer. Owns its entries, which stay where they
// are.
class EntryTable {
 public:
  [[nodiscard]] CachedObject* find(KeyView key) const noexcept {
    if (buckets_ == nullptr) {
      return nullptr;
    }
    CachedObject* at = bucket(key.hash).first();
    while (at != nullptr && (at->hash != key.hash || at->key != key.text)) {
      at = at->next;
    }
    return at;
  }

  // Owns it then, unless it throws. REQUIRES: its key is not here.
  void add(CachedObject& entry) {
    if (buckets_ == nullptr || size_ > mask_) {
      grow();
    }
    bucket(entry.hash).add(entry);
    ++size_;
  }

  // REQUIRES: it is here. The caller owns it then.
  void remove(CachedObject& entry) noexcept {
    bucket(entry.hash).remove(entry);
    --size_;
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  // Until `visit` returns false.
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = 0; buckets_ != nullptr && i <= mask_; ++i) {
      for (CachedObject* at = buckets_[i].first(); at != nullptr; at = at->next) {
        if (!visit(*at)) {
          return;
        }
      }
    }
  }
  // The next of the buckets in their turn, over and over: `visit` may remove what it is given.
  template <class Visit>
  void for_each_in_turn(Visit visit) {
    if (buckets_ == nullptr) {
      return;
    }
    for (CachedObject* at = buckets_[turn_++ & mask_].first(); at != nullptr;) {
      CachedObject* const next = at->next;
      visit(*at);
      at = next;
    }
  }

  void swap(EntryTable& other) noexcept {
    buckets_.swap(other.buckets_);
    std::swap(mask_, other.mask_);
    std::swap(size_, other.size_);
    std::swap(turn_, other.turn_);
  }

 private:
  static constexpr std::size_t kFirstBuckets = 8;
  // The bits below choose the shard and the stamp.
  static constexpr int kBucketShift = 16;

  [[nodiscard]] CachedChain& bucket(std::size_t hash) const noexcept {
    return buckets_[(hash >> kBucketShift) & mask_];
  }

  void grow() {
    EntryTable larger;
    const std::size_t count = buckets_ == nullptr ? kFirstBuckets : 2 * (mask_ + 1);
    larger.buckets_ = std::make_unique<CachedChain[]>(count);
    larger.mask_ = count - 1;
    larger.size_ = size_;
    for (std::size_t i = 0; buckets_ != nullptr && i <= mask_; ++i) {
      while (CachedObject* const entry = buckets_[i].first()) {
        buckets_[i].remove(*entry);
        larger.bucket(entry->hash).add(*entry);
      }
    }
    swap(larger);
  }

  std::unique_ptr<CachedChain[]> buckets_;  // as many as a power of two
  std::size_t mask_ = 0;                    // their number less 1
  std::size_t size_ = 0;
  std::size_t turn_ = 0;  // of the buckets
};

}  // namespace crier
