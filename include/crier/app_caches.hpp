// SPDX-License-Identifier: MIT
#pragma once

// Caches by textual keys, as Umbraco's AppCaches: one for the process, one per request, one per
// type of entity. They know nothing of other nodes: clear them in a refresher, or take a
// CachedRegion, which brings its own.
//
// Keys are UTF-8 of 1 to 1024 bytes; any other throws an invalid_argument Error, as does a duration
// that is not above 0. Objects are shared, and never copied. All is thread-safe, and no lock of
// crier's is held while code of the application runs.

#include <crier/export.hpp>
#include <crier/object_cache.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>
#include <vector>

namespace crier {

/// What a key may have at the most, in UTF-8.
inline constexpr std::size_t kMaxCacheKeyBytes = 1024;

/// Objects of any type by key. Reading a key as another type than it was inserted as throws an
/// invalid_argument Error.
class CRIER_EXPORT AppCache {
 public:
  /// What a search finds.
  template <class T>
  struct Item {
    std::string key;                 ///< under which it is cached
    std::shared_ptr<const T> value;  ///< null for a "nothing" that is kept
  };

  /// `name` is for messages and figures. Throws an invalid_argument Error if a limit is 0.
  explicit AppCache(std::string name, CacheLimits limits = {}, CacheClock clock = {})
      : cache_(std::move(name), limits, std::move(clock)) {}

  /// Null if it is not cached, or "nothing" is.
  template <class T>
  [[nodiscard]] std::shared_ptr<const T> get(std::string_view key) {
    if (std::optional<ObjectCache::Object> hit = cache_.find(key, kCacheType<T>)) {
      return detail::typed<T>(std::move(*hit));
    }
    check_key(key, "get");  // what was found is in order
    return nullptr;
  }

  /// Calls `use(const T&)` with what is cached, and says whether there was any. For what is read
  /// very often, by many threads: get() counts who holds the object, and this does not. What `use`
  /// gets lives until it has returned, also if the key is cleared meanwhile, which waits for
  /// nothing; don't keep a reference. `use` may call anything of crier's; what it throws reaches
  /// the caller.
  template <class T, class Use>
  bool with(std::string_view key, Use&& use) {
    if (detail::use_in<T>(cache_, key, use)) {
      return true;
    }
    check_key(key, "get");  // what was found is in order
    return false;
  }

  /// Else what `factory()` gives: a T, a std::optional<T>, or a pointer that makes a
  /// shared_ptr<const T>. It runs once per key, however many callers ask at once: the others wait.
  /// What it throws reaches all of them, and is not kept; nor is "nothing", unless `keep` asks for
  /// it; nor what was inserted or cleared meanwhile. It may call anything of crier's, but not get
  /// the same key: that throws crier::Error, also if two threads would wait for each other.
  template <class T, class Factory>
  std::shared_ptr<const T> get(std::string_view key, Factory&& factory, const KeepFor& keep = {}) {
    detail::check_durations(keep);
    if (std::optional<ObjectCache::Object> hit =
            cache_.find(key, kCacheType<T>, ObjectCache::Miss::uncounted)) {
      return detail::typed<T>(std::move(*hit));
    }
    check_key(key, "get");  // what was found is in order
    return detail::load_through<T>(cache_, key, std::forward<Factory>(factory), keep);
  }

  /// Replaces what is there. `value` as a factory gives it; "nothing" removes, unless it is kept.
  template <class T, class Given>
  void insert(std::string_view key, Given&& value, const KeepFor& keep = {}) {
    check_key(key, "insert");
    cache_.insert(key, kCacheType<T>,
                  detail::weighed<T>(detail::as_object<T>(std::forward<Given>(value)), keep), keep);
  }

  /// What is of type T and whose key begins with `prefix`, ASCII letters in any case. Scans.
  template <class T>
  [[nodiscard]] std::vector<Item<T>> search_by_key(std::string_view prefix) const {
    return items<T>(by_key(prefix));
  }
  /// What is of type T and has a match of `pattern` in its key: ECMAScript, the case counts. Throws
  /// an invalid_argument Error for a pattern that is none, or is longer than a key may be. Scans.
  template <class T>
  [[nodiscard]] std::vector<Item<T>> search_by_regex(std::string_view pattern) const {
    return items<T>(by_regex(pattern));
  }

  /// What was inserted as a T, or as what derives from it if T has virtual functions. Scans.
  template <class T>
  [[nodiscard]] std::vector<Item<T>> search_of_type() const {
    return search_of_type<T>([](std::string_view, const T&) { return true; });
  }
  /// Of these, those for which `predicate(key, const T&)` holds.
  template <class T, class Predicate>
  [[nodiscard]] std::vector<Item<T>> search_of_type(Predicate predicate) const;

  // Clearing outdates what is being loaded: it is returned, but not kept. Those that scan outdate
  // every load, and remove what was there at the call; they return how many.

  /// Removes everything.
  void clear() { cache_.clear(); }
  /// Whether it was there.
  bool clear(std::string_view key) {
    check_key(key, "clear");
    return cache_.remove(key);
  }
  /// What begins with `prefix`, in any case of ASCII letters.
  std::size_t clear_by_key(std::string_view prefix) { return cache_.remove_if(by_key(prefix)); }
  /// What `pattern` matches, as search_by_regex() has it.
  std::size_t clear_by_regex(std::string_view pattern) {
    return cache_.remove_if(by_regex(pattern));
  }
  /// What was inserted as a T, or as what derives from it if T has virtual functions.
  template <class T>
  std::size_t clear_of_type() {
    return clear_of_type<T>([](std::string_view, const T*) { return true; });
  }
  /// Of these, those for which `predicate(key, const T*)` holds; the pointer is null for a
  /// "nothing".
  template <class T, class Predicate>
  std::size_t clear_of_type(Predicate predicate);

