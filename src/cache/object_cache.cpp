// SPDX-License-Identifier: MIT
#include <crier/error.hpp>
#include <crier/object_cache.hpp>

#include "cache/expiry.hpp"
#include "cache/flight.hpp"
#include "cache/shard.hpp"
#include "cache/text.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <exception>
#include <functional>
#include <utility>

namespace crier {

namespace {

// A small cache needs no parts; a large one enough that threads seldom meet in one.
constexpr std::size_t kMaxShards = 64;
constexpr std::size_t kEntriesPerShard = 256;

std::size_t shards_for(const CacheLimits& limits) {
  return std::bit_floor(
      std::clamp<std::size_t>(limits.max_entries / kEntriesPerShard, 1, kMaxShards));
}

}  // namespace

class ObjectCache::Impl {
 public:
  Impl(CacheLimits limits, CacheClock clock, KeyText text_of)
      : clock_(std::move(clock)), text_of_(text_of), totals_(limits) {
    for (std::size_t i = shards_for(limits); i > 0; --i) {
      shards_.push_back(std::make_unique<Shard>(totals_, clock_));
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

  bool store(KeyView key, const CacheType& type, CacheObject object, const KeepFor& keep,
             std::optional<CacheStamp> stamp) {
    const Expiry expiry(keep, clock_);
    if (object.object == nullptr && !keep.nothing_too) {
      return shard(key).drop(key, stamp);
    }
    if (object.weight > totals_.limits.max_weight) {
      shard(key).count_eviction();
      return shard(key).drop(key, stamp);
    }
    const CachedObject* const added = shard(key).store(key, type, std::move(object), expiry, stamp);
    make_room(added);
    return added != nullptr;
  }

 private:
  // After each store, for what it added. Who adds more meanwhile does the same: so nothing is over
  // its limit once all of them have returned.
  void make_room(const CachedObject* added) {
    bool evicted = true;
    while (evicted && totals_.over()) {
      // Each shard gives in its turn.
      evicted = std::any_of(shards_.begin(), shards_.end(), [&, i = next_++](auto&) mutable {
        return shards_[i++ & (shards_.size() - 1)]->evict_one(added);
      });
    }
  }

  const CacheClock clock_;
  const KeyText text_of_;
  Totals totals_;
  std::atomic<std::size_t> next_ = 0;
  std::vector<std::unique_ptr<Shard>> shards_;
};

ObjectCache::ObjectCache(std::string name, CacheLimits limits, CacheClock clock, KeyText text_of)
    : name_(std::move(name)), impl_(std::make_unique<Impl>(limits, std::move(clock), text_of)) {
  if (limits.max_entries == 0 || limits.max_weight == 0) {
    throw Error("open a cache",
                "cache " + name_ + " may hold nothing: max_entries and max_weight are at least 1",
                Error::Kind::invalid_argument);
  }
}

ObjectCache::~ObjectCache() = default;

std::optional<ObjectCache::Object> ObjectCache::find(std::string_view key, const CacheType& type) {
  const KeyView view = Impl::view(key);
  std::optional<Shard::Hit> hit = impl_->shard(view).find(view);
  if (!hit) {
    return std::nullopt;
  }
  if (hit->type != &type) {
    check_type(*hit->type, type, impl_->text(key), name_);
  }
  if (hit->reloading) {  // what is there is what the reload is to replace
    RunningLoad::refuse_own(this, key, impl_->text(key), name_);
  }
  return std::move(hit->object);
}

ObjectCache::Object ObjectCache::get(std::string_view key, const CacheType& type, const Load& load,
                                     const KeepFor& keep) {
  const KeyView view = Impl::view(key);
  Shard& shard = impl_->shard(view);
  const std::string text = impl_->text(key);
  const RunningLoad running(this, key, text, name_);
  Shard::Joined joined = shard.join(view, type);
  if (joined.hit) {
    check_type(*joined.hit->type, type, text, name_);
    return std::move(joined.hit->object);
  }
  if (!joined.own) {
    check_type(joined.flight->type(), type, text, name_);
    return joined.flight->wait(text, name_);
  }
  CacheObject made;
  std::exception_ptr error;
  try {
    made = load();
    impl_->store(view, type, made, keep, joined.flight->stamp());
  } catch (...) {
    error = std::current_exception();
  }
  shard.leave(view, joined.flight);
  joined.flight->finish(made.object, error);
  if (error != nullptr) {
    shard.count_failed_load();
    std::rethrow_exception(error);
  }
  return std::move(made.object);
}

void ObjectCache::insert(std::string_view key, const CacheType& type, CacheObject object,
                         const KeepFor& keep) {
  impl_->store(Impl::view(key), type, std::move(object), keep, std::nullopt);
}

bool ObjectCache::insert(std::string_view key, const CacheType& type, CacheObject object,
                         const KeepFor& keep, CacheStamp stamp) {
  return impl_->store(Impl::view(key), type, std::move(object), keep, stamp);
}

CacheStamp ObjectCache::stamp(std::string_view key) const {
  const KeyView view = Impl::view(key);
  return impl_->shard(view).stamp(view);
}

void ObjectCache::reload(std::string_view key, const CacheType& type, const Load& load,
                         const KeepFor& keep) {
  const KeyView view = Impl::view(key);
  Shard& shard = impl_->shard(view);
  const std::optional<CacheStamp> stamp = shard.begin_reload(view);
  bool kept = false;
  if (stamp) {
    try {
      const RunningLoad running(this, key, impl_->text(key), name_);
      kept = impl_->store(view, type, load(), keep, stamp);
    } catch (...) {  // whoever gets it next will see
      shard.count_failed_load();
    }
  }
  // What is there may be older than this call: another invalidation's own load may go on still.
  if (!kept) {
    shard.remove(view);
  }
}

bool ObjectCache::remove(std::string_view key) {
  const KeyView view = Impl::view(key);
  return impl_->shard(view).remove(view);
}

void ObjectCache::clear() {
  for (const auto& shard : impl_->shards()) {
    shard->clear();
  }
}

std::size_t ObjectCache::remove_if(const Match& match) {
  std::size_t removed = 0;
  for (const auto& shard : impl_->shards()) {
    shard->outdate_all();  // first: what is loaded from now on is not older than this call
    for (const Shard::Item& item : shard->items()) {
      if (match(item.key, item.hit.object, *item.hit.type) &&
          shard->remove(Impl::view(item.key), item.hit.object)) {
        ++removed;
      }
    }
  }
  return removed;
}

std::vector<ObjectCache::Found> ObjectCache::search(const Match& match) const {
  std::vector<Found> found;
  for (const auto& shard : impl_->shards()) {
    for (Shard::Item& item : shard->items()) {
      if (match(item.key, item.hit.object, *item.hit.type)) {
        found.push_back({std::move(item.key), std::move(item.hit.object)});
      }
    }
  }
  return found;
}

CacheStatistics ObjectCache::statistics() const {
  CacheStatistics sum;
  for (const auto& shard : impl_->shards()) {
    shard->add_to(sum);
  }
  return sum;
}

}  // namespace crier
