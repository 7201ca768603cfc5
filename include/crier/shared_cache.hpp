// SPDX-License-Identifier: MIT
#pragma once

// A cache that all nodes share: bytes by key, in a table of the database (crierCache) or in Redis.
// The counterpart of ASP.NET's IDistributedCache, with its rules for expiry.

#include <crier/export.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace crier {

/// A point of time, in milliseconds since 1970 (UTC).
using SharedTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// When an entry expires. `after` wins over `at`. With a `sliding` time beside one of them the
/// entry goes when the first of the two has come, from the first write on. If none is given,
/// SharedCacheOptions::default_sliding holds. Judged by the clock of the database (of Redis). What
/// is longer than a century counts as one.
struct SharedExpiry {
  std::optional<SharedTime> at = {};                    ///< must lie in the future
  std::optional<std::chrono::milliseconds> after = {};  ///< from the set on; above 0
  std::optional<std::chrono::milliseconds> sliding =
      {};  ///< since the entry was last used; above 0
};

/// What a lookup saw of a key that has no value, so that add() can tell whether anything has
/// happened to it since. A plain value.
struct SharedStamp {
  std::int64_t key = 0;      ///< changes with each set and each removal; 0: never heard of
  std::int64_t cache = 0;    ///< changes when the whole cache is cleared
  std::int64_t seen_ms = 0;  ///< when, by the cache's own clock
};

/// A value, or what add() needs in its place.
struct SharedLookup {
  std::optional<std::string> value;
  SharedStamp stamp;  ///< of a key without a value
};

/// How a shared cache works. Plain values.
struct SharedCacheOptions {
  /// For entries that are set without any expiry; nothing: they stay until they are removed. At
  /// least 1 ms. ASP.NET's default.
  std::optional<std::chrono::milliseconds> default_sliding = std::chrono::minutes(20);
  /// A larger value is refused. At least 1.
  std::size_t max_value_bytes = 1024 * 1024;
  /// So many calls may use the cache at the same time, each over a session with the database (with
  /// Redis) of its own. A further call waits for a session until its deadline, which is the URL's.
  /// A session that nobody uses for a minute is closed. 1 to 1000.
  std::size_t max_sessions = 8;
};

/// Bytes by key, shared by all nodes. Thread-safe: threads that are in a call at the same time have
/// a session each, up to SharedCacheOptions::max_sessions.
///
/// A key is 1 to 449 bytes of UTF-8, compared byte by byte. A value is any bytes, none included; a
/// std::string holds them. Values as JSON: <crier/shared_json.hpp>.
///
/// Of two sets at once the later one stays, as with any assignment; none is dropped. What has
/// expired or was removed is invisible at once. Expired entries are deleted later, by the node that
/// leads.
///
/// Sliding: an entry that is used lives for at least its sliding time from then on. So that reads
/// need not write each time, a renewal grants a second more (a tenth of the sliding time if that
/// is shorter), and the next is due only when less than the sliding time is left: at most one write
/// a second for each entry, however often it is read. ASP.NET counts sliding times in whole
/// seconds as well. A renewal that can't be written, as when the database is locked for longer
/// than the deadline or may only be read, costs the caller nothing but the time.
///
/// Each call throws an invalid_argument Error for a key, a value or an expiry that is refused
/// (nothing was done), and an Error that names the store if that fails. The Error is retryable if
/// no session came free in time.
class CRIER_EXPORT SharedCache {
 public:
  static constexpr std::size_t kMaxKeyBytes = 449;
  /// How long a removal is remembered for add().
  static constexpr std::chrono::milliseconds kRemembers = std::chrono::minutes(5);

  virtual ~SharedCache() = default;

  /// The value, whose sliding time begins anew; nothing if there is none.
  [[nodiscard]] virtual std::optional<std::string> get(std::string_view key) = 0;
  /// Stores the value in place of any other.
  virtual void set(std::string_view key, std::string_view value,
                   const SharedExpiry& expiry = {}) = 0;
  /// As get(), without fetching the value.
  virtual void refresh(std::string_view key) = 0;
  /// Harmless if there is no such key.
  virtual void remove(std::string_view key) = 0;
  /// Only if its value is still this one, as for what was found to be of no use: what another
  /// node has set meanwhile stays. Whether it was.
  virtual bool remove_value(std::string_view key, std::string_view value) = 0;

  /// As get(), and if there is no value, what add() takes. A key that was removed or has expired
  /// is remembered for kRemembers.
  [[nodiscard]] virtual SharedLookup lookup(std::string_view key) = 0;
  /// Stores a value that was made since `miss` was seen, unless something has happened to the key
  /// meanwhile: a set, a removal, even if what was set is gone again. Whoever fills the cache with
  /// what it has read elsewhere can't bring back what another node has just replaced. False if
  /// nothing was stored, as when the lookup is longer ago than kRemembers.
  virtual bool add(std::string_view key, std::string_view value, const SharedStamp& miss,
                   const SharedExpiry& expiry = {}) = 0;

  /// For messages: "sqlite:shop.db", "redis://cache:6379". Never holds a secret.
  [[nodiscard]] virtual const std::string& name() const noexcept = 0;
};

/// The cache that `url` names: a store as open_store() takes it, whose tables stand there already
/// (`crier migrate`), or Redis:
///   redis://HOST[:PORT][/DATABASE][?prefix=TEXT&deadline=2s]
///   redis://[USER]:PASSWORD@HOST…          escapes as %XX
///   redis+unix:///PATH[?database=N&…]
/// Entries in Redis have ASP.NET's layout (a hash with absexp, sldexp and data), so that its
/// applications can share them; `prefix` is its InstanceName. What those write and remove leaves no
/// stamp: an add() is refused if a value of theirs stands, but not if they have removed or
/// replaced one since the lookup and it is gone again. Stamps are keys of their own, for
/// kRemembers: a server that evicts keys (maxmemory-policy other than noeviction) may evict them,
/// and add() then knows of nothing. One server, no cluster: an entry and its stamp are in different
/// slots. `deadline` is the longest that connecting and one command may take (5s). Nothing is
/// opened yet. Throws an invalid_argument Error if the URL or the options are wrong, or this
/// crier was built without Redis.
[[nodiscard]] CRIER_EXPORT std::unique_ptr<SharedCache> open_shared_cache(
    std::string_view url, const SharedCacheOptions& options = {});
}  // namespace crier
