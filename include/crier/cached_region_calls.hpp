// SPDX-License-Identifier: MIT
#pragma once

// The functions of CachedRegion. Include <crier/cached_region.hpp>.

#include <crier/cached_region.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace crier {

template <RegionKey Key, class Value>
Key CachedRegion<Key, Value>::key_of(std::string_view bytes) {
  if constexpr (std::is_same_v<Key, std::string>) {
    return std::string(bytes);
  } else {
    std::array<char, sizeof(Key)> copy{};
    std::memcpy(copy.data(), bytes.data(), copy.size());
    return std::bit_cast<Key>(copy);
  }
}

template <RegionKey Key, class Value>
CachedRegion<Key, Value>::CachedRegion(const Guid& refresher, std::string name, Options options)
    : keep_(options.keep), refresher_([&] {
        detail::check_durations(options.keep);
        RegionRefresher::Reload reload;
        if (options.reload && options.executor) {
          reload = [load = std::move(options.reload), keep = options.keep](ObjectCache& cache,
                                                                           std::string_view bytes) {
            detail::get_through<Value>(
                cache, bytes, [&] { return load(key_of(bytes)); }, keep);
          };
        } else if (options.reload) {
          reload = [load = std::move(options.reload), keep = options.keep](ObjectCache& cache,
                                                                           std::string_view bytes) {
            cache.reload(
                bytes, kCacheType<Value>,
                [&] { return detail::weighed<Value>(load(key_of(bytes)), keep); }, keep);
          };
        }
        constexpr auto kKeys = std::is_same_v<Key, std::int64_t> ? RegionRefresher::Keys::ids
                               : std::is_same_v<Key, Guid>       ? RegionRefresher::Keys::guids
                                                                 : RegionRefresher::Keys::texts;
        return std::make_shared<RegionRefresher>(
            refresher, std::move(name), kKeys, options.limits, std::move(options.clock),
            std::move(reload), options.executor, std::move(options.on_failed_load));
      }()) {}

template <RegionKey Key, class Value>
auto CachedRegion<Key, Value>::get(const Key& key) -> Pointer {
  const RegionKeyBytes bytes(key);
  return detail::typed<Value>(
      cache_.find(checked(bytes, "get"), kCacheType<Value>).value_or(nullptr));
}

template <RegionKey Key, class Value>
template <class Load>
CacheObject CachedRegion<Key, Value>::object_of(Load& load, const Key& key, const KeepFor& keep) {
  if constexpr (std::is_invocable_v<Load&, const Key&>) {
    return detail::weighed<Value>(detail::as_object<Value>(load(key)), keep);
  } else {
    return detail::weighed<Value>(detail::as_object<Value>(load()), keep);
  }
}

template <RegionKey Key, class Value>
template <class Load>
auto CachedRegion<Key, Value>::get(const Key& key, Load&& load, const KeepFor& keep) -> Pointer {
  const RegionKeyBytes bytes(key);
  const std::string_view view = checked(bytes, "get");
  detail::check_durations(keep);
  if (auto hit = cache_.find(view, kCacheType<Value>, ObjectCache::Miss::uncounted)) {
    return detail::typed<Value>(std::move(*hit));
  }
  if constexpr (std::is_constructible_v<std::decay_t<Load>, Load>) {
    if (cache_.may_use_executor(keep)) {
      const auto own = std::make_shared<std::decay_t<Load>>(std::forward<Load>(load));
      return detail::typed<Value>(cache_.get(
          view, kCacheType<Value>, [own, key, keep] { return object_of(*own, key, keep); }, keep,
          ObjectCache::On::executor_too));
    }
  }
  return detail::typed<Value>(cache_.get(
      view, kCacheType<Value>, [&] { return object_of(load, key, keep); }, keep));
}

