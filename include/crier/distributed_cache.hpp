// SPDX-License-Identifier: MIT
#pragma once

#include <crier/batch.hpp>
#include <crier/entry.hpp>
#include <crier/error.hpp>
#include <crier/export.hpp>
#include <crier/fresh_enough.hpp>
#include <crier/guid.hpp>
#include <crier/instruction.hpp>
#include <crier/messenger.hpp>
#include <crier/refresher.hpp>
#include <crier/registry.hpp>
#include <crier/transaction_batch.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

struct pg_conn;
struct sqlite3;
namespace SQLite {
class Database;
}

namespace crier {

namespace detail {

// The way from a SQLite::Database to its handle; defined in sqlitecpp.hpp.
template <class Database>
struct SqliteHandle;

}  // namespace detail

/// The facade that an application calls when its data has changed. Thread-safe; owned by its Node
/// and valid as long as that.
///
/// Change the data and commit it first, then publish: refreshers read it again. Or do both in one
/// transaction, with transact() or batch_in(). A publish runs this node's refreshers on the
/// caller's thread, and returns once the entry is in the log; every other node runs its own soon
/// after. Returns the id of the (last) entry; if a list is empty there is nothing to do, and
/// nothing is returned.
///
/// Throws an invalid_argument Error, before anything has run, for a refresher that is not
/// registered or of the wrong kind and for an instruction over Options::max_instruction_bytes;
/// and an Error of the store if the entry could not be written.
class CRIER_EXPORT DistributedCache {
 public:
  /// For a Node, which owns it. Both live longer than this.
  DistributedCache(const Registry& registry, ServerMessenger& messenger)
      : registry_(registry), messenger_(messenger) {}
  DistributedCache(const DistributedCache&) = delete;
  DistributedCache& operator=(const DistributedCache&) = delete;

  /// Every node runs the refresher's function of that name, for each of the ids.
  /// @{
  EntryId refresh(const Guid& refresher, std::int64_t id);
  std::optional<EntryId> refresh(const Guid& refresher, std::span<const std::int64_t> ids);
  std::optional<EntryId> refresh(const Guid& refresher, std::initializer_list<std::int64_t> ids);
  EntryId refresh(const Guid& refresher, const Guid& id);
  std::optional<EntryId> refresh(const Guid& refresher, std::span<const Guid> ids);
  EntryId remove(const Guid& refresher, std::int64_t id);
  std::optional<EntryId> remove(const Guid& refresher, std::span<const std::int64_t> ids);
  std::optional<EntryId> remove(const Guid& refresher, std::initializer_list<std::int64_t> ids);
  EntryId refresh_all(const Guid& refresher);
  /// @}
  /// `json` is one JSON document; anything else throws an invalid_argument Error.
  EntryId refresh_by_json(const Guid& refresher, std::string_view json);
  /// Needs <crier/payload_refresher.hpp>.
  template <class P>
  std::optional<EntryId> refresh_by_payload(const Guid& refresher, std::span<const P> items) {
    Batch collected = batch();
    collected.refresh_by_payload<P>(refresher, items);
    return collected.commit();
  }
  /// The same for one item.
  template <class P>
  EntryId refresh_by_payload(const Guid& refresher, const P& item) {
    return *refresh_by_payload<P>(refresher, std::span<const P>(&item, 1));
  }

  /// By object here, by id on the other nodes: `id_of(instance)` gives an integer or a Guid.
  /// The refresher must be a TypedCacheRefresher<T>.
  template <class T, std::invocable<const T&> IdOf>
  std::optional<EntryId> refresh(const Guid& refresher, IdOf id_of, std::span<const T> instances);
  /// The same for one object.
  template <class T, std::invocable<const T&> IdOf>
  EntryId refresh(const Guid& refresher, IdOf id_of, const T& instance) {
    return *refresh<T>(refresher, std::move(id_of), std::span<const T>(&instance, 1));
  }
  /// As above; `id_of` gives an integer.
  template <class T, std::invocable<const T&> IdOf>
  std::optional<EntryId> remove(const Guid& refresher, IdOf id_of, std::span<const T> instances);
  /// The same for one object.
  template <class T, std::invocable<const T&> IdOf>
  EntryId remove(const Guid& refresher, IdOf id_of, const T& instance) {
    return *remove<T>(refresher, std::move(id_of), std::span<const T>(&instance, 1));
  }

  /// Many instructions in one entry.
  Batch batch() { return Batch(registry_, messenger_); }

  /// Instructions that are written in the transaction which the application has open on
  /// `connection`, of the node's own database: see TransactionBatch. On a single server nothing is
  /// written, and committed() alone runs the refreshers.
  TransactionBatch batch_in(sqlite3* connection) {
    return TransactionBatch(registry_, messenger_, connection);
  }
  /// The same for PostgreSQL: libpq's PGconn, on which the calls wait as the application has it.
  TransactionBatch batch_in(pg_conn* connection) {
    return TransactionBatch(registry_, messenger_, connection);
  }
  /// The same for SQLiteCpp: a SQLite::Database. Needs <crier/sqlitecpp.hpp>.
  template <class Database>
  requires std::is_convertible_v<Database*, SQLite::Database*> TransactionBatch
  batch_in(Database& database) {
    if constexpr (requires { sizeof(detail::SqliteHandle<Database>); }) {
      return batch_in(detail::SqliteHandle<Database>::of(database));
    } else {
      static_assert(sizeof(Database*) == 0,
                    "batch_in(SQLite::Database&) needs #include <crier/sqlitecpp.hpp>");
    }
  }

