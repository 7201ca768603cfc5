// SPDX-License-Identifier: MIT
#pragma once

// The seam between crier and a database. A Store is thread-safe and opens Connections; a
// Connection, and all that it hands out, is one world that one thread uses at a time.
// Every call ends by the store's deadline, and throws crier::Error that names the store.

#include <crier/admin/audit.hpp>
#include <crier/admin/cache_table.hpp>
#include <crier/admin/cluster.hpp>
#include <crier/admin/failures.hpp>
#include <crier/admin/history.hpp>
#include <crier/admin/hybrid_table.hpp>
#include <crier/admin/log.hpp>
#include <crier/admin/schema.hpp>
#include <crier/admin/wakeup.hpp>
#include <crier/application_transaction.hpp>
#include <crier/entry.hpp>
#include <crier/export.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

/// One connection. Not thread-safe: one thread at a time. What it hands out lives as long as it.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual InstructionLog& log() = 0;      ///< what was published
  virtual Schema& schema() = 0;           ///< the tables, and their version
  virtual NodeDirectory& nodes() = 0;     ///< who is there, and how far
  virtual RoleLeases& leases() = 0;       ///< who leads
  virtual FailureLog& failures() = 0;     ///< the quarantine
  virtual History& history() = 0;         ///< what has happened to the nodes
  virtual AuditTable& audit() = 0;        ///< what nodes answer to audits
  virtual SharedCacheTable& cache() = 0;  ///< the shared cache
  virtual HybridTable& hybrid() = 0;      ///< what hybrid caches share

  /// How long a call on this connection waits for locks and runs at the most: at first the store's
  /// deadline.
  [[nodiscard]] virtual std::chrono::milliseconds deadline() const = 0;
  /// For the calls from now on. At least 1 ms.
  virtual void set_deadline(std::chrono::milliseconds deadline) = 0;
};

/// What a connection is opened for.
enum class Access {
  read_only,   ///< the database must exist; writing throws
  read_write,  ///< the database must exist
  create,      ///< as read_write, and creates an empty database if there is none
};

/// A database that was named by a URL. Thread-safe.
class CRIER_EXPORT Store {
 public:
  virtual ~Store() = default;
  /// For messages: "sqlite:shop.db". Never holds a secret. Lives as long as the store.
  [[nodiscard]] virtual const std::string& name() const noexcept = 0;
  /// Opens a connection. Throws if the database is not there or can't be opened.
  [[nodiscard]] virtual std::unique_ptr<Connection> connect(Access access) = 0;
  /// The same, but connecting waits for `most` at most, if the store's deadline is longer. The
  /// calls on the connection have the store's deadline all the same. At least 1 ms. A store that
  /// waits for nothing need not override it.
  [[nodiscard]] virtual std::unique_ptr<Connection> connect_within(
      std::chrono::milliseconds /*most*/, Access access) {
    return connect(access);
  }
  /// The migrations that Schema::migrate() would apply, oldest first; all of them if there is no
  /// database yet. Creates nothing. Throws as Schema::pending() does.
  [[nodiscard]] virtual std::vector<Migration> pending() {
    return connect(Access::read_only)->schema().pending();
  }
  /// Appends all of `entries` or none on a connection of the application's, in the transaction that
  /// it has open there: they become visible with its commit (or with
  /// InstructionLog::assign_pending_ids()), and vanish with its rollback. Rings nobody. Runs on the
  /// caller's thread, which must be the one that uses `connection`. Throws before anything is
  /// written if no transaction is open, the connection's database is not this store's (of
  /// SQLite's: its main database is not this file, or that was moved), or it may only read; a
  /// statement that fails leaves the application's transaction as it was, unless SQLite itself has
  /// rolled it back, which the message says then. REQUIRES: at least one entry; an open connection
  /// of the same library.
  virtual RidingIds append_in(ApplicationConnection connection, std::span<const NewEntry> entries);
  /// Each append, of any process that uses crier, rings the others. Lives as long as the store.
  [[nodiscard]] virtual Wakeup& wakeup() noexcept = 0;
  /// Whether connections that nobody uses are to be closed after a while, which takes a thread.
  [[nodiscard]] virtual bool closes_idle() const noexcept { return true; }
  /// Whose tables of crier's these are, if a file holds those of several applications; else empty.
  [[nodiscard]] virtual std::string app() const { return {}; }
};

/// What a store takes beside its URL.
struct StoreOptions {
  /// See Options::password. May be empty.
  std::function<std::string()> password = {};
};

/// The store that `url` names; nothing is opened yet.
///
///   sqlite:PATH[?app=NAME&table=NAME&deadline=2s&durability=full&ring=off]
///                                          PATH may hold %XX escapes; `sqlite:///abs` works too
///   PATH                                   the same as sqlite:PATH
///   postgresql://USER@HOST:PORT/DATABASE[?schema=NAME&deadline=2s&...]
///                                          libpq's URL, `postgres://` too, with its parameters
///   host=HOST dbname=DATABASE [schema=NAME deadline=2s ...]
///                                          libpq's keyword form: begins with one of its keywords
///
/// `pool=transaction`: a pooler answers that gives each transaction another session (PgBouncer's
/// pool_mode = transaction): nothing is kept in a session then, which costs two round trips more
/// for each call. Wake-ups need a session of their own: `listen` says where there is one, as HOST,
/// HOST:PORT, the folder of a socket, or a whole postgresql:// URL (with %XX for & and %); what it
/// leaves out is as for the pooler. Without `listen` others are heard by polling.
/// `deadline` is the longest that one call waits for locks and runs (5s; a connection may take a
/// second to open, and a server that says nothing is waited for a quarter of one more). `schema`
/// holds crier's tables, and migrating makes it; else the first one on the role's search_path does.
/// A password is best given in libpq's own ways (PGPASSFILE, a service file); no message repeats
/// it. `app` keeps the tables of several applications in one file apart: each has its own log,
/// nodes, leader and shared cache, in tables whose names begin with NAME and '_' (1 to 32 small
/// letters, digits or '_'); all are woken by each other's news. `table` names an
/// instruction table that stands there already, such as Umbraco's. `durability`: with `normal` (the
/// default) a commit survives the death of its process, and a power failure may take the last ones
/// (the caches went with it); with `full` it survives that too, and each commit waits for the disk.
/// `ring=off`: entries are not handed over with a wake-up, so that each woken node reads the table.
/// A PATH that holds one of ":=;@" has the scheme before it, or begins with '/', "./" or "../":
/// such a text may be another system's connection string, and is refused. No message repeats it.
/// The process ignores SIGXFSZ from then on, if that had its default action: a write beyond a limit
/// on the size of files (ulimit -f) is an error that says so, and does not end the process.
/// Throws an invalid_argument Error if the URL is malformed, its scheme is not known, or it does
/// not go with `options`.
[[nodiscard]] CRIER_EXPORT std::unique_ptr<Store> open_store(std::string_view url,
                                                             StoreOptions options = {});

}  // namespace crier
