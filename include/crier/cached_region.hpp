// SPDX-License-Identifier: MIT
#pragma once

#include <crier/audit.hpp>
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
#include <deque>
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

/// What a region's keys can be. Ids and GUIDs travel as Umbraco's instructions do; texts as a JSON
/// array of strings (refresh_by_json).
template <class Key>
concept RegionKey = std::is_same_v<Key, std::int64_t> || std::is_same_v<Key, Guid> ||
    std::is_same_v<Key, std::string>;

/// How a region works. Plain values.
template <RegionKey Key, class Value>
struct RegionOptions {
  CacheLimits limits = {};  ///< how much it holds
  /// For what get() loads, unless the call says otherwise.
  KeepFor keep = {};
  /// Set: eager mode. A key that is cached when it is refreshed is loaded again in place of its
  /// eviction; readers are never without it. It runs on the thread that publishes the change,
  /// before changed() returns, and for changes of other nodes on the node's poller thread. Nothing,
  /// or an exception, evicts; to get its own key from the region is one, as for any loader.
  /// Removing, and refreshing everything, evicts in this mode as well.
  std::function<std::shared_ptr<const Value>(const Key&)> reload = {};
  /// Set besides: eager mode holds up neither who publishes nor the poller, on which other
  /// refreshers and waits depend. The key is evicted at once, and what this is given loads it
  /// again: it has that called, once, when and where it likes. Until then a get() loads the value
  /// itself, or finds none; it never gets one that is older than what this node has applied. If
  /// this throws, or drops what it was given, the key stays evicted. Called as `reload` is without
  /// it, at times on several threads at once; what it was given may be called after the region has
  /// died, and does nothing then.
  /// The loads of KeepFor::refresh_ahead, and with KeepFor::soft_timeout those of what has expired,
  /// run on it, too, with `reload` or without: see get().
  CacheExecutor executor = {};
  CacheErrorHandler on_failed_load = {};  ///< not for `reload`
  CacheClock clock = {};                  ///< for tests
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
/// called again: one that runs on another thread is waited for, as is a load on the executor, so
/// don't destroy a region under a lock that these take. From within the reload it may be destroyed,
/// too.
template <RegionKey Key, class Value>
class CachedRegion {
 public:
  /// What get() gives: shared, never copied.
  using Pointer = std::shared_ptr<const Value>;
  /// Of this region.
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
  /// Calls `use(const Value&)` with what is cached, and says whether there was any. For what is
  /// read very often, by many threads: get() counts who holds the value, and this does not. What
  /// `use` gets lives until it has returned, also if the key is evicted meanwhile, which waits for
  /// nothing; don't keep a reference. `use` may call anything of crier's; what it throws reaches
  /// the caller.
  template <class Use>
  bool with(const Key& key, Use&& use) {
    const RegionKeyBytes bytes(key);
    return detail::use_in<Value>(cache_, checked(bytes, "get"), use);
  }
  /// Else what `load()`, or `load(key)`, gives: a Value, a std::optional<Value>, or a pointer that
  /// makes a Pointer; "nothing" is null, and is not kept unless asked. It runs once per key, the
  /// other callers wait; what it throws reaches them all, and is not kept. It may call crier, but
  /// not get the same key: that throws crier::Error, also if threads would wait for each other.
  /// It must read what is committed now: a transaction that began before a change shows the value
  /// from before it, which would be kept. Within DistributedCache::transact(), on its thread, what
  /// is loaded is not kept; of other transactions nobody knows: read in them past the cache.
  /// With an executor, and `refresh_ahead` or `soft_timeout`, it is moved or copied (if it can be),
  /// and may run there after the call has returned: what it refers to must live as long as the
  /// region, whose end waits for it.
  template <class Load>
  Pointer get(const Key& key, Load&& load) {
    return get(key, std::forward<Load>(load), keep_);
  }
  /// The same, kept as this call says in place of RegionOptions::keep.
  template <class Load>
  Pointer get(const Key& key, Load&& load, const KeepFor& keep);
  /// The same, if the cached value is fresh enough. Else it is loaded for this call alone, and
  /// kept; or an Error is thrown, if that was asked for. So a reader meets its own write at once,
  /// though this node has yet to apply it:
  ///
  ///   products.get(42, load, crier::at_least(*crier::EntryId::parse(cookie)));
  template <class Load>
  Pointer get(const Key& key, Load&& load, const FreshEnough& fresh) {
    return get(key, std::forward<Load>(load), keep_, fresh);
  }
  /// Both.
  template <class Load>
  Pointer get(const Key& key, Load&& load, const KeepFor& keep, const FreshEnough& fresh);
  /// Many at once, in the order of `keys`. What is neither cached nor being loaded is loaded in one
  /// call: `load(missing)` gets those keys as a std::vector<Key>, each once, and gives as many
  /// values in their order, or a map from key to value that may lack some. Values are what the
  /// loader of get() gives. Throws an invalid_argument Error for another number of them.
  template <class Load>
  std::vector<Pointer> get_many(std::span<const Key> keys, Load&& load) {
    return get_many(keys, std::forward<Load>(load), keep_);
  }
  /// The same, kept as this call says.
  template <class Load>
  std::vector<Pointer> get_many(std::span<const Key> keys, Load&& load, const KeepFor& keep);

