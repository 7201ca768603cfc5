// SPDX-License-Identifier: MIT
#pragma once

#include <crier/audit.hpp>
#include <crier/error.hpp>
#include <crier/hybrid_codec.hpp>
#include <crier/hybrid_entry.hpp>
#include <crier/hybrid_own.hpp>
#include <crier/hybrid_refresher.hpp>
#include <crier/object_cache.hpp>
#include <crier/registry.hpp>
#include <crier/shared_cache.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace crier {

/// Two levels: values in this process over the shared cache, kept coherent by the log. Values
/// travel as JSON (nlohmann's to_json and from_json), or as the bytes of a HybridCodec.
///
///   crier::HybridCache<Product> products(refreshers, kProducts, "products", shared);
///   …
///   auto product = products.get("42", [&] { return table.find(42); }, {.tags = {"shoes"}});
///   products.remove("42", batch);          // in the transaction that changes it: on every node
///   products.remove_by_tag("shoes");       // or after that was committed
///
/// get() asks this process, then the shared cache, then the factory, which runs once per key in
/// this process while the other callers wait; on one node at a time, if
/// HybridOptions::one_load_across_nodes asks for that. What it returns is never older than what its
/// node had applied when the call began, whichever half it comes from and whichever node has made
/// it: each value in the shared half bears the entry up to which its node had applied the log, and
/// is used only as far as what has been invalidated since is known. An invalidation needs nothing
/// but its entry in the log, so any instruction for the cache's GUID works on both halves, whoever
/// publishes it: a full refresh; an id or a GUID, as the key of that text; JSON as remove() and
/// remove_by_tag() write it, [{"key":"42"},{"tag":"shoes"}]; other JSON concerns all keys.
///
/// If the shared half fails, get() goes on with this node's half and the factory, and asks again
/// after a moment: see HybridStatistics and HybridOptions::on_failed_fill. The shared half is used
/// while the node runs, and no node without a store may have one.
///
/// Thread-safe. Keys and tags are UTF-8: a key is not empty, and with the name and the version not
/// longer than a key of the shared cache may be; a tag has 1 to 449 bytes, and an entry at most 64
/// of them. What is wrong with a call throws an invalid_argument Error, before anything is done.
/// May die before its node or after it, but not while it is used.
template <class Value>
class HybridCache {
 public:
  /// What get() gives: shared, never copied.
  using Pointer = std::shared_ptr<const Value>;

  /// Adds its refresher to `registry`: before the Node is made, which takes a copy. The name is the
  /// same on every node, no other cache's, and has neither '/' nor '#': else an invalid_argument
  /// Error is thrown, as for a codec that lacks a function. `shared` is one of crier's own; null:
  /// each node has its half alone. All nodes have the same codec.
  HybridCache(Registry& registry, const Guid& refresher, std::string name,
              std::shared_ptr<SharedCache> shared, HybridOptions options = {},
              HybridCodec<Value> codec = json_codec<Value>());
  ~HybridCache() { own_->cache.retire(); }
  HybridCache(const HybridCache&) = delete;
  HybridCache& operator=(const HybridCache&) = delete;

  /// Null if neither level has it.
  [[nodiscard]] Pointer get(const std::string& key);
  /// `factory()` or `factory(HybridContext&)` gives a Value or a std::optional<Value>; "nothing" is
  /// null, and kept nowhere. What it throws reaches all who wait. It may not get the same key: see
  /// CachedRegion. What can't be written to the shared cache, because it is too large or the cache
  /// can't be written now, is kept by this node alone. A factory must not read within a transaction
  /// that began before the call: nobody can tell how old what that sees is. With an executor, and
  /// `refresh_ahead` or `soft_timeout`, it is moved or copied (if it can be), and may run there
  /// after the call has returned: what it refers to must live as long as the cache, whose end waits
  /// for it.
  template <class Factory>
  Pointer get(const std::string& key, Factory&& factory, const HybridEntry& entry = {});
  /// Many at once, in the order of `keys`. What neither half has, and nobody is making here, is
  /// made in one call: `load(missing)` gets those keys as a std::vector<std::string>, each once,
  /// and gives as many values in their order, or a map from key to value that may lack some.
  /// Values are what a factory gives, and `entry` is each one's; `load(missing, entries)` may
  /// decide for each: in the std::span<HybridEntry>, in the order of `missing`, what stands there
  /// in the end holds. Throws an invalid_argument Error for another number of values. The shared
  /// cache is asked for all of them together. Takes no leases, whatever one_load_across_nodes says:
  /// two nodes that each held some and waited for the others' would wait in a circle.
  template <class Load>
  std::vector<Pointer> get_many(std::span<const std::string> keys, Load&& load,
                                const HybridEntry& entry = {});

