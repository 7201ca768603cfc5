// SPDX-License-Identifier: MIT
#pragma once

#include <crier/distributed_cache.hpp>
#include <crier/guid.hpp>
#include <crier/object_cache.hpp>
#include <crier/region_refresher.hpp>
#include <crier/registry.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace crier {

/// What a region's keys can be. Ids and GUIDs travel as Umbraco's instructions do; texts as a JSON
/// array of strings (refresh_by_json).
template <class Key>
concept RegionKey = std::is_same_v<Key, std::int64_t> || std::is_same_v<Key, Guid> ||
    std::is_same_v<Key, std::string>;

template <RegionKey Key, class Value>
struct RegionOptions {
  CacheLimits limits = {};
  /// For what get() loads, unless the call says otherwise.
  KeepFor keep = {};
  /// Set: eager mode. A key that is cached when it is refreshed is loaded again in place of its
  /// eviction; readers are never without it. It runs on the thread that publishes the change,
  /// before changed() returns, and for changes of other nodes on the node's poller thread. Nothing,
  /// or an exception, evicts; to get its own key from the region is one, as for any loader.
  /// Removing, and refreshing everything, evicts in this mode as well.
  std::function<std::shared_ptr<const Value>(const Key&)> reload = {};
  CacheClock clock = {};  ///< for tests
};

/// A named region of cached values, kept coherent across the nodes by a refresher of its own:
///
///   crier::CachedRegion<std::int64_t, Product> products(refreshers, kProducts, "products");
///   …
///   auto product = products.get(42, [&] { return table.find(42); });
///   products.changed(42);  // after the change was committed: evicted here now, elsewhere soon
///
/// Refreshing or removing an id or a GUID evicts that key, or loads it again; refreshing everything
/// clears the region, and so does an instruction that is not of its kind of key. A load that began
/// before such an instruction is returned to who waits for it, but not kept, and nobody joins it
/// any more: what get() returns is never older than an instruction that this node had applied
/// before the call.
///
/// Thread-safe. Values are shared, and never copied. No lock is held while a loader runs. Texts as
/// keys are UTF-8 of 1 to 1024 bytes; others throw an invalid_argument Error. May die before its
/// node or after it, but not while it is used. Then its entries go, and `reload`, which is never
/// called again: one that runs on another thread is waited for, so don't destroy a region under a
/// lock that its reload takes. From within the reload it may be destroyed, too.
template <RegionKey Key, class Value>
class CachedRegion {
 public:
  using Pointer = std::shared_ptr<const Value>;
  using Options = RegionOptions<Key, Value>;

  /// Adds its refresher to `registry`: before the Node is made, which takes a copy. Throws as
  /// Registry::add() does, and an invalid_argument Error for a limit of 0 or a duration that is
  /// not above 0.
  CachedRegion(Registry& registry, const Guid& refresher, std::string name, Options options = {})
      : CachedRegion(refresher, std::move(name), std::move(options)) {
    registry.add(refresher_);
  }
  /// With no refresher: who has one of its own calls evict() and clear().
  explicit CachedRegion(std::string name, Options options = {})
      : CachedRegion(Guid(), std::move(name), std::move(options)) {}
  ~CachedRegion() { refresher_->retire(); }
  CachedRegion(const CachedRegion&) = delete;
  CachedRegion& operator=(const CachedRegion&) = delete;

  /// Null if it is not cached, or "nothing" is.
  [[nodiscard]] Pointer get(const Key& key);
  /// Else what `load()`, or `load(key)`, gives: a Value, a std::optional<Value>, or a pointer that
  /// makes a Pointer; "nothing" is null, and is not kept unless asked. It runs once per key, the
  /// other callers wait; what it throws reaches them all, and is not kept. It may call crier, but
  /// not get the same key: that throws crier::Error, also if threads would wait for each other.
  template <class Load>
  Pointer get(const Key& key, Load&& load) {
    return get(key, std::forward<Load>(load), keep_);
  }
  template <class Load>
  Pointer get(const Key& key, Load&& load, const KeepFor& keep);

  // Publishing, through the Node that was made with the registry; throws crier::Error if there
  // is none or it does not run, and as DistributedCache does.

  /// Evicts (or reloads) the key here, and tells the other nodes. Call it after the commit.
  EntryId changed(const Key& key) {
    const RegionKeyBytes bytes(key);
    return refresher_->publish_changed(checked(bytes, "publish"));
  }
  EntryId all_changed() { return refresher_->publish_all_changed(); }
  /// As a part of a Batch, or of a TransactionBatch in the application's own transaction.
  void changed(const Key& key, Collector& batch) const {
    const RegionKeyBytes bytes(key);
    refresher_->add_changed(checked(bytes, "publish"), batch);
  }
  void all_changed(Collector& batch) const { refresher_->add_all_changed(batch); }

  // This node alone.

  /// Replaces what is there; "nothing" removes, unless it is kept.
  template <class Given>
  void insert(const Key& key, Given&& value, const KeepFor& keep = {});
  /// Taken before a value is read from elsewhere, so that it is not kept if the key was
  /// invalidated meanwhile.
  [[nodiscard]] CacheStamp stamp(const Key& key) const {
    const RegionKeyBytes bytes(key);
    return cache_.stamp(checked(bytes, "take a stamp"));
  }
  /// False, and no change, if the key was invalidated since.
  template <class Given>
  bool insert(const Key& key, Given&& value, CacheStamp stamp, const KeepFor& keep = {});
  /// Whether it was there.
  bool evict(const Key& key) {
    const RegionKeyBytes bytes(key);
    return cache_.remove(checked(bytes, "evict"));
  }
  /// Those for which `predicate(key, const Value*)` holds; null for a "nothing". Scans, and
  /// outdates all that is being loaded. Returns how many.
  template <class Predicate>
  std::size_t evict_if(Predicate predicate);
  void clear() { cache_.clear(); }

  [[nodiscard]] const std::string& name() const noexcept { return cache_.name(); }
  [[nodiscard]] CacheStatistics statistics() const { return cache_.statistics(); }

 private:
  CachedRegion(const Guid& refresher, std::string name, Options options);
  // The key's bytes, checked.
  [[nodiscard]] std::string_view checked(const RegionKeyBytes& bytes, const char* operation) const {
    if constexpr (std::is_same_v<Key, std::string>) {
      refresher_->check_key(bytes.view(), operation);
    }
    return bytes.view();
  }
  static Key key_of(std::string_view bytes);

  const KeepFor keep_;
  const std::shared_ptr<RegionRefresher> refresher_;
  ObjectCache& cache_ = refresher_->cache();
};

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
        if (options.reload) {
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
        return std::make_shared<RegionRefresher>(refresher, std::move(name), kKeys, options.limits,
                                                 std::move(options.clock), std::move(reload));
      }()) {}

template <RegionKey Key, class Value>
auto CachedRegion<Key, Value>::get(const Key& key) -> Pointer {
  const RegionKeyBytes bytes(key);
  return detail::typed<Value>(
      cache_.find(checked(bytes, "get"), kCacheType<Value>).value_or(nullptr));
}

template <RegionKey Key, class Value>
template <class Load>
auto CachedRegion<Key, Value>::get(const Key& key, Load&& load, const KeepFor& keep) -> Pointer {
  const RegionKeyBytes bytes(key);
  return detail::get_through<Value>(
      cache_, checked(bytes, "get"),
      [&]() -> decltype(auto) {
        if constexpr (std::is_invocable_v<Load&, const Key&>) {
          return load(key);
        } else {
          return load();
        }
      },
      keep);
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

}  // namespace crier
