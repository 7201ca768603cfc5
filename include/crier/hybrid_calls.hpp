// SPDX-License-Identifier: MIT
#pragma once

// The functions of HybridCache that load. Include <crier/hybrid_cache.hpp>.

#include <crier/hybrid_cache.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace crier {
namespace detail {

// What a loader of many gave, in the order of `keys`, if it is a map; else in its own.
template <class Value, class Given>
std::vector<std::optional<Value>> values_of(const std::vector<std::string>& keys, Given given) {
  std::vector<std::optional<Value>> values;
  if constexpr (requires { typename Given::mapped_type; }) {
    for (const std::string& key : keys) {
      const auto found = given.find(key);
      if (found == given.end()) {
        values.emplace_back();
      } else {
        values.emplace_back(std::move(found->second));
      }
    }
  } else {
    for (auto&& one : given) {
      values.emplace_back(std::move(one));
    }
  }
  return values;
}

}  // namespace detail

template <class Value>
auto HybridCache<Value>::read_of(HybridRefresher::Found&& found, std::optional<Value>& value)
    -> Read {
  Read read{{}, found.seen};
  if (found.data) {
    read.object = own_->object(std::move(*value), std::move(found.tags), found.left, found.sliding);
  }
  return read;
}

template <class Value>
auto HybridCache<Value>::read(const std::string& key, std::span<const std::string> tags, bool again)
    -> Read {
  std::optional<Value> value;
  const auto takes = [&](std::size_t, const std::string& data) {
    if (std::optional<Value> decoded = own_->decode(data)) {
      value.emplace(std::move(*decoded));
    }
    return value.has_value();
  };
  return read_of(refresher_->read(HybridRefresher::Wanted{key, tags}, takes, again), value);
}

template <class Value>
auto HybridCache<Value>::read(std::span<const HybridRefresher::Wanted> wanted, bool again)
    -> std::vector<Read> {
  std::vector<std::optional<Value>> values(wanted.size());
  const auto takes = [&](std::size_t place, const std::string& data) {
    if (std::optional<Value> decoded = own_->decode(data)) {
      values[place].emplace(std::move(*decoded));
    }
    return values[place].has_value();
  };
  std::vector<HybridRefresher::Found> found = refresher_->read(wanted, takes, again);
  std::vector<Read> reads;
  reads.reserve(wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    reads.push_back(read_of(std::move(found[i]), values[i]));
  }
  return reads;
}

template <class Value>
void HybridCache<Value>::renew(std::span<const HybridRefresher::Wanted> due) {
  std::vector<CacheStamp> stamps;
  for (const HybridRefresher::Wanted& one : due) {
    stamps.push_back(own_->cache.stamp(one.key));
  }
  std::vector<Read> again = read(due);
  for (std::size_t i = 0; i < due.size(); ++i) {
    if (again[i].object) {
      own_->cache.insert(due[i].key, kCacheType<Item>, std::move(*again[i].object),
                         own_->options.keep, stamps[i]);
    }
  }
}

template <class Value>
template <class Load>
auto HybridCache<Value>::get_many(std::span<const std::string> keys, Load&& load,
                                  const HybridEntry& entry) -> std::vector<Pointer> {
  std::vector<std::string_view> views;
  for (const std::string& key : keys) {
    refresher_->check_key("get", key);
    views.push_back(key);
  }
  static_cast<void>(refresher_->check_entry("get", entry.expiry, entry.tags));
  std::vector<ObjectCache::Object> objects = own_->cache.get_many(
      views, kCacheType<Item>,
      [&](std::span<const std::size_t> places) {
        std::vector<std::string> wanted;
        for (const std::size_t place : places) {
          wanted.push_back(keys[place]);
        }
        return load_many(wanted, load, entry);
      },
      own_->options.keep);
  std::vector<Pointer> values;
  std::vector<HybridRefresher::Wanted> due;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto* const item = static_cast<const Item*>(objects[i].get());
    if (item != nullptr && is_due(*item)) {
      due.push_back({keys[i], item->tags});
    }
    values.push_back(Own::value_of(std::move(objects[i])));
  }
  if (!due.empty()) {
    renew(due);
  }
  return values;
}

