// SPDX-License-Identifier: MIT
#include "cache/shard.hpp"

namespace crier {

void Shard::take_out(Map::iterator at, Dead& dead) {
  --totals_.entries;
  totals_.weight -= at->second.weight;
  sieve_.remove(*at);
  dead.push_back(entries_.extract(at));
}

// Two with each store: so all that has expired goes in the end, and nobody scans for it.
void Shard::take_out_expired(Dead& dead) {
  for (int i = 0; i < 2; ++i) {
    Node* const node = sieve_.next();
    if (node != nullptr && node->second.expiry.passed(clock_, false)) {
      ++counts_.expirations;
      take_out(entries_.find(node->first), dead);
    }
  }
}

std::optional<Shard::Hit> Shard::look_up(KeyView key, Dead& dead) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) {
    return std::nullopt;
  }
  Entry& entry = found->second;
  if (entry.expiry.passed(clock_, true)) {
    ++counts_.expirations;
    take_out(found, dead);
    return std::nullopt;
  }
  if (entry.visited == 0) {  // what is written needlessly travels between processors
    entry.visited = 1;
  }
  ++counts_.hits;
  return Hit{entry.object, entry.type};
}

std::optional<Shard::Hit> Shard::find(KeyView key) {
  Dead dead;
  const std::lock_guard lock(mutex_);
  return look_up(key, dead);
}

Shard::Joined Shard::join(KeyView key, const CacheType& type) {
  Dead dead;
  std::shared_ptr<Flight> outdated;
  const std::lock_guard lock(mutex_);
  if (std::optional<Hit> hit = look_up(key, dead)) {
    return {std::move(hit), nullptr};
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

bool Shard::store(KeyView key, const CacheType& type, CacheObject object, const Expiry& expiry,
                  std::optional<CacheStamp> stamp) {
  Dead dead;
  const std::lock_guard lock(mutex_);
  std::uint64_t& current = generation(key.hash);
  if (stamp && stamp->value != current) {
    ++counts_.outdated_loads;
    return false;
  }
  take_out_expired(dead);
  if (const auto old = entries_.find(key); old != entries_.end()) {
    take_out(old, dead);
  }
  if (!stamp) {
    ++current;
  }
  const auto added = entries_.try_emplace(Key{std::string(key.text), key.hash}).first;
  Entry& entry = added->second;
  entry.object = std::move(object.object);
  entry.type = &type;
  entry.expiry = expiry;
  entry.weight = object.weight & kMaxWeight;
  sieve_.add(*added);
  return true;
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
  if (const auto found = entries_.find(key); found != entries_.end() && !outdated) {
    take_out(found, dead);
  }
  return !outdated;
}

CacheStamp Shard::stamp(KeyView key) const {
  const std::lock_guard lock(mutex_);
  return {generations_[stripe(key.hash)]};
}

std::optional<CacheStamp> Shard::outdate_if_present(KeyView key) {
  const std::lock_guard lock(mutex_);
  if (!entries_.contains(key)) {
    return std::nullopt;
  }
  ++counts_.loads;
  return CacheStamp{++generation(key.hash)};
}

bool Shard::remove(KeyView key) {
  Dead dead;
  const std::lock_guard lock(mutex_);
  ++generation(key.hash);
  const auto found = entries_.find(key);
  if (found == entries_.end()) {
    return false;
  }
  ++counts_.invalidations;
  take_out(found, dead);
  return true;
}

bool Shard::remove(KeyView key, const ObjectCache::Object& object) {
  Dead dead;
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end() || found->second.object != object) {
    return false;
  }
  ++counts_.invalidations;
  take_out(found, dead);
  return true;
}

void Shard::clear() {
  Map dead;
  const std::lock_guard lock(mutex_);
  for (std::uint64_t& generation : generations_) {
    ++generation;
  }
  for (const Node& node : entries_) {
    totals_.weight -= node.second.weight;
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
  for (const Node& node : entries_) {
    Expiry expiry = node.second.expiry;
    if (!expiry.passed(clock_, false)) {
      items.push_back({node.first.text, {node.second.object, node.second.type}});
    }
  }
  return items;
}

bool Shard::evict_one() {
  Dead dead;
  const std::lock_guard lock(mutex_);
  Node* const node = sieve_.victim();
  if (node == nullptr) {
    return false;
  }
  ++counts_.evictions;
  take_out(entries_.find(node->first), dead);
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
  for (const Node& node : entries_) {
    sum.weight += node.second.weight;
  }
}

}  // namespace crier
