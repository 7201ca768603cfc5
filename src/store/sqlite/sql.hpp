// SPDX-License-Identifier: MIT
#pragma once

#include "store/sql/terms.hpp"

#include <string>
#include <string_view>

// The statements of the log and of its schema; store/sql/ has those that PostgreSQL shares. See
// terms.hpp for the holes.
namespace crier::sqlite::sql {

using namespace crier::sql;  // NOLINT(google-build-using-namespace): one set of statements

// The id comes from AUTOINCREMENT under the write lock, so order of ids is order of commits; only a
// plain INSERT leaves no hole (OR IGNORE and upserts burn ids). In main: on a connection of the
// application's other databases may be attached.
inline constexpr std::string_view kAppend =
    "INSERT INTO main.{table} (utcStamp, jsonInstruction, originated, instructionCount) "
    "VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'), ?1, ?2, ?3)";

// The anchor's JSON is not read: it may be megabytes, and each poll meets it again.
// Nor is there a LIMIT: rows come one by one, and the reader stops.
inline constexpr std::string_view kReadAfter =
    "SELECT id, utcStamp, originated, instructionCount, "
    "CASE WHEN id > ?1 THEN jsonInstruction END "
    "FROM {table} WHERE id >= ?1 ORDER BY id";

inline constexpr std::string_view kReadBefore =
    "SELECT id, utcStamp, originated, instructionCount, jsonInstruction "
    "FROM {table} WHERE id < ?1 ORDER BY id DESC";

inline constexpr std::string_view kFind =
    "SELECT id, utcStamp, originated, instructionCount, jsonInstruction "
    "FROM {table} WHERE id = ?1";

inline constexpr std::string_view kBacklog =
    "SELECT id, utcStamp, originated, instructionCount FROM {table} WHERE id > ?1 ORDER BY id";

inline constexpr std::string_view kNewest =
    "SELECT id, utcStamp, originated, instructionCount "
    "FROM {table} WHERE id = (SELECT max(id) FROM {table})";

// Two subqueries: min() and max() side by side would scan the table.
inline constexpr std::string_view kBounds =
    "SELECT (SELECT min(id) FROM {table}), (SELECT max(id) FROM {table})";

inline constexpr std::string_view kHasMigrations =
    "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'crierMigration'";

inline constexpr std::string_view kMigrations =
    "SELECT version, name, checksum FROM crierMigration ORDER BY version";

inline constexpr std::string_view kRecordMigration =
    "INSERT INTO crierMigration (version, name, checksum) VALUES (?1, ?2, ?3)";

// Names of tables are compared as SQLite itself does, without case.
inline constexpr std::string_view kTable =
    "SELECT name, type, strict FROM pragma_table_list "
    "WHERE schema = 'main' AND name = ?1 COLLATE NOCASE";
inline constexpr std::string_view kColumns =
    "SELECT name, upper(type), \"notnull\", pk FROM pragma_table_xinfo(?1)";
// One row for each column of each; without a name where that is an expression.
inline constexpr std::string_view kUnique =
    "SELECT list.seq, list.origin, list.partial, part.name "
    "FROM pragma_index_list(?1) AS list, pragma_index_info(list.name) AS part "
    "WHERE list.\"unique\" ORDER BY list.seq, part.seqno";

// Now, and the point that lies so many seconds before it (NULL where no stamp goes back so far),
// as stamps.
inline constexpr std::string_view kAgeLimits =
    "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now'), "
    "strftime('%Y-%m-%d %H:%M:%f', 'now', -?1 || ' seconds')";

inline constexpr std::string_view kUseWal = "PRAGMA journal_mode = WAL";

// In a write-ahead log a commit survives the death of its process; with NORMAL a power failure may
// take the last ones.
inline constexpr std::string_view kSyncCheckpoints = "PRAGMA synchronous = NORMAL";
inline constexpr std::string_view kSyncCommits = "PRAGMA synchronous = FULL";

inline constexpr Dialect kDialect = {
    .now = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    .failed_stamp = "strftime('%Y-%m-%d %H:%M:%f', failedMs / 1000.0, 'unixepoch')",
    .greatest = "max",
    .least = "min",
    .new_stamp = "(random() | 1)",
    .parameter = '?'};

// `statement` with its holes filled.
[[nodiscard]] inline std::string with_table(std::string_view statement, std::string_view table) {
  return fill(statement, quoted_name(table), kDialect);
}

}  // namespace crier::sqlite::sql