template <class Value>
template <class Load>
std::vector<CacheObject> HybridCache<Value>::load_many(const std::vector<std::string>& keys,
                                                       Load& load, const HybridEntry& entry) {
  std::vector<CacheObject> objects(keys.size());
  std::vector<std::size_t> places;  // of those that the shared half has not
  std::vector<std::string> missing;
  std::vector<HybridRefresher::Seen> seen;
  std::vector<HybridRefresher::Wanted> wanted;
  for (const std::string& key : keys) {
    wanted.push_back({key, entry.tags});
  }
  std::vector<Read> reads = read(wanted);
  for (std::size_t place = 0; place < keys.size(); ++place) {
    Read& found = reads[place];
    if (found.object) {
      objects[place] = std::move(*found.object);
    } else {
      places.push_back(place);
      missing.push_back(keys[place]);
      seen.push_back(found.seen);
    }
  }
  if (missing.empty()) {
    return objects;
  }
  std::vector<HybridEntry> entries(missing.size(), entry);
  const HybridRefresher::Start start = refresher_->begin();
  std::vector<std::optional<Value>> made = [&] {
    if constexpr (std::is_invocable_v<Load&, const std::vector<std::string>&,
                                      std::span<HybridEntry>>) {
      return detail::values_of<Value>(missing, load(std::as_const(missing), std::span(entries)));
    } else {
      return detail::values_of<Value>(missing, load(std::as_const(missing)));
    }
  }();
  refresher_->check_number(missing.size(), made.size());
  std::vector<SharedExpiry> expiries;  // all are checked before one is stored
  for (const HybridEntry& decided : entries) {
    expiries.push_back(refresher_->check_entry("get", decided.expiry, decided.tags));
  }
  for (std::size_t i = 0; i < missing.size(); ++i) {
    if (!made[i]) {
      continue;
    }
    std::vector<std::string>& tags = entries[i].tags;
    own_->drop_if_outdated(*refresher_, start, missing[i], tags);
    refresher_->fill_with([&] { return own_->encode(missing[i], *made[i]); },
                          {start,
                           missing[i],
                           tags,
                           {},
                           expiries[i],
                           tags == entry.tags ? std::optional(seen[i]) : std::nullopt});
    objects[places[i]] = own_->object(std::move(*made[i]), std::move(tags),
                                      detail::left_of(expiries[i]), expiries[i].sliding);
  }
  return objects;
}

template <class Value>
template <class Factory>
CacheObject HybridCache<Value>::load(const std::string& key, Factory& factory,
                                     const HybridEntry& entry,
                                     std::optional<std::chrono::milliseconds> at_least) {
  Read found = read(key, entry.tags);
  const auto is_found = [&] {
    return found.object &&
           (!at_least || found.object->at_most.value_or(at_least->max()) > *at_least);
  };
  const std::shared_ptr<void> lease = is_found() ? nullptr : refresher_->lease(key, [&] {
    found = read(key, entry.tags, true);
    return is_found();
  });
  if (is_found()) {
    return std::move(*found.object);
  }
  HybridContext context{entry};
  const HybridRefresher::Start start = refresher_->begin();
  std::optional<Value> made([&]() -> std::optional<Value> {
    if constexpr (std::is_invocable_v<Factory&, HybridContext&>) {
      return factory(context);
    } else {
      return factory();
    }
  }());
  if (!made) {
    return {};
  }
  const SharedExpiry expiry =
      refresher_->check_entry("get", context.entry.expiry, context.entry.tags);
  own_->drop_if_outdated(*refresher_, start, key, context.entry.tags);
  const auto seen = context.entry.tags == entry.tags ? std::optional(found.seen) : std::nullopt;
  refresher_->fill_with([&] { return own_->encode(key, *made); },
                        {start, key, context.entry.tags, {}, expiry, seen});
  return own_->object(std::move(*made), std::move(context.entry.tags), detail::left_of(expiry),
                      expiry.sliding);
}

template <class Value>
template <class Version>
AuditedCache HybridCache<Value>::audited(Version version) const {
  return {std::string(name()), [own = own_, version = std::move(version)](AuditSample& sample) {
            own->cache.sample(sample, [&](const ObjectCache::Object& object) {
              return detail::version_text(version, *Own::value_of(object));
            });
          }};
}

}  // namespace crier
