// SPDX-License-Identifier: MIT
#include "cache/shard.hpp"

namespace crier {

void Shard::take_out(CachedObject& entry, Dead& dead) noexcept {
  --totals_.entries;
  totals_.weight -= entry.weight;
  sieve_.remove(entry);
  entries_.remove(entry);
  dead.add(entry);
}

// Two with each store: so all that has expired goes in the end, and nobody scans for it.
void Shard::take_out_expired(Dead& dead) {
  for (int i = 0; i < 2; ++i) {
    CachedObject* const entry = sieve_.next();
    if (entry != nullptr && entry->expiry.passed(clock_, false)) {
      ++counts_.expirations;
      take_out(*entry, dead);
    }
  }
}

CachedObject* Shard::look_up(KeyView key, Dead& dead) {
  CachedObject* const entry = entries_.find(key);
  if (entry == nullptr) {
    return nullptr;
  }
  if (entry->expiry.passed(clock_, true)) {
    ++counts_.expirations;
    take_out(*entry, dead);
    return nullptr;
  }
  if (entry->visited == 0) {  // what is written needlessly travels between processors
    entry->visited = 1;
  }
  ++counts_.hits;
  return entry;
}

std::optional<Shard::Hit> Shard::find(KeyView key) {
  Dead dead;
  const std::lock_guard lock(mutex_);
  if (const CachedObject* const hit = look_up(key, dead)) {
    return Hit{hit->object, hit->type, hit->reloading != 0};
  }
  return std::nullopt;
}

Shard::Joined Shard::join(KeyView key, const CacheType& type) {
  Dead dead;
  std::shared_ptr<Flight> outdated;
  const std::lock_guard lock(mutex_);
  if (const CachedObject* const hit = look_up(key, dead)) {
    return {Hit{hit->object, hit->type}, nullptr};
  }
  ++counts_.misses;
  const CacheStamp stamp{generation(key.hash)};
  const auto found = flights_.find(key);
  if (found != flights_.end() && found->second->stamp() == stamp) {
    return {std::nullopt, found->second};
  }
  auto flight = std::make_shared<Flight>(stamp, type);
  if (found != flights_.end()) {
    outdated = std::exchange(found->second, flight);
  } else {
    flights_.emplace(Key{std::string(key.text), key.hash}, flight);
  }
  ++counts_.loads;
  return {std::nullopt, std::move(flight), true};
}

void Shard::leave(KeyView key, const std::shared_ptr<Flight>& flight) noexcept {
  const std::lock_guard lock(mutex_);
  const auto found = flights_.find(key);
  if (found != flights_.end() && found->second == flight) {
    flights_.erase(found);
  }
}

const CachedObject* Shard::store(KeyView key, const CacheType& type, CacheObject object,
                                 const Expiry& expiry, std::optional<CacheStamp> stamp) {
  auto added =
      std::make_unique<CachedObject>(CachedObject{.hash = key.hash,
                                                  .key = std::string(key.text),
                                                  .object = std::move(object.object),
                                                  .type = &type,
                                                  .weight = object.weight & Totals::kMaxWeight,
                                                  .visited = 0,
                                                  .expiry = expiry});
  Dead dead;
  const std::lock_guard lock(mutex_);
  std::uint64_t& current = generation(key.hash);
  if (stamp && stamp->value != current) {
    ++counts_.outdated_loads;
    return nullptr;
  }
  take_out_expired(dead);
  if (CachedObject* const old = entries_.find(key)) {
    take_out(*old, dead);
  }
  if (!stamp) {
    ++current;
  }
  entries_.add(*added);
  sieve_.add(*added);
  ++totals_.entries;
  totals_.weight += added->weight;
  return added.release();
}

bool Shard::drop(KeyView key, std::optional<CacheStamp> stamp) {
  Dead dead;
  const std::lock_guard lock(mutex_);
  std::uint64_t& current = generation(key.hash);
  const bool outdated = stamp && stamp->value != current;
  counts_.outdated_loads += outdated ? 1 : 0;
  if (!stamp) {
    ++current;
  }
  if (CachedObject* const found = entries_.find(key); found != nullptr && !outdated) {
    take_out(*found, dead);
  }
  return !outdated;
}

CacheStamp Shard::stamp(KeyView key) const {
  const std::lock_guard lock(mutex_);
  return {generations_[stripe(key.hash)]};
}

std::optional<CacheStamp> Shard::begin_reload(KeyView key) {
  const std::lock_guard lock(mutex_);
  CachedObject* const found = entries_.find(key);
  if (found == nullptr) {
    return std::nullopt;
  }
  found->reloading = 1;
  ++counts_.loads;
  return CacheStamp{++generation(key.hash)};
}

bool Shard::remove(KeyView key) {
  Dead dead;
  const std::lock_guard lock(mutex_);
  ++generation(key.hash);
  CachedObject* const found = entries_.find(key);
  if (found == nullptr) {
    return false;
  }
  ++counts_.invalidations;
  take_out(*found, dead);
  return true;
}

bool Shard::remove(KeyView key, const ObjectCache::Object& object) {
  Dead dead;
  const std::lock_guard lock(mutex_);
  CachedObject* const found = entries_.find(key);
  if (found == nullptr || found->object != object) {
    return false;
  }
  ++counts_.invalidations;
  take_out(*found, dead);
  return true;
}

void Shard::clear() {
  EntryTable dead;
  const std::lock_guard lock(mutex_);
  for (std::uint64_t& generation : generations_) {
    ++generation;
  }
  for (const CachedObject* entry = sieve_.oldest(); entry != nullptr; entry = entry->hook.newer) {
    totals_.weight -= entry->weight;
  }
  totals_.entries -= entries_.size();
  counts_.invalidations += entries_.size();
  sieve_.clear();
  dead.swap(entries_);
}

void Shard::outdate_all() {
  const std::lock_guard lock(mutex_);
  for (std::uint64_t& generation : generations_) {
    ++generation;
  }
}

std::vector<Shard::Item> Shard::items() const {
  std::vector<Item> items;
  const std::lock_guard lock(mutex_);
  items.reserve(entries_.size());
  for (const CachedObject* entry = sieve_.oldest(); entry != nullptr; entry = entry->hook.newer) {
    Expiry expiry = entry->expiry;
    if (!expiry.passed(clock_, false)) {
      items.push_back({entry->key, {entry->object, entry->type}});
    }
  }
  return items;
}

bool Shard::evict_one(const CachedObject* spared) {
  Dead dead;
  const std::lock_guard lock(mutex_);
  if (!totals_.over()) {
    return true;
  }
  CachedObject* const entry = sieve_.victim(spared);
  if (entry == nullptr) {
    return false;
  }
  ++counts_.evictions;
  take_out(*entry, dead);
  return true;
}

void Shard::count_eviction() {
  const std::lock_guard lock(mutex_);
  ++counts_.evictions;
}

void Shard::count_failed_load() {
  const std::lock_guard lock(mutex_);
  ++counts_.failed_loads;
}

void Shard::add_to(CacheStatistics& sum) const {
  const std::lock_guard lock(mutex_);
  sum.hits += counts_.hits;
  sum.misses += counts_.misses;
  sum.loads += counts_.loads;
  sum.failed_loads += counts_.failed_loads;
  sum.outdated_loads += counts_.outdated_loads;
  sum.evictions += counts_.evictions;
  sum.expirations += counts_.expirations;
  sum.invalidations += counts_.invalidations;
  sum.entries += entries_.size();
  for (const CachedObject* entry = sieve_.oldest(); entry != nullptr; entry = entry->hook.newer) {
    sum.weight += entry->weight;
  }
}

}  // namespace crier
