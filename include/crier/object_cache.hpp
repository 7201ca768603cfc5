// SPDX-License-Identifier: MIT
#pragma once

// What AppCache and CachedRegion stand on: a bounded cache of objects of any type. Applications use
// those two; this header holds what they have in common.

#include <crier/export.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

namespace crier {

/// How much a cache may hold. Only while calls that insert are under way may it hold more, by what
/// they insert. What goes is chosen by SIEVE: in the order of arrival, but for what was read since
/// it was last looked at. Each is at least 1.
struct CacheLimits {
  std::size_t max_entries = 100'000;
  std::size_t max_weight = std::numeric_limits<std::size_t>::max();
};

/// How long an entry is kept, and what it counts for. With no duration it does not expire.
/// Durations are above 0. With both, the sliding one never goes beyond the absolute one. They are
/// judged by a clock that ticks every few milliseconds, and so far late at the most.
struct KeepFor {
  std::optional<std::chrono::milliseconds> absolute = {};  ///< from now on
  std::optional<std::chrono::milliseconds> sliding = {};   ///< from its last read on
  /// What it adds to CacheLimits::max_weight; not given: what `cache_weight(const T&)` says, a
  /// function beside T, else 1. An object that is heavier than the whole cache is not kept.
  std::optional<std::size_t> weight = {};
  /// Whether a factory's "nothing" is kept, too, and given to later callers as such.
  bool nothing_too = false;
};

/// What a cache has done since it was made, and what it holds.
struct CacheStatistics {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t loads = 0;           ///< factories that were run, and reloads
  std::uint64_t failed_loads = 0;    ///< of them, those that threw
  std::uint64_t outdated_loads = 0;  ///< not kept, since their key was invalidated after they
                                     ///< began: loads, and inserts with a stamp
  std::uint64_t evictions = 0;       ///< to stay within the limits
  std::uint64_t expirations = 0;     ///< seen to have expired
  std::uint64_t invalidations = 0;   ///< removed or cleared by a call: how many entries
  std::size_t entries = 0;           ///< held now, those not yet seen to have expired included
  std::size_t weight = 0;            ///< of them
};

/// The state of a key's invalidations: what was read from elsewhere after it was taken may be kept
/// as long as it is still the same. Any invalidation of the key changes it; at times one of another
/// key does, too.
struct CacheStamp {
  std::uint64_t value = 0;
  friend bool operator==(const CacheStamp&, const CacheStamp&) = default;
};

/// The time of a cache, for tests: since any fixed point, or before it. Called under a lock of the
/// cache, so it must not call back.
using CacheClock = std::function<std::chrono::nanoseconds()>;

/// The type of an object that is held as `const void`.
struct CacheType {
  const std::type_info& info;
  void (*raise)(const void* object);  ///< throws it as a const T*: the language's own "is a"
};

template <class T>
inline const CacheType kCacheType{typeid(T),
                                  [](const void* object) { throw static_cast<const T*>(object); }};

/// An object in hand, or nothing, and its weight.
struct CacheObject {
  std::shared_ptr<const void> object;
  std::size_t weight = 1;
};

/// Thread-safe. Keys are any bytes; who stands on it checks them. No lock is held while code of the
/// application runs: factories, predicates, destructors.
class CRIER_EXPORT ObjectCache {
 public:
  using Object = std::shared_ptr<const void>;
  using Load = std::function<CacheObject()>;
  using Match = std::function<bool(std::string_view key, const Object&, const CacheType&)>;
  struct Found {
    std::string key;
    Object object;
  };

  /// The text of a key, and `name`, are for messages. Throws an invalid_argument Error if a
  /// limit is 0.
  using KeyText = std::string (*)(std::string_view key);
  explicit ObjectCache(
      std::string name, CacheLimits limits = {}, CacheClock clock = {},
      KeyText text_of = [](std::string_view key) { return std::string(key); });
  ~ObjectCache();
  ObjectCache(const ObjectCache&) = delete;
  ObjectCache& operator=(const ObjectCache&) = delete;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  /// Nothing if the key is not cached; null if "nothing" is. Throws an invalid_argument Error
  /// if what is cached is of another type.
  [[nodiscard]] std::optional<Object> find(std::string_view key, const CacheType& type);
  /// As above, else runs `load` on this thread: once per key, other callers wait for it and share
  /// what it returns or throws. What it throws, and null unless asked, is not kept; nor is what was
  /// invalidated while it ran, which is returned all the same. Throws crier::Error if this very
  /// load waits for itself: on its own thread, or through loads that wait for each other.
  Object get(std::string_view key, const CacheType& type, const Load& load, const KeepFor& keep);

  /// Replaces what is there, and outdates a load that is under way. Null, unless kept, removes.
  void insert(std::string_view key, const CacheType& type, CacheObject object, const KeepFor& keep);
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
  void clear();
  /// Removes what is there at the call and matches, and outdates every load that is under way.
  std::size_t remove_if(const Match& match);
  [[nodiscard]] std::vector<Found> search(const Match& match) const;

  [[nodiscard]] CacheStatistics statistics() const;

 private:
  class Impl;
  const std::string name_;
  const std::unique_ptr<Impl> impl_;
};

namespace detail {

[[noreturn]] CRIER_EXPORT void refuse_duration(const char* which,
                                               std::chrono::milliseconds duration);

// Throws an invalid_argument Error for a duration that is not above 0.
inline void check_durations(const KeepFor& keep) {
  if (keep.absolute && keep.absolute->count() <= 0) {
    refuse_duration("absolute", *keep.absolute);
  }
  if (keep.sliding && keep.sliding->count() <= 0) {
    refuse_duration("sliding", *keep.sliding);
  }
}

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

// The hit comes first, and makes no std::function.
template <class T, class Load>
std::shared_ptr<const T> get_through(ObjectCache& cache, std::string_view key, Load&& load,
                                     const KeepFor& keep) {
  check_durations(keep);
  if (std::optional<ObjectCache::Object> hit = cache.find(key, kCacheType<T>)) {
    return typed<T>(std::move(*hit));
  }
  return load_through<T>(cache, key, std::forward<Load>(load), keep);
}

}  // namespace detail
}  // namespace crier
