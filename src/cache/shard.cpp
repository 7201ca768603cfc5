// SPDX-License-Identifier: MIT
#include "cache/shard.hpp"

namespace crier {

void Shard::take_out(CachedObject& entry, Dead& dead) noexcept {
  --totals_.entries;
  totals_.weight -= entry.weight;
  eviction_.remove(entry);
  entries_.remove(entry);
  dead.add(entry);
}

// A few with each store: so all that has expired goes in the end, and nobody scans for it.
void Shard::take_out_expired(Dead& dead) {
  for (int i = 0; i < 2; ++i) {
    entries_.for_each_in_turn([&](CachedObject& entry) {
      if (entry.age(clock_, false) == Expiry::Age::gone) {
        counts_.expirations += entry.expired == 0 ? 1 : 0;
        take_out(entry, dead);
      }
    });
  }
}

const CachedObject* Shard::store(KeyView key, const CacheType& type, CacheObject object,
                                 const KeepFor& keep, std::optional<CacheStamp> stamp,
                                 std::int64_t made_at) {
  const bool is_lasting = keep.stale_if_error || keep.refresh_ahead;
  const auto make = [&] {
    return CachedObject{.hash = key.hash,
                        .key = std::string(key.text),
                        .object = std::move(object.object),
                        .type = &type,
                        .weight = object.weight & Totals::kMaxWeight,
                        .is_lasting = is_lasting,
                        .expiry = Expiry(keep, object.at_most, clock_),
                        .made_at = made_at};
  };
  std::unique_ptr<CachedObject, DeleteCached> added(
      is_lasting ? new LastingObject{make(), Lasting(keep, object.at_most)}
                 : new CachedObject(make()));
  Dead dead;
  const std::lock_guard lock(mutex_);
  std::uint64_t& current = generation(key.hash);
  if (stamp && stamp->value != current) {
    ++counts_.outdated_loads;
    return nullptr;
  }
  if (!stamp) {
    ++current;
  }
  const Writing writing(gate_);
  take_out_expired(dead);
  CachedObject* const old = entries_.find(key);
  entries_.add(*added);
  if (old == nullptr) {
    eviction_.add(*added);
  } else {
    eviction_.replace(*old, *added);
    --totals_.entries;
    totals_.weight -= old->weight;
    entries_.remove(*old);
    dead.add(*old);
  }
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
    const Writing writing(gate_);
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
  if (found == nullptr || found->expired != 0) {
    return std::nullopt;
  }
  {
    const Writing writing(gate_);
    found->reloading = 1;
  }
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
  const Writing writing(gate_);
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
  const Writing writing(gate_);
  take_out(*found, dead);
  return true;
}

void Shard::clear() {
  EntryTable dead;
  const std::lock_guard lock(mutex_);
  const Writing writing(gate_);
  for (std::uint64_t& generation : generations_) {
    ++generation;
  }
  totals_.weight -= weight();
  totals_.entries -= entries_.size();
  counts_.invalidations += entries_.size();
  eviction_.clear();
  dead.swap(entries_);
}

void Shard::outdate_all() {
  const std::lock_guard lock(mutex_);
  for (std::uint64_t& generation : generations_) {
    ++generation;
  }
}

std::vector<Shard::Item> Shard::items(Expired expired) const {
  std::vector<Item> items;
  const std::lock_guard lock(mutex_);
  items.reserve(entries_.size());
  entries_.for_each([&](CachedObject& entry) {
    const Expiry::Age age = entry.age(clock_, false);
    if (age < Expiry::Age::expired ||
        (age == Expiry::Age::expired && expired == Expired::included)) {
      items.push_back({entry.key, {entry.object, entry.type}});
    }
    return true;
  });
  return items;
}

// Hashed under the mutex: to copy all that is there would hold it for longer.
std::vector<Shard::Item> Shard::sample(AuditSample& wanted, ObjectCache::KeyText text_of) const {
  std::vector<Item> items;
  const std::lock_guard lock(mutex_);
  entries_.for_each([&](CachedObject& entry) {
    if (std::string text = text_of(entry.key);
        wanted.wants(text) && entry.age(clock_, false) < Expiry::Age::expired) {
      items.push_back({std::move(text), {entry.object, entry.type}});
    }
    return !wanted.is_over();
  });
  return items;
}

bool Shard::evict_one(const CachedObject* spared, std::size_t least) {
  Dead dead;
  const std::lock_guard lock(mutex_);
  if (!totals_.over()) {
    return true;
  }
  const Writing writing(gate_);
  CachedObject* const entry = entries_.size() < least ? nullptr : eviction_.victim(spared);
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

void Shard::count_wait_given_up() {
  const std::lock_guard lock(mutex_);
  ++counts_.waits_given_up;
}

void Shard::begin_load_apart() {
  const std::lock_guard lock(mutex_);
  ++counts_.misses;
  ++counts_.loads;
  ++counts_.loads_running;
}

void Shard::end_load_apart() noexcept {
  const std::lock_guard lock(mutex_);
  --counts_.loads_running;
}

void Shard::add_to(CacheStatistics& sum) const {
  const std::lock_guard lock(mutex_);
  sum.hits += counts_.hits;
  sum.misses += counts_.misses;
  sum.loads += counts_.loads;
  sum.loads_ahead += counts_.loads_ahead;
  sum.failed_loads += counts_.failed_loads;
  sum.outdated_loads += counts_.outdated_loads;
  sum.waits_given_up += counts_.waits_given_up;
  sum.stale_after_errors += counts_.stale_after_errors;
  sum.stale_after_timeouts += counts_.stale_after_timeouts;
  sum.loads_running += counts_.loads_running;
  sum.evictions += counts_.evictions;
  sum.expirations += counts_.expirations;
  sum.invalidations += counts_.invalidations;
  sum.entries += entries_.size();
  sum.weight += weight();
}

std::size_t Shard::weight() const {
  std::size_t sum = 0;
  entries_.for_each([&](const CachedObject& entry) {
    sum += entry.weight;
    return true;
  });
  return sum;
}

}  // namespace crier
