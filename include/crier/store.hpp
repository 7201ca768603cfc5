// SPDX-License-Identifier: MIT
#pragma once

// The seam between crier and a database. A Store is thread-safe and opens Connections; a
// Connection, and all that it hands out, is one world that one thread uses at a time.
// Every call ends by the store's deadline, and throws crier::Error that names the store.

#include <crier/application_transaction.hpp>
#include <crier/cache_table.hpp>
#include <crier/cluster.hpp>
#include <crier/entry.hpp>
#include <crier/error.hpp>
#include <crier/failures.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

/// The oldest and the newest id in the log.
struct LogBounds {
  EntryId oldest;
  EntryId newest;
};

/// How much one read brings at the most. At least one entry is read however large it is.
struct ReadLimits {
  std::size_t entries = 100;
  std::size_t bytes = 8 * 1024 * 1024;  ///< of JSON
};

/// What a read after an id found.
struct Page {
  std::optional<Fingerprint> anchor;  ///< of the row of the id itself; nothing where it is gone
  std::vector<Entry> entries;         ///< those that follow, in id order
  bool more = false;                  ///< the limits ended the read: there may be more
};

/// The instruction log. Its promises: once id N can be read, no smaller id will ever appear; ids
/// have no holes but what pruning removed, and are never used again.
class InstructionLog {
 public:
  virtual ~InstructionLog() = default;

  /// Appends all of `entries` in one transaction, or none. Returns the id of the last; the ids
  /// are consecutive. REQUIRES: at least one entry.
  virtual EntryId append(std::span<const NewEntry> entries) = 0;
  /// Gives ids to what transactions of applications have committed without: those of PostgreSQL's
  /// that are isolated from others' commits. True where there was something: it is for the caller
  /// to ring. A store whose append_in() gives the ids has nothing to do.
  virtual bool settle() { return false; }
  /// Where append_in() gave no id: the last entry after `after` that `originated` has written, or
  /// nothing. Its cost grows with what follows `after`.
  virtual std::optional<EntryId> find_last(EntryId /*after*/, std::string_view /*originated*/) {
    return std::nullopt;
  }
  /// Puts into `page` the row of `after` itself (its fingerprint), and the entries that follow it.
  /// What it held goes, and its memory is used again. After a throw it holds anything.
  virtual void read_after(EntryId after, const ReadLimits& limits, Page& page) = 0;
  /// The same, in a page of its own.
  Page read_after(EntryId after, const ReadLimits& limits = {}) {
    Page page;
    read_after(after, limits, page);
    return page;
  }
  /// Up to `count` entries with ids below `before`, newest first.
  virtual std::vector<Entry> read_before(EntryId before, std::size_t count) = 0;
  /// The instructions after `after` that `except` did not originate (nor `except/…`, as what it
  /// writes in transactions of the application's is), by the rows' counts: 0 counts for none, as a
  /// canary does, and what is below for 1. At most `limit` + 1 rows are looked at and the sum stops
  /// just above `limit`, so the cost does not grow with the log. Compared byte by byte.
  virtual std::int64_t backlog(EntryId after, std::int64_t limit, std::string_view except = {}) = 0;
  /// The entry, or nothing.
  virtual std::optional<Entry> find(EntryId id) = 0;
  /// Where the log ends now: the default Cursor where it is empty.
  virtual Cursor newest() = 0;
  /// Nothing where the log is empty.
  virtual std::optional<LogBounds> bounds() = 0;

  /// Deletes old entries from the beginning of the log in one short transaction, which records
  /// pruned_through() too. The newest always stays, and so does the row at which a protected node
  /// stands, with all that follows. An entry is at least as old as any that follows it: one whose
  /// stamp can't be right (empty, or in the future) is judged by those. The cost does not grow with
  /// the log.
  virtual Pruned prune(const PruneOrder& order) = 0;
  /// The last entry that prune() has deleted; 0: none.
  virtual EntryId pruned_through() = 0;
};

/// One numbered step of the schema.
struct Migration {
  int version = 0;
  std::string name;      ///< "0001_instruction_log"
  std::string sql;       ///< what runs
  std::string checksum;  ///< of `sql`, as it is recorded
};

enum class SchemaState {
  missing,  ///< no table of crier's (or, with `?table=`, no such table)
  older,    ///< migrations are pending
  current,
  newer,    ///< a later crier has migrated it: not understood here
  altered,  ///< a migration that was applied differs from the one built in
};

/// What stands in the database, and a sentence that says what to do about it.
struct SchemaStatus {
  SchemaState state = SchemaState::missing;
  int version = 0;     ///< of the database; 0 where nothing was applied
  int understood = 0;  ///< the newest version that this build knows
  std::string advice;  ///< empty where `state` is current
};

/// A column of a table that is not crier's.
struct ColumnInfo {
  std::string name;
  int key = 0;                 ///< its place in the primary key, from 1; 0: not part of it
  bool not_null = false;       ///< every row has a value there
  bool integer = false;        ///< declared for whole numbers
  bool only_integers = false;  ///< and the database lets nothing else in
};

/// What a table is made of, for writing triggers on it. A plain value.
struct TableInfo {
  enum class Kind : std::uint8_t {
    missing,
    table,
    view,
    virtual_table,  ///< or one that belongs to such a table
    reserved,       ///< the database's own, or crier's
  };
  Kind kind = Kind::missing;
  std::string name;  ///< as the database spells it
  std::vector<ColumnInfo> columns;
  /// The columns of each unique constraint and index, the primary key's among them. An empty name
  /// stands for what is no column: an expression, or a condition.
  std::vector<std::vector<std::string>> unique;
};

/// The tables of crier and their version.
class Schema {
 public:
  virtual ~Schema() = default;

