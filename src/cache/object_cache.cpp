// SPDX-License-Identifier: MIT
#include <crier/error.hpp>

#include "cache/flight.hpp"
#include "cache/object_cache_shards.hpp"

#include <utility>

namespace crier {

ObjectCache::ObjectCache(std::string name, CacheLimits limits, CacheClock clock,
                         CacheExecutor executor, CacheErrorHandler on_failed_load, KeyText text_of)
    : name_(std::move(name)),
      impl_(std::make_shared<Impl>(name_, limits, std::move(clock), std::move(executor),
                                   std::move(on_failed_load), text_of)) {
  if (limits.max_entries == 0 || limits.max_weight == 0) {
    throw Error("open a cache",
                "cache " + name_ + " may hold nothing: max_entries and max_weight are at least 1",
                Error::Kind::invalid_argument);
  }
}

ObjectCache::~ObjectCache() { impl_->calls().retire(); }

void ObjectCache::retire() noexcept {
  impl_->calls().retire();
  clear();
}

void ObjectCache::insert(std::string_view key, const CacheType& type, CacheObject object,
                         const KeepFor& keep) {
  impl_->store(Impl::view(key), type, std::move(object), keep, std::nullopt, impl_->time());
}

bool ObjectCache::insert(std::string_view key, const CacheType& type, CacheObject object,
                         const KeepFor& keep, CacheStamp stamp) {
  return impl_->store(Impl::view(key), type, std::move(object), keep, stamp, impl_->time());
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
      const RunningLoad running(impl_.get(), key, impl_->text(key), name_);
      const std::int64_t begun = impl_->time();
      kept = impl_->store(view, type, load(), keep, stamp, begun);
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
    for (const Shard::Item& item : shard->items(Shard::Expired::included)) {
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
    for (Shard::Item& item : shard->items(Shard::Expired::left_out)) {
      if (match(item.key, item.hit.object, *item.hit.type)) {
        found.push_back({std::move(item.key), std::move(item.hit.object)});
      }
    }
  }
  return found;
}

void ObjectCache::sample(AuditSample& wanted,
                         const std::function<std::string(const Object&)>& version) const {
  wanted.expect(statistics().entries);
  for (const auto& shard : impl_->shards()) {
    for (const Shard::Item& item : shard->sample(wanted, impl_->key_text())) {
      wanted.add(item.key, item.hit.object == nullptr ? std::string() : version(item.hit.object));
    }
  }
}

CacheStatistics ObjectCache::statistics() const {
  CacheStatistics sum;
  sum.hits = impl_->unlocked_hits();
  for (const auto& shard : impl_->shards()) {
    shard->add_to(sum);
  }
  return sum;
}

}  // namespace crier