template <RegionKey Key, class Value>
template <class Load>
auto CachedRegion<Key, Value>::get(const Key& key, Load&& load, const KeepFor& keep,
                                   const FreshEnough& fresh) -> Pointer {
  if (refresher_->is(fresh)) {
    return get(key, std::forward<Load>(load), keep);
  }
  const RegionKeyBytes bytes(key);
  const std::string_view view = checked(bytes, "get");
  detail::check_durations(keep);
  if (fresh.age && (!fresh.entry || refresher_->is({.entry = fresh.entry}))) {
    if (auto hit = cache_.find_made_within(view, kCacheType<Value>, *fresh.age)) {
      return detail::typed<Value>(std::move(*hit));
    }
  }
  if (fresh.or_throw) {
    refresher_->refuse_stale(view);
  }
  return detail::typed<Value>(cache_.get_anew(
      view, kCacheType<Value>, [&] { return object_of(load, key, keep); }, keep));
}

template <RegionKey Key, class Value>
template <class Load>
auto CachedRegion<Key, Value>::get_many(std::span<const Key> keys, Load&& load, const KeepFor& keep)
    -> std::vector<Pointer> {
  detail::check_durations(keep);
  const KeysBytes bytes(*this, keys, "get");
  const auto object_of = [&](auto&& given) {
    return detail::weighed<Value>(detail::as_object<Value>(std::forward<decltype(given)>(given)),
                                  keep);
  };
  std::vector<ObjectCache::Object> objects = cache_.get_many(
      bytes.views, kCacheType<Value>,
      [&](std::span<const std::size_t> places) {
        std::vector<Key> missing;
        for (const std::size_t place : places) {
          missing.push_back(keys[place]);
        }
        auto given = load(std::as_const(missing));
        std::vector<CacheObject> loaded;
        if constexpr (requires { typename decltype(given)::mapped_type; }) {
          for (const Key& key : missing) {
            const auto found = given.find(key);
            loaded.push_back(found == given.end() ? CacheObject()
                                                  : object_of(std::move(found->second)));
          }
        } else {
          for (auto&& one : given) {
            loaded.push_back(object_of(std::move(one)));
          }
        }
        return loaded;
      },
      keep);
  std::vector<Pointer> values;
  values.reserve(objects.size());
  for (ObjectCache::Object& object : objects) {
    values.push_back(detail::typed<Value>(std::move(object)));
  }
  return values;
}

template <RegionKey Key, class Value>
template <class Given>
void CachedRegion<Key, Value>::insert(const Key& key, Given&& value, const KeepFor& keep) {
  const RegionKeyBytes bytes(key);
  cache_.insert(checked(bytes, "insert"), kCacheType<Value>,
                detail::weighed<Value>(detail::as_object<Value>(std::forward<Given>(value)), keep),
                keep);
}

template <RegionKey Key, class Value>
template <class Given>
bool CachedRegion<Key, Value>::insert(const Key& key, Given&& value, CacheStamp stamp,
                                      const KeepFor& keep) {
  const RegionKeyBytes bytes(key);
  return cache_.insert(
      checked(bytes, "insert"), kCacheType<Value>,
      detail::weighed<Value>(detail::as_object<Value>(std::forward<Given>(value)), keep), keep,
      stamp);
}

template <RegionKey Key, class Value>
template <class Predicate>
std::size_t CachedRegion<Key, Value>::evict_if(Predicate predicate) {
  return cache_.remove_if(
      [&](std::string_view bytes, const ObjectCache::Object& object, const CacheType&) {
        return static_cast<bool>(predicate(key_of(bytes), static_cast<const Value*>(object.get())));
      });
}

template <RegionKey Key, class Value>
template <class Version>
AuditedCache CachedRegion<Key, Value>::audited(Version version) const {
  return {name(), [refresher = refresher_, version = std::move(version)](AuditSample& sample) {
            refresher->cache().sample(sample, [&](const ObjectCache::Object& object) {
              return detail::version_text(version, *static_cast<const Value*>(object.get()));
            });
          }};
}

}  // namespace crier
