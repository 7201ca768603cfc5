// SPDX-License-Identifier: MIT
#pragma once

// The shared cache as a Connection has it: the seam below SharedCache, for stores and tools. One
// thread at a time; each call ends by the store's deadline and throws crier::Error. Keys, values
// and durations have been checked by the caller.

#include <crier/admin/cluster.hpp>
#include <crier/export.hpp>
#include <crier/shared_cache.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

class Store;

/// What stands in the table. Plain values.
struct CacheStats {
  std::int64_t entries = 0;      ///< that can be seen
  std::int64_t bytes = 0;        ///< of their values
  std::int64_t largest = 0;      ///< of them, in bytes
  std::int64_t sliding = 0;      ///< of the entries: with a sliding time
  std::int64_t without_end = 0;  ///< of the entries: that never expire
  std::int64_t gone = 0;         ///< expired or removed, and not deleted yet
};

/// What a chunk of deleting came to.
struct CacheCleaned {
  std::size_t rows = 0;     ///< deleted
  std::size_t entries = 0;  ///< of them: those that could still be seen
  bool more = false;        ///< there may be more: call again
};

/// The table of a database, whatever instruction tables stand beside it. Times are judged by the
/// database's clock.
class SharedCacheTable {
 public:
  virtual ~SharedCacheTable() = default;

  /// As SharedCache::get().
  virtual std::optional<std::string> get(std::string_view key) = 0;
  /// As SharedCache::peek().
  virtual std::optional<std::string> peek(std::string_view key) = 0;
  /// As SharedCache::get_many().
  virtual std::vector<std::optional<std::string>> get_many(std::span<const std::string> keys) = 0;
  /// As SharedCache::lookup().
  virtual SharedLookup lookup(std::string_view key) = 0;
  /// As SharedCache::set(). Throws an invalid_argument Error if SharedExpiry::at has passed.
  virtual void set(std::string_view key, std::string_view value, const SharedExpiry& expiry) = 0;
  /// As SharedCache::add().
  virtual bool add(std::string_view key, std::string_view value, const SharedStamp& miss,
                   const SharedExpiry& expiry) = 0;
  /// As SharedCache::refresh().
  virtual void refresh(std::string_view key) = 0;
  /// As SharedCache::remove().
  virtual void remove(std::string_view key) = 0;
  /// As SharedCache::remove_value().
  virtual bool remove_value(std::string_view key, std::string_view value) = 0;

  /// Deletes rows that expired or were removed more than SharedCache::kRemembers ago, in one short
  /// transaction of at most `max_rows`. Nothing if the fence does not hold, or the table is not
  /// there yet.
  virtual CacheCleaned forget_gone(std::size_t max_rows, const Fence& fence) = 0;
  /// The keys of visible entries that begin with `prefix` and come after `after`, in order,
  /// `limit` at most.
  virtual std::vector<std::string> keys(std::string_view prefix, std::string_view after,
                                        std::size_t limit) = 0;
  /// Deletes entries whose keys begin with `prefix`, whatever their expiry, in one short
  /// transaction of at most `max_rows`: to be called until there is no more. An add() whose lookup
  /// was before any of this stores nothing.
  virtual CacheCleaned clear(std::string_view prefix, std::size_t max_rows) = 0;
  /// Looks at every row.
  virtual CacheStats stats() = 0;
};

/// The cache in a store's database.
[[nodiscard]] CRIER_EXPORT std::unique_ptr<SharedCache> make_shared_cache(
    std::shared_ptr<Store> store, const SharedCacheOptions& options = {});

}  // namespace crier
