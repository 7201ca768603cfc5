// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>
#include <crier/guid.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

struct pg_conn;
struct sqlite3;

namespace crier {

/// A connection of the application's: SQLite's, or libpq's PGconn. Never owned here.
using ApplicationConnection = std::variant<sqlite3*, pg_conn*>;

/// The ids of what was written in a transaction of the application's.
struct RidingIds {
  std::optional<EntryId> last;  ///< nothing: they are given at the commit, or after it
  EntryId after;                ///< in that case all of them will be greater than this one
};

/// What ServerMessenger::write_in() has written: its ids, how many entries, and who they say has
/// written them, which no other entry bears.
struct WrittenInTransaction {
  RidingIds ids;                 ///< of the entries
  std::size_t entries = 0;       ///< how many
  std::string originated;        ///< who they say has written them
  std::vector<Guid> chain = {};  ///< see Source
};

}  // namespace crier
