// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

// The statements of the log and of its schema; sql_cluster.hpp has those of the cluster. {table} is
// the instruction table; the other holes are kTerms.
namespace crier::sqlite::sql {

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

inline constexpr std::string_view kUseWal = "PRAGMA journal_mode = WAL";

// In a write-ahead log a commit survives the death of its process; with NORMAL a power failure may
// take the last ones.
inline constexpr std::string_view kSyncCheckpoints = "PRAGMA synchronous = NORMAL";
inline constexpr std::string_view kSyncCommits = "PRAGMA synchronous = FULL";

[[nodiscard]] inline std::string quoted(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) {
    text.append(c == '"' ? 2 : 1, c);
  }
  return text + '"';
}

// What stands for a hole in several statements.
struct Term {
  std::string_view hole;
  std::string_view text;
};

inline constexpr std::array kTerms = {
    // Milliseconds since 1970, by the database's clock; the same throughout a statement.
    Term{"now", "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"},
    // Of a row of crierNode. abs: a clock that was set back must not keep a dead node live.
    Term{"live", "(stoppedMs IS NULL AND abs({now} - beatMs) <= 3 * intervalMs)"},
    // Of a row of crierLease. The upper bound has the same reason.
    Term{"valid", "(expiresMs > {now} AND expiresMs - {now} <= 2 * (expiresMs - heldMs))"},
    // Of a row of crierWait, whose time is a leap year at the most. As above.
    Term{"holds", "(untilMs > {now} AND untilMs - {now} <= 366 * 86400000)"},
    // Of a row of crierNode: whether that one has beaten since the first beat of incarnation ?3.
    // Not
    // in the future: the clock was wrong then.
    Term{"since",
         "(beatMs <= {now} AND beatMs > (SELECT startedMs FROM crierNode "
         "WHERE log = ?1 AND name = ?2 AND incarnation = ?3))"}};

// `statement` with its holes filled.
[[nodiscard]] inline std::string with_table(std::string_view statement, std::string_view table) {
  std::string text;
  for (std::size_t open = 0; (open = statement.find('{')) != std::string_view::npos;) {
    const std::size_t close = statement.find('}', open);
    const std::string_view hole = statement.substr(open + 1, close - open - 1);
    text.append(statement.substr(0, open));
    if (hole == "table") {
      text.append(quoted(table));
    }
    for (const Term& term : kTerms) {
      if (hole == term.hole) {
        text.append(with_table(term.text, table));
      }
    }
    statement.remove_prefix(close + 1);
  }
  return text.append(statement);
}

}  // namespace crier::sqlite::sql