  /// A transaction of the application's on `connection`, from BEGIN to
  /// TransactionBatch::committed():
  ///
  ///   cache.transact(database, [&](auto& batch) {
  ///     database.exec("UPDATE products SET …");
  ///     batch.refresh(kProducts, 42);
  ///   });
  ///
  /// `change(batch)` changes the data, on the caller's thread, and collects instructions; it
  /// neither begins nor ends a transaction, and returns nothing. What it throws rolls everything
  /// back, and so does an Error before the COMMIT or of it; then nothing runs anywhere. The message
  /// of a connection that breaks during the COMMIT says that nobody knows. What fails after it is
  /// not thrown: see Committed. Throws an invalid_argument Error, before anything is done, if there
  /// is no connection, or it is in a transaction already; a retryable one if another writer was in
  /// the way; and an Error if `change` has ended the transaction. In SQLite it begins with BEGIN
  /// IMMEDIATE, in PostgreSQL with BEGIN, so that `change` may still set the level of isolation.
  /// What a cache of crier's loads within `change`, on the same thread, is given to the caller, and
  /// neither kept nor shared, since it may never be committed.
  template <class Change>
  requires std::is_void_v<std::invoke_result_t<Change&, Collector&>> Committed
  transact(sqlite3* connection, Change&& change) {
    return run_transaction(connection, std::ref(change));
  }
  /// The same for PostgreSQL: libpq's PGconn.
  template <class Change>
  requires std::is_void_v<std::invoke_result_t<Change&, Collector&>> Committed
  transact(pg_conn* connection, Change&& change) {
    return run_transaction(connection, std::ref(change));
  }
  /// Needs <crier/sqlitecpp.hpp>.
  template <class Database, class Change>
  requires std::is_convertible_v<Database*, SQLite::Database*> Committed
  transact(Database& database, Change&& change) {
    if constexpr (requires { sizeof(detail::SqliteHandle<Database>); }) {
      return transact(detail::SqliteHandle<Database>::of(database), change);
    } else {
      static_assert(sizeof(Database*) == 0,
                    "transact(SQLite::Database&, …) needs #include <crier/sqlitecpp.hpp>");
    }
  }

  /// Whether this node's cache of `refresher` is so fresh, whatever holds up others. False if the
  /// node does not run. Throws an invalid_argument Error for an age that is not above 0.
  [[nodiscard]] bool is(const FreshEnough& fresh, const Guid& refresher) const;

 private:
  Committed run_transaction(ApplicationConnection connection,
                            const std::function<void(Collector&)>& change);
  template <class T>
  void require_typed(const Guid& refresher) const;

  const Registry& registry_;
  ServerMessenger& messenger_;
};

template <class T>
void DistributedCache::require_typed(const Guid& refresher) const {
  CacheRefresher* found = registry_.find(refresher);
  if (found != nullptr && dynamic_cast<TypedCacheRefresher<T>*>(found) == nullptr) {
    throw Error("publish",
                "refresher " + refresher.to_string() + " (" + std::string(found->name()) +
                    ") is not a TypedCacheRefresher of this type",
                Error::Kind::invalid_argument);
  }
}

template <class T, std::invocable<const T&> IdOf>
std::optional<EntryId> DistributedCache::refresh(const Guid& refresher, IdOf id_of,
                                                 std::span<const T> instances) {
  using Id = std::remove_cvref_t<std::invoke_result_t<IdOf, const T&>>;
  require_typed<T>(refresher);
  const auto local_call = [](const T& instance) {
    return LocalCall{MessageType::refresh_by_instance, Instance(instance),
                     [&instance](CacheRefresher& typed) {
                       dynamic_cast<TypedCacheRefresher<T>&>(typed).refresh(instance);
                     }};
  };
  Batch collected = batch();
  if constexpr (std::is_same_v<Id, Guid>) {
    for (const T& instance : instances) {
      collected.add(Instruction::refresh_by_guid(refresher, std::invoke(id_of, instance)),
                    {local_call(instance)});
    }
  } else if (!instances.empty()) {
    std::vector<std::int64_t> ids;
    std::vector<LocalCall> local;
    for (const T& instance : instances) {
      ids.push_back(std::invoke(id_of, instance));
      local.push_back(local_call(instance));
    }
    collected.add(Instruction::refresh_by_ids(refresher, std::move(ids)), std::move(local));
  }
  return collected.commit();
}

template <class T, std::invocable<const T&> IdOf>
std::optional<EntryId> DistributedCache::remove(const Guid& refresher, IdOf id_of,
                                                std::span<const T> instances) {
  require_typed<T>(refresher);
  Batch collected = batch();
  for (const T& instance : instances) {
    LocalCall local{MessageType::remove_by_instance, Instance(instance),
                    [&instance](CacheRefresher& typed) {
                      dynamic_cast<TypedCacheRefresher<T>&>(typed).remove(instance);
                    }};
    collected.add(Instruction::remove_by_id(refresher, std::invoke(id_of, instance)),
                  {std::move(local)});
  }
  return collected.commit();
}

}  // namespace crier
