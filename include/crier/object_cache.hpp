// SPDX-License-Identifier: MIT
#pragma once

// What AppCache and CachedRegion stand on: a bounded cache of objects of any type. Applications use
// those two; this header holds what they have in common.

#include <crier/audit.hpp>
#include <crier/export.hpp>
#include <crier/keep_for.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

namespace crier {

/// How much a cache may hold. Only while calls that insert are under way may it hold more, by what
/// they insert. What goes is what was read least, of late or often, whichever has paid (an adaptive
/// W-TinyLFU). Each is at least 1.
struct CacheLimits {
  std::size_t max_entries = 100'000;                                 ///< how many
  std::size_t max_weight = std::numeric_limits<std::size_t>::max();  ///< of all of them together
};

/// The state of a key's invalidations: what was read from elsewhere after it was taken may be kept
/// as long as it is still the same. Any invalidation of the key changes it; at times one of another
/// key does, too.
struct CacheStamp {
  std::uint64_t value = 0;  ///< compared, and no more
  /// Whether nothing has been invalidated between them.
  friend bool operator==(const CacheStamp&, const CacheStamp&) = default;
};

/// The time of a cache, for tests: since any fixed point, or before it. Called under a lock of the
/// cache, so it must not call back.
using CacheClock = std::function<std::chrono::nanoseconds()>;

/// The type of an object that is held as `const void`.
struct CacheType {
  const std::type_info& info;         ///< the language's own
  void (*raise)(const void* object);  ///< throws it as a const T*: the language's own "is a"
};

/// That of T.
template <class T>
inline const CacheType kCacheType{typeid(T),
                                  [](const void* object) { throw static_cast<const T*>(object); }};

/// An object in hand, or nothing, and its weight.
struct CacheObject {
  std::shared_ptr<const void> object;                     ///< null: nothing
  std::size_t weight = 1;                                 ///< against CacheLimits::max_weight
  std::optional<std::chrono::milliseconds> at_most = {};  ///< it is kept no longer, above 0
};

/// Thread-safe. Keys are any bytes; who stands on it checks them. No lock is held while code of the
/// application runs: factories, predicates, destructors.
class CRIER_EXPORT ObjectCache {
 public:
  /// A value; null for a "nothing".
  using Object = std::shared_ptr<const void>;
  /// Makes a value.
  using Load = std::function<CacheObject()>;
  /// Makes those at these places of the keys.
  using LoadMany = std::function<std::vector<CacheObject>(std::span<const std::size_t>)>;
  /// Whether an entry is meant.
  using Match = std::function<bool(std::string_view key, const Object&, const CacheType&)>;
  /// What a search finds.
  struct Found {
    std::string key;  ///< its key
    Object object;    ///< its value
  };

  /// The text of a key, for messages.
  using KeyText = std::string (*)(std::string_view key);

  /// `name` is for messages, too. Throws an invalid_argument Error if a limit is 0.
  explicit ObjectCache(
      std::string name, CacheLimits limits = {}, CacheClock clock = {}, CacheExecutor executor = {},
      CacheErrorHandler on_failed_load = {},
      KeyText text_of = [](std::string_view key) { return std::string(key); });
  ~ObjectCache();
  ObjectCache(const ObjectCache&) = delete;
  ObjectCache& operator=(const ObjectCache&) = delete;

  /// When who stands on it dies: no load begins on the executor any more, and those that run on
  /// other threads than this one are waited for. Empties it.
  void retire() noexcept;

  /// As it was given.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  /// Whether a read that finds nothing counts as a miss.
  enum class Miss : bool { uncounted, counted };
  /// Nothing if the key is not cached, or has expired; null if "nothing" is. Throws an
  /// invalid_argument Error if what is cached is of another type. A miss is counted by who asked
  /// for it alone; else the caller goes on to get(), which it must for what is to be loaded ahead,
  /// too.
  [[nodiscard]] std::optional<Object> find(std::string_view key, const CacheType& type,
                                           Miss miss = Miss::counted);
  /// The same, of what was made so long ago at the most, by its load's begin. Counts no miss.
  [[nodiscard]] std::optional<Object> find_made_within(std::string_view key, const CacheType& type,
                                                       std::chrono::milliseconds age);
  /// Gets what is found, which is not null, and what it was given.
  using Use = void (*)(void* context, const void* object);
  /// As find(), but counts no references: `use` gets the object, which lives until it returns,
  /// whatever happens to the key meanwhile. False, and no call, if there is none, or "nothing".
  bool with(std::string_view key, const CacheType& type, Use use, void* context);
  /// Where a load may run.
  enum class On : bool { this_thread, executor_too };
  /// As find(), else runs `load` on this thread: once per key, other callers wait for it and share
  /// what it returns or throws. What it throws, and null unless asked, is not kept; nor is what was
  /// invalidated while it ran, which is returned all the same. Within DistributedCache::transact()
  /// nothing is kept or shared. Throws crier::Error if this very load waits for itself: on its own
  /// thread, or through loads that wait for each other; and if `keep.patience` says so. On the
  /// executor `load` runs only if it may: then it owns what it needs.
  Object get(std::string_view key, const CacheType& type, const Load& load, const KeepFor& keep,
             On on = On::this_thread);
  /// Whether a load with `keep` may come to run on an executor.
  [[nodiscard]] bool may_use_executor(const KeepFor& keep) const noexcept;
  /// Whether find() would find it. Counts nothing.
  [[nodiscard]] bool holds(std::string_view key) const;
  /// As get() for each of `keys`, in their order, but what is not there is loaded together: `load`
  /// gets the places in `keys` of those whose load is this call's, each key once, and returns an
  /// object for each. Then it waits for what others load. Loads nothing ahead. If `load` throws,
  /// so does this, unless `keep.stale_if_error` has a value for each of those keys.
  std::vector<Object> get_many(std::span<const std::string_view> keys, const CacheType& type,
                               const LoadMany& load, const KeepFor& keep);
  /// Runs `load` though the key may be cached, for this caller alone, and keeps what it returns.
  Object get_anew(std::string_view key, const CacheType& type, const Load& load,
                  const KeepFor& keep);