  /// What the cache has done, and holds.
  [[nodiscard]] CacheStatistics statistics() const { return cache_.statistics(); }

 private:
  void check_key(std::string_view key, const char* operation) const;
  [[nodiscard]] ObjectCache::Match by_key(std::string_view prefix) const;
  [[nodiscard]] ObjectCache::Match by_regex(std::string_view pattern) const;
  template <class T>
  std::vector<Item<T>> items(const ObjectCache::Match& match) const;
  // As a T, if it is one or derives from one; null for a "nothing".
  template <class T>
  static std::optional<const T*> as(const ObjectCache::Object& object, const CacheType& type);

  ObjectCache cache_;
};

class RequestScope;

/// An application's caches. Usually one object that lives as long as the program.
class CRIER_EXPORT AppCaches {
 public:
  /// How much each of them may hold.
  struct Limits {
    CacheLimits runtime = {};                        ///< of the process's
    CacheLimits isolated = {.max_entries = 10'000};  ///< of each type's
    CacheLimits request = {.max_entries = 1'000};    ///< of each request's
  };

  AppCaches() : AppCaches(Limits()) {}
  /// Its caches are held to these limits.
  explicit AppCaches(Limits limits, CacheClock clock = {});
  ~AppCaches();
  AppCaches(const AppCaches&) = delete;
  AppCaches& operator=(const AppCaches&) = delete;

  /// One for the process.
  [[nodiscard]] AppCache& runtime() noexcept { return runtime_; }
  /// That of the innermost RequestScope of this thread. Throws crier::Error if there is none.
  AppCache& request() const;
  /// One for entities of type T, made when it is first asked for.
  template <class T>
  AppCache& isolated() {
    return isolated(typeid(T));
  }
  /// Removes what the cache for entities of type T holds.
  template <class T>
  void clear_isolated() {
    isolated<T>().clear();
  }
  /// The same for every type.
  void clear_all_isolated();

 private:
  friend class RequestScope;
  struct Isolated;
  AppCache& isolated(const std::type_info& type);

  const Limits limits_;
  const CacheClock clock_;
  AppCache runtime_;
  const std::unique_ptr<Isolated> isolated_;
};

/// Makes a request's cache that of its thread, from its construction to its destruction; scopes on
/// one thread nest: the newest that is left counts, in whatever order they are destroyed.
/// Constructed and destroyed by the same thread; must not outlive its AppCaches.
class CRIER_EXPORT RequestScope {
 public:
  /// A new request, with a cache of its own.
  explicit RequestScope(AppCaches& caches);
  /// This thread works for a request that goes on elsewhere: `cache` is its, as in an application's
  /// request object, or another scope's.
  RequestScope(AppCaches& caches, AppCache& cache);
  ~RequestScope();
  RequestScope(const RequestScope&) = delete;
  RequestScope& operator=(const RequestScope&) = delete;

  /// The request's cache. Lives as long as the request.
  [[nodiscard]] AppCache& cache() noexcept { return *cache_; }

 private:
  friend class AppCaches;
  const AppCaches* const caches_;
  std::unique_ptr<AppCache> own_;
  AppCache* const cache_;
  RequestScope* outer_;
};

template <class T>
std::optional<const T*> AppCache::as(const ObjectCache::Object& object, const CacheType& type) {
  if (type.info == typeid(T)) {
    return static_cast<const T*>(object.get());
  }
  if constexpr (std::is_polymorphic_v<T>) {
    try {
      type.raise(object.get());
    } catch (const T* base) {
      return base;
    } catch (...) {  // a pointer to something else
    }
  }
  return std::nullopt;
}

template <class T, class Predicate>
std::size_t AppCache::clear_of_type(Predicate predicate) {
  return cache_.remove_if(
      [&](std::string_view key, const ObjectCache::Object& object, const CacheType& type) {
        const std::optional<const T*> value = as<T>(object, type);
        return value && static_cast<bool>(predicate(key, *value));
      });
}

template <class T, class Predicate>
std::vector<AppCache::Item<T>> AppCache::search_of_type(Predicate predicate) const {
  std::vector<Item<T>> items;
  static_cast<void>(cache_.search(
      [&](std::string_view key, const ObjectCache::Object& object, const CacheType& type) {
        const T* const value = as<T>(object, type).value_or(nullptr);
        if (value != nullptr && static_cast<bool>(predicate(key, *value))) {
          items.push_back({std::string(key), std::shared_ptr<const T>(object, value)});
        }
        return false;
      }));
  return items;
}

template <class T>
std::vector<AppCache::Item<T>> AppCache::items(const ObjectCache::Match& match) const {
  const auto found = cache_.search(
      [&](std::string_view key, const ObjectCache::Object& object, const CacheType& type) {
        return object != nullptr && type.info == typeid(T) && match(key, object, type);
      });
  std::vector<Item<T>> items;
  items.reserve(found.size());
  for (const ObjectCache::Found& one : found) {
    items.push_back({one.key, std::static_pointer_cast<const T>(one.object)});
  }
  return items;
}

}  // namespace crier