  virtual SchemaStatus status() = 0;
  /// The migrations that migrate() would apply, oldest first. Throws as migrate() does.
  virtual std::vector<Migration> pending() = 0;
  /// Applies what is pending, each migration in a transaction of its own, and returns what was
  /// applied here. Of two callers at once, one applies each migration while the other waits. Throws
  /// where the schema is newer or altered.
  virtual std::vector<Migration> migrate() = 0;
  /// The table of that name; with an empty name the instruction table.
  virtual TableInfo describe(std::string_view /*table*/) {
    throw Error("describe", "this store has no way to describe a table");
  }
};

/// One connection. Not thread-safe: one thread at a time. What it hands out lives as long as it.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual InstructionLog& log() = 0;
  virtual Schema& schema() = 0;
  virtual NodeDirectory& nodes() = 0;
  virtual RoleLeases& leases() = 0;
  virtual FailureLog& failures() = 0;
  virtual CacheTable& cache() = 0;

  /// How long a call on this connection waits for locks and runs at the most: at first the store's
  /// deadline.
  [[nodiscard]] virtual std::chrono::milliseconds deadline() const = 0;
  /// For the calls from now on. At least 1 ms.
  virtual void set_deadline(std::chrono::milliseconds deadline) = 0;
};

/// Wakes pollers that sleep when something was appended. Only a hint: nothing is lost where a ring
/// is, since pollers look at the log in intervals all the same. Thread-safe.
class Wakeup {
 public:
  virtual ~Wakeup() = default;
  /// Stands for rings that have been. Taken before a look at the log, so that a ring between the
  /// look and the sleep is not missed.
  [[nodiscard]] virtual std::uint64_t mark() noexcept = 0;
  /// Sleeps until there is a ring that `mark` does not stand for; false where `timeout` passed
  /// without one. May return true without a ring.
  virtual bool wait(std::uint64_t mark, std::chrono::nanoseconds timeout) noexcept = 0;
  /// Wakes all who sleep: in this process, and in others where the store can.
  virtual void ring() noexcept = 0;
  /// As ring(), but who sleeps on this very Wakeup may sleep on: the writer of an entry need not
  /// look at it. Its next wait() ends at once all the same.
  virtual void ring_others() noexcept { ring(); }
  /// How often ring() was called, by anybody, among those that the last mark stands for or later:
  /// an append calls ring_others(). Nothing where the two can't be told apart.
  [[nodiscard]] virtual std::optional<std::uint32_t> calls() const noexcept { return std::nullopt; }
  /// Why others' rings are not heard, or can't be given; empty where all is well. It heals by
  /// itself.
  [[nodiscard]] virtual std::string trouble() const = 0;
};

enum class Access {
  read_only,   ///< the database must exist; writing throws
  read_write,  ///< the database must exist
  create,      ///< as read_write, and creates an empty database where there is none
};

/// A database that was named by a URL. Thread-safe.
class Store {
 public:
  virtual ~Store() = default;
  /// For messages: "sqlite:shop.db". Never holds a secret. Lives as long as the store.
  [[nodiscard]] virtual const std::string& name() const noexcept = 0;
  /// Opens a connection. Throws where the database is not there or can't be opened.
  [[nodiscard]] virtual std::unique_ptr<Connection> connect(Access access) = 0;
  /// The migrations that Schema::migrate() would apply, oldest first; all of them where there is no
  /// database yet. Creates nothing. Throws as Schema::pending() does.
  [[nodiscard]] virtual std::vector<Migration> pending() {
    return connect(Access::read_only)->schema().pending();
  }
  /// Appends all of `entries` or none on a connection of the application's, in the transaction that
  /// it has open there: they become visible with its commit (or with InstructionLog::settle()), and
  /// vanish with its rollback. Rings nobody. Runs on the caller's thread,
  /// which must be the one that uses `connection`. Throws before anything is written where no
  /// transaction is open, the connection's database is not this store's (of SQLite's: its main
  /// database is not this file, or that was moved), or it may only read; a statement that fails
  /// leaves the application's transaction as it was, unless SQLite itself has rolled it back, which
  /// the message says then. REQUIRES: at least one entry; an open connection of the same library.
  virtual RidingIds append_in(ApplicationConnection connection, std::span<const NewEntry> entries);
  /// Each append, of any process that uses crier, rings the others. Lives as long as the store.
  [[nodiscard]] virtual Wakeup& wakeup() noexcept = 0;
};

/// The store that `url` names; nothing is opened yet.
///   sqlite:PATH[?table=NAME&deadline=2s&durability=full]
///                                          PATH may hold %XX escapes; `sqlite:///abs` works too
///   PATH                                   the same as sqlite:PATH
///   postgresql://USER@HOST:PORT/DATABASE[?schema=NAME&deadline=2s&...]
///                                          libpq's URL, `postgres://` too, with its parameters
///   host=HOST dbname=DATABASE [schema=NAME deadline=2s ...]
///                                          libpq's keyword form: begins with one of its keywords
/// `deadline` is the longest that one call waits for locks and runs (5s; a connection may take a
/// second to open, and a server that says nothing is waited for a quarter of one more). `schema`
/// holds crier's tables, and migrating makes it; else the first one on the role's search_path does.
/// A password is best given in libpq's own ways (PGPASSFILE, a service file); no message repeats
/// it. `table` names an
/// instruction table that stands there already, such as Umbraco's. `durability`: with `normal` (the
/// default) a commit survives the death of its process, and a power failure may take the last ones
/// (the caches went with it); with `full` it survives that too, and each commit waits for the disk.
/// Throws an invalid_argument Error where the URL is malformed or its scheme is not known.
[[nodiscard]] std::unique_ptr<Store> open_store(std::string_view url);

}  // namespace crier
