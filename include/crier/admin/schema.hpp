// SPDX-License-Identifier: MIT
#pragma once

// The tables of a store as a Connection has them. One thread at a time; each call ends by the
// store's deadline and throws crier::Error.

#include <crier/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

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
  int version = 0;     ///< of the database; 0 if nothing was applied
  int understood = 0;  ///< the newest version that this build knows
  std::string advice;  ///< empty if `state` is current
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
  /// if the schema is newer or altered.
  virtual std::vector<Migration> migrate() = 0;
  /// The table of that name; with an empty name the instruction table.
  virtual TableInfo describe(std::string_view /*table*/) {
    throw Error("describe", "this store has no way to describe a table");
  }
};

}  // namespace crier