  // Publishing, through the Node that was made with the registry; throws crier::Error if there is
  // none or it does not run, and as DistributedCache does.

  /// Tells all nodes to drop what they have, and stores the value for them, unless somebody else
  /// has invalidated it meanwhile. If the shared half can't take it now, no node has a value.
  EntryId set(const std::string& key, const Value& value, const HybridEntry& entry = {});
  /// Removes one value.
  EntryId remove(const std::string& key) { return refresher_->publish_key(key); }
  /// Removes every value that bears the tag.
  EntryId remove_by_tag(const std::string& tag) { return refresher_->publish_tag(tag); }
  /// Removes all.
  EntryId clear() { return refresher_->publish_all(); }

  /// The same as a part of a Batch, or of a TransactionBatch in the application's own transaction:
  /// what is removed there is removed with the commit, and needs no committed(). What is set there
  /// is stored by commit(), or by committed(). It must have been made from what the transaction
  /// itself sees, which in PostgreSQL must not be REPEATABLE READ.
  void set(const std::string& key, const Value& value, Collector& batch,
           const HybridEntry& entry = {});
  /// Removing one value as a part of a batch, as above.
  void remove(const std::string& key, Collector& batch) const { refresher_->add_key(key, batch); }
  /// The same for every value that bears the tag.
  void remove_by_tag(const std::string& tag, Collector& batch) const {
    refresher_->add_tag(tag, batch);
  }
  /// The same for all.
  void clear(Collector& batch) const { refresher_->add_all(batch); }

  /// For Options::audit: what this process holds. See CachedRegion::audited().
  template <class Version>
  [[nodiscard]] AuditedCache audited(Version version) const;

  /// As it was given.
  [[nodiscard]] std::string_view name() const { return refresher_->name(); }
  /// Whether it was made with a shared cache.
  [[nodiscard]] bool has_shared_half() const { return refresher_->has_shared(); }
  /// What the cache has done on this node, and holds here.
  [[nodiscard]] HybridStatistics statistics() const;

 private:
  using Own = detail::HybridOwn<Value>;
  using Item = typename Own::Item;
  struct Read {
    std::optional<CacheObject> object;
    HybridRefresher::Seen seen;
  };

  Pointer find(const std::string& key, ObjectCache::Miss miss);
  // What was found in this process keeps its entry in the shared half alive.
  [[nodiscard]] bool is_due(const Item& item) const {
    return item.renewal.is_due(own_->options.clock) && refresher_->has_shared();
  }
  void renew(std::span<const HybridRefresher::Wanted> due);
  // From the shared half, all at once.
  std::vector<Read> read(std::span<const HybridRefresher::Wanted> wanted, bool again = false);
  Read read(const std::string& key, std::span<const std::string> tags, bool again = false);
  // `value`: of what was found.
  Read read_of(HybridRefresher::Found&& found, std::optional<Value>& value);
  template <class Load>
  std::vector<CacheObject> load_many(const std::vector<std::string>& keys, Load& load,
                                     const HybridEntry& entry);
  // From the shared half, if it has a value for at least so long; else the factory's.
  template <class Factory>
  CacheObject load(const std::string& key, Factory& factory, const HybridEntry& entry,
                   std::optional<std::chrono::milliseconds> at_least);
  // All that set() can refuse is refused here.
  HybridRefresher::Fill to_set(const std::string& key, const Value& value,
                               const HybridEntry& entry) const;

  const std::shared_ptr<Own> own_;
  const std::shared_ptr<HybridRefresher> refresher_;
};

/// @cond definitions
template <class Value>
HybridCache<Value>::HybridCache(Registry& registry, const Guid& refresher, std::string name,
                                std::shared_ptr<SharedCache> shared, HybridOptions options,
                                HybridCodec<Value> codec)
    : own_(std::make_shared<Own>(name, std::move(options), std::move(codec))),
      refresher_(std::make_shared<HybridRefresher>(refresher, std::move(name), std::move(shared),
                                                   Own::local(own_), Own::sharing(own_->options))) {
  detail::check_durations(own_->options.keep);
  refresher_->check_name(registry);
  registry.add(refresher_);
}