  // Publishing, through the Node that was made with the registry; throws crier::Error if there
  // is none or it does not run, and as DistributedCache does.

  /// Evicts (or reloads) the key here, and tells the other nodes. Call it after the commit.
  EntryId changed(const Key& key) {
    const RegionKeyBytes bytes(key);
    return refresher_->publish_changed(checked(bytes, "publish"));
  }
  /// All of them in one entry (or several, as a Batch does); nothing for no key.
  std::optional<EntryId> changed(std::span<const Key> keys) {
    const KeysBytes bytes(*this, keys, "publish");
    return refresher_->publish_changed(bytes.views);
  }
  /// Clears the region on every node.
  EntryId all_changed() { return refresher_->publish_all_changed(); }
  /// As a part of a Batch, or of a TransactionBatch in the application's own transaction.
  void changed(const Key& key, Collector& batch) const { changed(std::span(&key, 1), batch); }
  /// Many keys as a part of it.
  void changed(std::span<const Key> keys, Collector& batch) const {
    const KeysBytes bytes(*this, keys, "publish");
    refresher_->add_changed(bytes.views, batch);
  }
  /// Clearing the region everywhere as a part of it.
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
  /// Evicts everything here, and outdates all that is being loaded.
  void clear() { cache_.clear(); }

  /// For Options::audit. `version`, a function or a member, gives a text or a whole number that
  /// changes with the value: a column of its row that counts changes, a stamp, a checksum. What it
  /// may do: see AuditedCache.
  ///
  ///   options.audit = {products.audited(&Product::version)};
  template <class Version>
  [[nodiscard]] AuditedCache audited(Version version) const;

  /// As it was given.
  [[nodiscard]] const std::string& name() const noexcept { return cache_.name(); }
  /// What the region has done on this node, and holds here.
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
  // What `load` gives.
  template <class Load>
  static CacheObject object_of(Load& load, const Key& key, const KeepFor& keep);
  // The bytes of many keys, checked; valid as long as this.
  struct KeysBytes {
    KeysBytes(const CachedRegion& region, std::span<const Key> keys, const char* operation) {
      views.reserve(keys.size());
      for (const Key& key : keys) {
        views.push_back(region.checked(bytes.emplace_back(key), operation));
      }
    }
    std::deque<RegionKeyBytes> bytes;  // which don't move
    std::vector<std::string_view> views;
  };

  const KeepFor keep_;
  const std::shared_ptr<RegionRefresher> refresher_;
  ObjectCache& cache_ = refresher_->cache();
};

}  // namespace crier

#include <crier/cached_region_calls.hpp>
