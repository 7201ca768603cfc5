// SPDX-License-Identifier: MIT
#pragma once

#include <crier/cached_region.hpp>
#include <crier/error.hpp>
#include <crier/hybrid_refresher.hpp>
#include <crier/json_value.hpp>
#include <crier/registry.hpp>
#include <crier/shared_cache.hpp>
#include <crier/shared_json.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace crier {

struct HybridOptions {
  CacheLimits limits = {};  ///< of this node's half
  /// How long a node serves a value without looking at the shared cache again, so for how long at
  /// the most it may outlive its entry there. Invalidations do not wait for it.
  KeepFor keep = {.absolute = std::chrono::minutes(5)};
  /// Called on the thread that gets, under no lock, with why what a factory made could not be
  /// written to the shared cache; must not throw.
  std::function<void(const Error&)> on_failed_fill = {};
};

struct HybridStatistics : CacheStatistics {  ///< of this node's half, and
  std::uint64_t failed_fills = 0;            ///< what this node alone keeps: see HybridCache::get()
};

/// Of one value.
struct HybridEntry {
  SharedExpiry expiry = {};            ///< in the shared cache
  std::vector<std::string> tags = {};  ///< by which it can be removed together with others
};

/// Two levels: values in this process over the shared cache, kept coherent by the messenger. Value
/// travels as JSON (nlohmann's to_json and from_json).
///
///   crier::HybridCache<Product> products(refreshers, kProducts, "products", shared);
///   …
///   auto product = products.get("42", [&] { return table.find(42); }, {.tags = {"shoes"}});
///   products.remove("42");             // after the change was committed: on every node
///   products.remove_by_tag("shoes");
///
/// get() asks this process, then the shared cache, then the factory, which runs once per key in
/// this process while the other callers wait. What was read before an invalidation, be it in the
/// shared cache or by the factory, is returned to those who wait, and kept nowhere: neither here
/// nor in the shared cache, whichever node invalidates.
///
/// Every change goes to the shared cache first, and to the nodes then: what that throws leaves both
/// as they were, or the nodes with what they had. Thread-safe. Keys and tags are UTF-8, with the
/// name not longer than a key of the shared cache may be. May die before its node or after it, but
/// not while it is used. A function that fails for want of the shared cache throws its Error.
template <class Value>
class HybridCache {
  static_assert(JsonValue<Value>,
                "HybridCache<Value>: Value needs to_json() and from_json() of nlohmann/json");

 public:
  using Pointer = std::shared_ptr<const Value>;

  /// Adds its refresher to `registry`: before the Node is made, which takes a copy. The name is the
  /// same on every node, no other cache's, and has neither '/' nor '#': else an invalid_argument
  /// Error is thrown. `shared` is null if there is only one node.
  HybridCache(Registry& registry, const Guid& refresher, std::string name,
              std::shared_ptr<SharedCache> shared, HybridOptions options = {})
      : region_(std::make_shared<Region>(
            name, typename Region::Options{.limits = options.limits, .keep = options.keep})),
        keep_(options.keep),
        on_failed_fill_(std::move(options.on_failed_fill)),
        shared_(std::make_shared<TaggedEntries>(std::move(shared), name)),
        refresher_(std::make_shared<HybridRefresher>(refresher, name, local(region_))) {
    registry.add(refresher_);
  }
  ~HybridCache() { region_->clear(); }
  HybridCache(const HybridCache&) = delete;
  HybridCache& operator=(const HybridCache&) = delete;

  /// Null if neither level has it.
  [[nodiscard]] Pointer get(const std::string& key);
  /// `factory()` gives a Value or a std::optional<Value>; "nothing" is null, and kept nowhere. What
  /// it throws reaches all who wait. It may not get the same key: see CachedRegion. What can't be
  /// written to the shared cache, because it is too large or the cache can't be written now, is
  /// kept by this node alone, counted and handed to HybridOptions::on_failed_fill; a shared cache
  /// that can't be read throws.
  template <class Factory>
  Pointer get(const std::string& key, Factory&& factory, const HybridEntry& entry = {});

  /// Stores it for all nodes, in place of what they have.
  EntryId set(const std::string& key, const Value& value, const HybridEntry& entry = {}) {
    shared_->set(key, to_shared_json(key, value), shared_->marks_of(entry.tags), entry.expiry);
    return refresher_->publish_key(key);
  }
  EntryId remove(const std::string& key) {
    shared_->remove(key);
    return refresher_->publish_key(key);
  }
  /// Removes every value that bears the tag.
  EntryId remove_by_tag(const std::string& tag) {
    shared_->remove_by_tag(tag);
    return refresher_->publish_tag(tag);
  }