template <class Value>
auto HybridCache<Value>::find(const std::string& key, ObjectCache::Miss miss) -> Pointer {
  std::optional<ObjectCache::Object> hit = own_->cache.find(key, kCacheType<Item>, miss);
  if (!hit) {
    return nullptr;
  }
  if (const Item& item = *static_cast<const Item*>(hit->get()); is_due(item)) {
    const HybridRefresher::Wanted one{key, item.tags};
    renew(std::span(&one, 1));
  }
  return Own::value_of(*std::move(hit));
}

// Not as a load: who comes with a factory must not join it, and get nothing.
template <class Value>
auto HybridCache<Value>::get(const std::string& key) -> Pointer {
  if (Pointer hit = find(key, ObjectCache::Miss::counted)) {
    return hit;
  }
  refresher_->check_key("get", key);
  const CacheStamp stamp = own_->cache.stamp(key);
  Read found = read(key, std::span<const std::string>());
  if (!found.object) {
    return nullptr;
  }
  ObjectCache::Object object = found.object->object;
  own_->cache.insert(key, kCacheType<Item>, std::move(*found.object), own_->options.keep, stamp);
  return Own::value_of(std::move(object));
}

template <class Value>
template <class Factory>
auto HybridCache<Value>::get(const std::string& key, Factory&& factory, const HybridEntry& entry)
    -> Pointer {
  if (Pointer hit = find(key, ObjectCache::Miss::uncounted)) {
    return hit;
  }
  refresher_->check_key("get", key);
  static_cast<void>(refresher_->check_entry("get", entry.expiry, entry.tags));
  const KeepFor& keep = own_->options.keep;
  // What is loaded ahead is not taken from the shared half, if it is about to expire there, too.
  const auto at_least =
      keep.refresh_ahead && own_->cache.holds(key) ? keep.refresh_ahead : std::nullopt;
  if constexpr (std::is_constructible_v<std::decay_t<Factory>, Factory>) {
    if (own_->cache.may_use_executor(keep)) {
      const auto owned = std::make_shared<std::decay_t<Factory>>(std::forward<Factory>(factory));
      return Own::value_of(own_->cache.get(
          key, kCacheType<Item>, [=, this] { return load(key, *owned, entry, at_least); }, keep,
          ObjectCache::On::executor_too));
    }
  }
  return Own::value_of(own_->cache.get(
      key, kCacheType<Item>, [&] { return load(key, factory, entry, at_least); }, keep));
}

template <class Value>
HybridRefresher::Fill HybridCache<Value>::to_set(const std::string& key, const Value& value,
                                                 const HybridEntry& entry) const {
  refresher_->check_key("set", key);
  const SharedExpiry expiry = refresher_->check_entry("set", entry.expiry, entry.tags);
  HybridRefresher::Fill fill{refresher_->begin(), key, entry.tags, own_->encode(key, value),
                             expiry};
  refresher_->check_size(fill);
  return fill;
}

template <class Value>
EntryId HybridCache<Value>::set(const std::string& key, const Value& value,
                                const HybridEntry& entry) {
  HybridRefresher::Fill fill = to_set(key, value, entry);
  refresher_->prepare_set();
  const EntryId id = refresher_->publish_key(key);
  own_->store(*refresher_, value, std::move(fill), id);
  return id;
}

template <class Value>
void HybridCache<Value>::set(const std::string& key, const Value& value, Collector& batch,
                             const HybridEntry& entry) {
  HybridRefresher::Fill fill = to_set(key, value, entry);
  refresher_->add_set(
      std::move(fill), batch,
      [own = own_, refresher = refresher_, value](const HybridRefresher::Fill& set, EntryId id) {
        own->store(*refresher, value, set, id);
      });
}

template <class Value>
HybridStatistics HybridCache<Value>::statistics() const {
  const HybridRefresher::Counts counts = refresher_->counts();
  return {own_->cache.statistics(), counts.shared_hits,  counts.shared_misses,
          counts.failed_reads,      counts.failed_fills, counts.refused_fills,
          counts.waits_for_nodes,   counts.swept};
}
/// @endcond

}  // namespace crier

#include <crier/hybrid_calls.hpp>