  /// Replaces what is there, and outdates a load that is under way. Null, unless kept, removes.
  void insert(std::string_view key, const CacheType& type, CacheObject object, const KeepFor& keep);
  /// Taken before a value is read from elsewhere, to be inserted with it.
  [[nodiscard]] CacheStamp stamp(std::string_view key) const;
  /// Only if the stamp is still that of the key; false, and no change, if it is not.
  bool insert(std::string_view key, const CacheType& type, CacheObject object, const KeepFor& keep,
              CacheStamp stamp);

  /// If the key is cached, runs `load` on this thread and keeps what it returns in place of what
  /// is there, which readers get meanwhile; null, a throw, or an invalidation meanwhile removes.
  /// If it is not cached, as remove(). Within `load` getting the key throws crier::Error.
  void reload(std::string_view key, const CacheType& type, const Load& load, const KeepFor& keep);
  /// Whether it was there.
  bool remove(std::string_view key);
  /// Removes everything, and outdates every load that is under way.
  void clear();
  /// Removes what is there at the call and matches, and outdates every load that is under way.
  std::size_t remove_if(const Match& match);
  /// What is cached and matches. Counts nothing.
  [[nodiscard]] std::vector<Found> search(const Match& match) const;

  /// Adds what is cached to an audit, by the texts of the keys. `version` gets an object, which is
  /// not null.
  void sample(AuditSample& wanted, const std::function<std::string(const Object&)>& version) const;

  /// What the cache has done, and holds.
  [[nodiscard]] CacheStatistics statistics() const;

 private:
  class Impl;
  class Loading;
  class Later;
  const std::string name_;
  const std::shared_ptr<Impl> impl_;  // with a load that runs on the executor
};

namespace detail {

// What a factory or a caller gives, as an object: a T, an optional or a pointer to one.
template <class T, class Given>
std::shared_ptr<const T> as_object(Given&& given) {
  using Bare = std::remove_cvref_t<Given>;
  if constexpr (std::is_same_v<Bare, std::nullptr_t> || std::is_same_v<Bare, std::nullopt_t>) {
    return nullptr;
  } else if constexpr (std::is_convertible_v<Given, std::shared_ptr<const T>>) {
    return std::forward<Given>(given);
  } else if constexpr (std::is_same_v<Bare, std::optional<T>>) {
    return given ? std::make_shared<const T>(*std::forward<Given>(given)) : nullptr;
  } else {
    return std::make_shared<const T>(std::forward<Given>(given));
  }
}

template <class T>
CacheObject weighed(std::shared_ptr<const T> object, const KeepFor& keep) {
  std::size_t weight = 1;
  if (keep.weight) {
    weight = *keep.weight;
  } else if constexpr (requires(const T& value) {
                         { cache_weight(value) } -> std::convertible_to<std::size_t>;
                       }) {
    weight = object == nullptr ? 1 : cache_weight(*object);
  }
  return {std::move(object), weight};
}

template <class T>
std::shared_ptr<const T> typed(ObjectCache::Object&& object) {
  return std::static_pointer_cast<const T>(std::move(object));
}

template <class T, class Load>
std::shared_ptr<const T> load_through(ObjectCache& cache, std::string_view key, Load&& load,
                                      const KeepFor& keep) {
  return typed<T>(cache.get(
      key, kCacheType<T>, [&] { return weighed<T>(as_object<T>(load()), keep); }, keep));
}

template <class T, class Use>
bool use_in(ObjectCache& cache, std::string_view key, Use&& use) {
  return cache.with(
      key, kCacheType<T>,
      [](void* context, const void* object) {
        (*static_cast<std::remove_reference_t<Use>*>(context))(*static_cast<const T*>(object));
      },
      const_cast<void*>(static_cast<const void*>(std::addressof(use))));
}

// The hit comes first, and makes no std::function.
template <class T, class Load>
std::shared_ptr<const T> get_through(ObjectCache& cache, std::string_view key, Load&& load,
                                     const KeepFor& keep) {
  check_durations(keep);
  if (std::optional<ObjectCache::Object> hit =
          cache.find(key, kCacheType<T>, ObjectCache::Miss::uncounted)) {
    return typed<T>(std::move(*hit));
  }
  return load_through<T>(cache, key, std::forward<Load>(load), keep);
}

}  // namespace detail
}  // namespace crier