  [[nodiscard]] HybridStatistics statistics() const {
    return {region_->statistics(), failed_fills_};
  }

 private:
  struct Item {
    Value value;
    std::vector<std::string> tags;
  };
  using Region = CachedRegion<std::string, Item>;
  struct Read {
    std::shared_ptr<const Item> item;
    SharedStamp stamp;
  };

  static Pointer value_of(const std::shared_ptr<const Item>& item) {
    return item == nullptr ? nullptr : Pointer(item, &item->value);
  }
  // The refresher may outlive this object: the region lives as long as either.
  static HybridRefresher::Local local(const std::shared_ptr<Region>& region) {
    return {.evict = [region](const std::string& key) { region->evict(key); },
            .evict_tagged =
                [region](const std::string& tag) {
                  region->evict_if([&](const std::string&, const Item* item) {
                    return item != nullptr && std::ranges::count(item->tags, tag) != 0;
                  });
                },
            .clear = [region] { region->clear(); }};
  }
  Read read(const std::string& key);
  void fill(const std::string& key, const Value& value, const HybridEntry& entry,
            const TaggedEntries::Marks& marks, const SharedStamp& miss);
  // Nothing if they can't be made.
  std::optional<TaggedEntries::Marks> marks_of(const std::vector<std::string>& tags);
  void report(const Error& error);

  const std::shared_ptr<Region> region_;
  const KeepFor keep_;
  const std::function<void(const Error&)> on_failed_fill_;
  std::atomic<std::uint64_t> failed_fills_ = 0;
  const std::shared_ptr<TaggedEntries> shared_;
  const std::shared_ptr<HybridRefresher> refresher_;
};

template <class Value>
auto HybridCache<Value>::read(const std::string& key) -> Read {
  std::optional<Value> value;
  TaggedEntries::Found found = shared_->read(key, [&](const std::string& data) {
    try {
      value.emplace(from_shared_json<Value>(key, data));
      return true;
    } catch (const Error&) {
      return false;  // of another version of the program: of no use to this one
    }
  });
  if (!value) {
    return {nullptr, found.stamp};
  }
  return {std::make_shared<const Item>(Item{std::move(*value), std::move(found.tags)}), {}};
}

template <class Value>
void HybridCache<Value>::fill(const std::string& key, const Value& value, const HybridEntry& entry,
                              const TaggedEntries::Marks& marks, const SharedStamp& miss) {
  try {
    shared_->fill(key, to_shared_json(key, value), marks, miss, entry.expiry);
  } catch (const Error& error) {
    report(error);
  }
}

template <class Value>
auto HybridCache<Value>::marks_of(const std::vector<std::string>& tags)
    -> std::optional<TaggedEntries::Marks> {
  try {
    return shared_->marks_of(tags);
  } catch (const Error& error) {
    if (error.invalid_argument()) {
      throw;
    }
    report(error);
    return std::nullopt;
  }
}

template <class Value>
void HybridCache<Value>::report(const Error& error) {
  ++failed_fills_;
  if (on_failed_fill_) {
    on_failed_fill_(error);
  }
}

// Not as a load of the region's: who comes with a factory must not join it, and get nothing.
template <class Value>
auto HybridCache<Value>::get(const std::string& key) -> Pointer {
  if (const std::shared_ptr<const Item> item = region_->get(key)) {
    return value_of(item);
  }
  const CacheStamp stamp = region_->stamp(key);
  const std::shared_ptr<const Item> item = read(key).item;
  if (item != nullptr) {
    region_->insert(key, item, stamp, keep_);
  }
  return value_of(item);
}

template <class Value>
template <class Factory>
auto HybridCache<Value>::get(const std::string& key, Factory&& factory, const HybridEntry& entry)
    -> Pointer {
  detail::check_durations({.absolute = entry.expiry.after, .sliding = entry.expiry.sliding});
  KeepFor keep = keep_;
  if (entry.expiry.after) {
    keep.absolute = std::min(keep.absolute.value_or(*entry.expiry.after), *entry.expiry.after);
  }
  return value_of(region_->get(
      key,
      [&]() -> std::shared_ptr<const Item> {
        Read found = read(key);
        if (found.item != nullptr) {
          return found.item;
        }
        const std::optional<TaggedEntries::Marks> marks = marks_of(entry.tags);
        std::optional<Value> made(factory());
        if (!made) {
          return nullptr;
        }
        if (marks) {
          fill(key, *made, entry, *marks, found.stamp);
        }
        return std::make_shared<const Item>(Item{std::move(*made), entry.tags});
      },
      keep));
}

}  // namespace crier
