// SPDX-License-Identifier: MIT
// How a shard finds what it holds, and who loads what it does not.
#include "cache/shard.hpp"

namespace crier {

// Inline where a hit comes by.
inline Shard::Seen Shard::look_up(KeyView key, Dead& dead) {
  CachedObject* const entry = entries_.find(key);
  if (entry == nullptr) {
    return {};
  }
  const Expiry::Age age = entry->age(clock_, true);
  return age < Expiry::Age::expired ? Seen{entry, age} : pass(*entry, age, dead);
}

Shard::Seen Shard::pass(CachedObject& entry, Expiry::Age age, Dead& dead) {
  const Writing writing(gate_);
  if (entry.expired == 0) {
    entry.expired = 1;
    ++counts_.expirations;
  }
  if (age == Expiry::Age::expired) {
    return {&entry, age};
  }
  take_out(entry, dead);
  return {};
}

inline CachedObject* Shard::find_to_read(KeyView key, Due due) {
  CachedObject* const entry = entries_.find(key);
  if (entry == nullptr) {
    return nullptr;
  }
  const Expiry::Age age = entry->age(clock_, true);
  if (age != Expiry::Age::fresh && (age != Expiry::Age::due || due != Due::served)) {
    return nullptr;
  }
  entry->mark_visited();
  return entry;
}

Shard::PinnedObject Shard::pin(KeyView key) {
  Reading reading(gate_);
  CachedObject* const entry = reading.is_granted() ? find_to_read(key, Due::served) : nullptr;
  if (entry == nullptr || entry->is_loading()) {
    return {};
  }
  totals_.count_hit(reading.slot());
  return {reading, *entry};
}

std::optional<Shard::Hit> Shard::find(KeyView key, bool counts_miss, Due due) {
  if (const Reading reading(gate_); reading.is_granted()) {
    if (const CachedObject* const entry = find_to_read(key, due)) {
      totals_.count_hit(reading.slot());
      return hit_of(*entry);
    }
    if (!counts_miss && due == Due::missed) {  // join() looks again
      return std::nullopt;
    }
  }
  Dead dead;
  const std::lock_guard lock(mutex_);
  const Seen seen = look_up(key, dead);
  if (seen.is_fresh() || (seen.is_due() && due == Due::served)) {
    return hit(*seen.entry);
  }
  counts_.misses += counts_miss ? 1 : 0;
  return std::nullopt;
}

bool Shard::holds(KeyView key) const {
  const std::lock_guard lock(mutex_);
  CachedObject* const entry = entries_.find(key);
  return entry != nullptr && entry->age(clock_, false) < Expiry::Age::expired;
}

std::optional<Shard::Hit> Shard::find_stale(KeyView key, std::chrono::milliseconds since, Why why) {
  Dead dead;
  const std::lock_guard lock(mutex_);
  const Seen seen = look_up(key, dead);
  if (seen.is_fresh() || seen.is_due()) {
    return hit(*seen.entry);
  }
  // What a reload is to replace is about to be invalidated.
  if (seen.entry == nullptr || seen.entry->reloading != 0 ||
      seen.entry->expiry.is_older(since, clock_)) {
    return std::nullopt;
  }
  ++(why == Why::error ? counts_.stale_after_errors : counts_.stale_after_timeouts);
  return Hit{seen.entry->object, seen.entry->type};
}

Shard::Joined Shard::join(KeyView key, const CacheType& type, Own own, const Flight* but) {
  Dead dead;
  std::shared_ptr<Flight> outdated;
  const std::lock_guard lock(mutex_);
  const Seen seen = look_up(key, dead);
  if (seen.is_fresh()) {
    return {hit(*seen.entry), nullptr};
  }
  const CacheStamp stamp{generation(key.hash)};
  const auto found = flights_.find(key);
  const bool joins =
      found != flights_.end() && found->second->stamp() == stamp && found->second.get() != but;
  Joined joined;
  if (seen.is_due()) {
    joined.hit = hit(*seen.entry);
    if (joins || own.ahead == Own::Ahead::never || joined.hit->type != &type) {
      return joined;
    }
  } else {
    counts_.misses += but == nullptr ? 1 : 0;
    if (joins) {
      return {std::nullopt, found->second};
    }
  }
  joined.own = true;
  joined.later = seen.is_due() ? own.ahead == Own::Ahead::later
                               : own.is_later_if_stale && seen.entry != nullptr;
  joined.flight = std::make_shared<Flight>(
      stamp, type, now(clock_), joined.later ? Flight::Runner::claimer : Flight::Runner::maker);
  if (found != flights_.end()) {
    outdated = std::exchange(found->second, joined.flight);
  } else {
    flights_.emplace(Key{std::string(key.text), key.hash}, joined.flight);
  }
  if (seen.is_due()) {
    const Writing writing(gate_);
    seen.entry->refreshing = 1;
    seen.entry->lasting()->ahead = 0;  // once
    ++counts_.loads_ahead;
  }
  ++counts_.loads;
  ++counts_.loads_running;
  return joined;
}

void Shard::leave(KeyView key, const std::shared_ptr<Flight>& flight) noexcept {
  const std::lock_guard lock(mutex_);
  --counts_.loads_running;
  const auto found = flights_.find(key);
  if (found != flights_.end() && found->second == flight) {
    flights_.erase(found);
    if (CachedObject* const entry = entries_.find(key);
        entry != nullptr && entry->refreshing != 0) {
      const Writing writing(gate_);
      entry->refreshing = 0;
    }
  }
}

}  // namespace crier
