// SPDX-License-Identifier: MIT
#pragma once

// The tables of a store as a Connection has them. One thread at a time; each call ends by the
// store's deadline and throws crier::Error.

#include <crier/admin/setup.hpp>
#include <crier/error.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

/// One numbered step of the schema.
struct Migration {
  int version = 0;       ///< its number, from 1
  std::string name;      ///< "0001_instruction_log"
  std::string sql;       ///< what runs
  std::string checksum;  ///< of `sql`, as it is recorded
};

/// How the tables stand to this build.
enum class SchemaState {
  missing,  ///< no table of crier's (or, with `?table=`, no such table)
  older,    ///< migrations are pending
  current,  ///< as this build needs them
  newer,    ///< a later crier has migrated it: not understood here
  altered,  ///< a migration that was applied differs from the one built in, or the tables do
};

/// What stands in the database, and a sentence that says what to do about it.
struct SchemaStatus {
  SchemaState state = SchemaState::missing;  ///< how the tables are
  int version = 0;                           ///< of the database; 0 if nothing was applied
  int understood = 0;                        ///< the newest version that this build knows
  std::string advice;                        ///< empty if `state` is current
  /// What keeps changes of the application's tables from being told: sentences, with what to do.
  std::vector<std::string> problems = {};
  /// What is not wrong, but unsafe: sentences, with what to do.
  std::vector<std::string> warnings = {};
  /// The one of them that tells of indexes and checks that are gone or changed; empty: none are.
  std::string lost_parts = {};
};

/// One thing that Schema::repair() mends.
struct Repair {
  std::string what;         ///< a sentence: what is wrong
  std::string sql;          ///< what runs
  std::string failed = {};  ///< why it can't be done; empty: it was
};

/// What a role of a server's is to do. Each kind has the least rights that it needs.
enum class RoleKind : std::uint8_t {
  reader,       ///< looks
  publisher,    ///< appends, and no more
  application,  ///< lets its news ride in transactions of its own
  node,         ///< a node, and an operator: any of them may lead, and prunes then
  none,         ///< nothing any more
};

/// A role, by its name as the server has it, and what it is to do.
struct RoleGrant {
  std::string role;                  ///< its name
  RoleKind kind = RoleKind::reader;  ///< what it is to do
};

/// A column of a table that is not crier's.
struct ColumnInfo {
  std::string name;            ///< as the database spells it
  int key = 0;                 ///< its place in the primary key, from 1; 0: not part of it
  bool not_null = false;       ///< every row has a value there
  bool integer = false;        ///< declared for whole numbers
  bool only_integers = false;  ///< and the database lets nothing else in
  bool bytes = false;          ///< declared for bytes
};

/// What a table is made of, for writing triggers on it. A plain value.
struct TableInfo {
  /// What stands under the name.
  enum class Kind : std::uint8_t {
    missing,        ///< nothing
    table,          ///< a table with rows of its own
    view,           ///< a view
    virtual_table,  ///< or one that belongs to such a table
    reserved,       ///< the database's own, or crier's
  };
  Kind kind = Kind::missing;        ///< if it is missing, no more is told
  std::string name;                 ///< as the database spells it
  std::vector<ColumnInfo> columns;  ///< in the table's order
  /// The columns of each unique constraint and index, the primary key's among them. An empty name
  /// stands for what is no column: an expression, or a condition.
  std::vector<std::vector<std::string>> unique;
  std::string schema = {};  ///< empty if the database has none
};

/// The tables of crier and their version.
class Schema {
 public:
  virtual ~Schema() = default;

  /// How the tables are now. Changes nothing.
  virtual SchemaStatus status() = 0;
  /// The migrations that migrate() would apply, oldest first. Throws as migrate() does.
  virtual std::vector<Migration> pending() = 0;
  /// Applies what is pending, each migration in a transaction of its own, and returns what was
  /// applied here. Of two callers at once, one applies each migration while the other waits. Throws
  /// if the schema is newer or altered.
  virtual std::vector<Migration> migrate() = 0;
  /// Mends tables that were truncated, dropped, changed or restored in part, all in one
  /// transaction: what is missing is made again, the record of migrations too, and the ids of new
  /// entries go on above everything that the log, the positions of nodes, and what else tells of
  /// ids have seen. Entries that are gone stay gone: nodes notice, and refresh everything. With
  /// `dry_run` it changes nothing. Returns what it did, or would do, and what can't be done;
  /// nothing if all is well. Throws if migrations are pending, or the schema is newer.
  virtual std::vector<Repair> repair(bool /*dry_run*/) { return {}; }
  /// SQL for the owner of the tables: takes what rights each role has on crier's tables and
  /// functions, and gives it those of its kinds. A role may be named more than once. Throws if the
  /// database has no roles, or crier's tables are not there in the version that this build knows.
  virtual std::string grants(std::span<const RoleGrant> /*grants*/) {
    throw Error("grants",
                "this database has no roles: who may read and write the file has all rights",
                Error::Kind::invalid_argument);
  }
  /// Bytes of the write-ahead log beside the database's file; 0: there is none now. Nothing if the
  /// database is no file, or keeps its log elsewhere.
  virtual std::optional<std::uint64_t> journal_bytes() { return std::nullopt; }
  /// Looks at what surrounds the tables, whatever their state: where the database stands, what runs
  /// it, and what this user may do there. Changes nothing. In an order that stays.
  virtual std::vector<SetupCheck> check_setup() { return {}; }
  /// The table of that name, which PostgreSQL reads as SQL does ("Products", shop.products); with
  /// an empty name the instruction table.
  virtual TableInfo describe(std::string_view /*table*/) {
    throw Error("describe", "this store has no way to describe a table");
  }
};

}  // namespace crier
