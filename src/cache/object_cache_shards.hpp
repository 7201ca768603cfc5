// SPDX-License-Identifier: MIT
#pragma once

#include <crier/object_cache.hpp>

#include "base/error_of.hpp"
#include "cache/executor_calls.hpp"
#include "cache/expiry.hpp"
#include "cache/flight.hpp"
#include "cache/shard.hpp"
#include "cache/text.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crier {

// The shards of a cache, and what it may hold in all of them.
class ObjectCache::Impl {
 public:
  Impl(std::string name, CacheLimits limits, CacheClock clock, CacheExecutor executor,
       CacheErrorHandler on_failed_load, KeyText text_of)
      : name_(std::move(name)),
        clock_(std::move(clock)),
        executor_(std::move(executor)),
        on_failed_load_(std::move(on_failed_load)),
        text_of_(text_of),
        totals_(limits) {
    for (std::size_t i = shards_for(limits); i > 0; --i) {
      shards_.push_back(std::make_unique<Shard>(totals_, clock_));
    }
  }

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const CacheExecutor& executor() const noexcept { return executor_; }
  [[nodiscard]] ExecutorCalls& calls() noexcept { return calls_; }
  // That a load threw, which no call throws.
  void tell(KeyView key, const std::exception_ptr& error) const noexcept {
    if (on_failed_load_) {
      static_cast<void>(error_of([&] { on_failed_load_(text(key.text), error); }));
    }
  }

  [[nodiscard]] static KeyView view(std::string_view key) {
    return {key, std::hash<std::string_view>{}(key)};
  }
  [[nodiscard]] Shard& shard(KeyView key) const {
    return *shards_[key.hash & (shards_.size() - 1)];
  }
  [[nodiscard]] const std::vector<std::unique_ptr<Shard>>& shards() const { return shards_; }
  [[nodiscard]] std::string text(std::string_view key) const { return text_of_(key); }
  [[nodiscard]] KeyText key_text() const noexcept { return text_of_; }

  // Throws crier::Error if it is of another type, or is what this thread loads anew.
  [[nodiscard]] Object checked(Shard::Hit&& hit, KeyView key, const CacheType& type) const {
    if (hit.type != &type) {
      check_type(*hit.type, type, text(key.text), name_);
    }
    if (hit.is_loading) {
      RunningLoad::refuse_own(this, key.text, text(key.text), name_);
    }
    return std::move(hit.object);
  }

  // Those of its shards are others.
  [[nodiscard]] std::uint64_t unlocked_hits() const noexcept { return totals_.hits(); }
  [[nodiscard]] std::int64_t time() const { return now(clock_); }

  // `made_at`: when its load began.
  bool store(KeyView key, const CacheType& type, CacheObject object, const KeepFor& keep,
             std::optional<CacheStamp> stamp, std::int64_t made_at) {
    detail::check_durations(keep);
    if (object.object == nullptr && !keep.nothing_too) {
      return shard(key).drop(key, stamp);
    }
    if (object.weight > totals_.limits.max_weight) {
      shard(key).count_eviction();
      return shard(key).drop(key, stamp);
    }
    Shard& own = shard(key);
    const CachedObject* const added = own.store(key, type, std::move(object), keep, stamp, made_at);
    make_room(own, added);
    return added != nullptr;
  }

 private:
  // A small cache needs no parts; a large one enough that threads seldom meet in one.
  static std::size_t shards_for(const CacheLimits& limits) {
    constexpr std::size_t kMaxShards = 64;
    constexpr std::size_t kEntriesPerShard = 256;
    return std::bit_floor(
        std::clamp<std::size_t>(limits.max_entries / kEntriesPerShard, 1, kMaxShards));
  }

  // After each store, for what it added. Who adds more meanwhile does the same: so nothing is over
  // its limit once all of them have returned.
  void make_room(Shard& own, const CachedObject* added) {
    bool evicted = true;
    while (evicted && totals_.over()) {
      // What came competes with what is beside it. But a shard that holds much less than the others
      // gives nothing: they do, each in its turn.
      const std::size_t share = totals_.entries / shards_.size();
      if (own.evict_one(added, share - share / 8)) {
        continue;
      }
      evicted = std::any_of(shards_.begin(), shards_.end(), [&, i = next_++](auto&) mutable {
        return shards_[i++ & (shards_.size() - 1)]->evict_one(added);
      });
    }
  }

  const std::string name_;
  const CacheClock clock_;
  const CacheExecutor executor_;
  const CacheErrorHandler on_failed_load_;
  const KeyText text_of_;
  Totals totals_;
  std::atomic<std::size_t> next_ = 0;
  std::vector<std::unique_ptr<Shard>> shards_;
  ExecutorCalls calls_;
};

}  // namespace crier
