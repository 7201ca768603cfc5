// SPDX-License-Identifier: MIT
#pragma once

// A node's own half of a HybridCache.

#include <crier/hybrid_codec.hpp>
#include <crier/hybrid_entry.hpp>
#include <crier/hybrid_refresher.hpp>
#include <crier/object_cache.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crier::detail {

// Outlives its HybridCache with the refresher, and with batches. Thread-safe.
template <class Value>
struct HybridOwn {
  struct Item {
    Item(Value made, std::vector<std::string> borne)
        : value(std::move(made)), tags(std::move(borne)) {}
    Value value;
    std::vector<std::string> tags;
    RenewalTime renewal = {};
  };
  using Pointer = std::shared_ptr<const Value>;

  HybridOwn(const std::string& name, HybridOptions given, HybridCodec<Value> by)
      : options(std::move(given)),
        codec(std::move(by)),
        cache(name, options.limits, options.clock, options.executor, options.on_failed_load) {
    check_codec(name, codec.encode != nullptr, codec.decode != nullptr);
  }

  // Throws an invalid_argument Error if it can't be.
  [[nodiscard]] std::string encode(const std::string& key, const Value& value) const {
    try {
      return codec.encode(value);
    } catch (...) {
      refuse_encoding(cache.name(), key);
    }
  }
  // Nothing if it can't be: it is of another version of the program, and of no use to this one.
  [[nodiscard]] std::optional<Value> decode(std::string_view bytes) const {
    try {
      return codec.decode(bytes);
    } catch (...) {
      return std::nullopt;
    }
  }

  static Pointer value_of(ObjectCache::Object object) {
    const auto* const item = static_cast<const Item*>(object.get());
    return item == nullptr ? nullptr : Pointer(std::move(object), &item->value);
  }
  static HybridRefresher::Local local(const std::shared_ptr<HybridOwn>& own);
  static HybridSharing sharing(const HybridOptions& options) {
    return {.version = options.version, .one_load = options.one_load_across_nodes};
  }
  // `left`: it may be kept no longer; nothing: it does not expire.
  CacheObject object(Value value, std::vector<std::string> tags,
                     std::optional<std::chrono::milliseconds> left,
                     std::optional<std::chrono::milliseconds> sliding) const;
  // What was made of what its node has yet to refresh goes to its callers alone: the load that is
  // under way is outdated.
  void drop_if_outdated(const HybridRefresher& refresher, const HybridRefresher::Start& start,
                        const std::string& key, const std::vector<std::string>& tags) {
    if (refresher.is_outdated(start, key, tags)) {
      cache.remove(key);
    }
  }
  // What `id` has set: in the shared half, or here if there is none.
  void store(HybridRefresher& refresher, const Value& value, HybridRefresher::Fill fill,
             EntryId id);

  const HybridOptions options;
  const HybridCodec<Value> codec;
  ObjectCache cache;
};

template <class Value>
HybridRefresher::Local HybridOwn<Value>::local(const std::shared_ptr<HybridOwn>& own) {
  return {.evict = [own](const std::string& key) { own->cache.remove(key); },
          .evict_tagged =
              [own](const std::string& tag) {
                own->cache.remove_if([&](std::string_view, const ObjectCache::Object& object,
                                         const CacheType&) {
                  return std::ranges::count(static_cast<const Item*>(object.get())->tags, tag) != 0;
                });
              },
          .clear = [own] { own->cache.clear(); },
          .trouble = own->options.on_failed_fill,
          .clock = own->options.clock};
}

template <class Value>
CacheObject HybridOwn<Value>::object(Value value, std::vector<std::string> tags,
                                     std::optional<std::chrono::milliseconds> left,
                                     std::optional<std::chrono::milliseconds> sliding) const {
  constexpr std::chrono::milliseconds kLeast{1};
  const auto item = std::make_shared<Item>(std::move(value), std::move(tags));
  item->renewal.set(sliding, options.clock);
  const auto weight = weighed<Value>(Pointer(item, &item->value), options.keep).weight;
  return {item, weight, left ? std::optional(std::max(*left, kLeast)) : left};
}

template <class Value>
void HybridOwn<Value>::store(HybridRefresher& refresher, const Value& value,
                             HybridRefresher::Fill fill, EntryId id) {
  fill.set = id;
  if (refresher.has_shared()) {
    refresher.fill(fill);
    return;
  }
  // What invalidates it from now on outdates the stamp.
  const CacheStamp stamp = cache.stamp(fill.key);
  if (!refresher.is_invalidated(fill.key, fill.tags, id)) {
    cache.insert(fill.key, kCacheType<Item>,
                 object(value, fill.tags, left_of(fill.expiry), std::nullopt), options.keep, stamp);
  }
}

}  // namespace crier::detail
