// SPDX-License-Identifier: MIT
#pragma once

// A cache that all nodes share: bytes by key, in a table of the database (crierCache) or in Redis.
// The counterpart of ASP.NET's IDistributedCache, with its rules for expiry.

#include <crier/export.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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
  std::optional<std::string> value;  ///< nothing: the key has none
  SharedStamp stamp;                 ///< of a key without a value
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
/// expired or was removed is invisible at once. In a database, rows of expired entries are deleted
/// later: by the node that leads, and a few by each session that writes.
///
/// Sliding: an entry that is used lives for at least its sliding time from then on. So that reads
/// need not write each time, a renewal grants a tenth more, and the next is due only when less than
/// the sliding time is left: ten writes in a sliding time at the most, however often it is read. A
/// renewal that can't be written, as when the database is locked for longer than the deadline or
/// may only be read, costs the caller nothing but the time.
///
/// Each call throws an invalid_argument Error for a key, a value or an expiry that is refused
/// (nothing was done), and an Error that names the store if that fails. The Error is retryable if
/// no session came free in time.
class CRIER_EXPORT SharedCache {
 public:
  /// What a key may have at the most.
  static constexpr std::size_t kMaxKeyBytes = 449;
  /// How long a removal is remembered for add().
  static constexpr std::chrono::milliseconds kRemembers = std::chrono::minutes(5);

  virtual ~SharedCache() = default;

  /// The value, whose sliding time begins anew; nothing if there is none.
  [[nodiscard]] virtual std::optional<std::string> get(std::string_view key) = 0;
  /// As get(), but its sliding time goes on: looking is no use of it.
  [[nodiscard]] virtual std::optional<std::string> peek(std::string_view key) = 0;
  /// As get() for each of them, in their order. Far cheaper than one by one if the cache is on
  /// another host.
  [[nodiscard]] virtual std::vector<std::optional<std::string>> get_many(
      std::span<const std::string> keys) = 0;
  /// Stores the value in place of any other.
  virtual void set(std::string_view key, std::string_view value,
                   const SharedExpiry& expiry = {}) = 0;
  /// As get(), without fetching the value.
  virtual void refresh(std::string_view key) = 0;
  /// Harmless if there is no such key.
  virtual void remove(std::string_view key) = 0;
  /// Removes the key only if its value is still this one, which was found to be of no use: what
  /// another node has set meanwhile stays. Whether it was removed.
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

  /// Calls `visit` with each key that begins with `prefix` (all do if that is empty) and has a
  /// value, until it returns false. Without order; in Redis one key may come twice. What is set or
  /// removed meanwhile may come or not. Holds no more than a page of keys, and nothing while
  /// `visit` runs, which may use this cache, and whose exceptions pass.
  virtual void visit_keys(std::string_view prefix,
                          const std::function<bool(const std::string& key)>& visit) = 0;
  /// The first that visit_keys() finds, `limit` at most, sorted, each once.
  [[nodiscard]] std::vector<std::string> keys(std::string_view prefix = {},
                                              std::size_t limit = 1000);
  /// Removes all entries whose keys begin with `prefix`, in which no character has a meaning; all
  /// if it is empty. What was looked up before this returns can't be added any more, whatever its
  /// key. Number of the entries that were there. Not at once: what is set meanwhile may stay. In
  /// Redis only what has an entry's form goes, and of a cache without a prefix of its own that is
  /// all such in the database.
  virtual std::size_t remove_by_prefix(std::string_view prefix) = 0;
  /// Removes all entries: remove_by_prefix("").
  std::size_t clear() { return remove_by_prefix({}); }

  /// For messages: "sqlite:shop.db", "redis://cache:6379". Never holds a secret.
  [[nodiscard]] virtual const std::string& name() const noexcept = 0;
};

/// The cache that `url` names: a store as open_store() takes it, whose tables stand there already
/// (`crier migrate`), or Redis (escapes as %XX):
///   redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE][?prefix=TEXT&deadline=2s]
///   rediss://…               TLS; certificate and host name are checked, by the system's
///                            certificates or those of ?ca=FILE; ?cert=FILE&key=FILE is ours;
///                            ?verify=ca leaves the name unchecked, ?verify=none everything
///   redis+unix:///PATH[?database=N&…]
///   redis+sentinel://[[USER]:PASSWORD@]HOST[:PORT],…/MASTER[/DATABASE][?…]
///                            the master that these Sentinels name; ?sentinel_user and
///                            ?sentinel_password are for them; rediss+sentinel: TLS to all
///   redis+cluster://…,…?prefix={TAG}TEXT
///                            a Cluster that these nodes belong to: the hash tag keeps the cache in
///                            one slot, and so on one node; rediss+cluster: TLS
///
/// Entries in Redis have ASP.NET's layout (a hash with absexp, sldexp and data), so that its
/// applications can share them; `prefix` is its InstanceName. What those write and remove leaves no
/// stamp: an add() is refused if a value of theirs stands, but not if they have removed or
/// replaced one since the lookup and it is gone again. Stamps are keys of their own, for
/// kRemembers: a server that evicts keys (maxmemory-policy other than noeviction) may evict them,
/// and add() then knows of nothing; so may a failover to a replica that is behind. `deadline` is
/// the longest that all of a call may take, connecting included (5s), but for looking up a host's
/// name.
///
/// A server that says that it has lost its part (READONLY, LOADING, MASTERDOWN, CLUSTERDOWN,
/// MISCONF, NOREPLICAS) makes the call retryable, and the connection is dropped; a write that a
/// replica refuses is first tried once where the URL leads to now. A replica can be read; a renewal
/// that it refuses costs nothing.
///
/// Nothing is opened yet. Throws an invalid_argument Error if the URL, a file that it names, or the
/// options are wrong, or this crier was built without Redis or TLS.
[[nodiscard]] CRIER_EXPORT std::unique_ptr<SharedCache> open_shared_cache(
    std::string_view url, const SharedCacheOptions& options = {});
}  // namespace crier
