// SPDX-License-Identifier: MIT
#pragma once

#include "store/sql/terms.hpp"

#include <string>
#include <string_view>

// The statements of the log and of its schema; store/sql/ has those that SQLite shares. See
// terms.hpp for the holes.
namespace crier::postgres::sql {

using namespace crier::sql;  // NOLINT(google-build-using-namespace): one set of statements

// The ids come from the counter's row, whose lock is taken by this statement and held until the
// commit has become visible: so order of ids is order of commits, and a rollback gives them back.
// Whoever waited for the row goes on from what it holds then (READ COMMITTED). The stamp is taken
// under the lock too.
inline constexpr std::string_view kAppend =
    "WITH counter AS (UPDATE crierLog SET newest = newest + cardinality(?1::text[]) "
    "RETURNING newest), added AS ("
    "INSERT INTO {table} (id, utcStamp, jsonInstruction, originated, instructionCount) "
    "SELECT counter.newest - cardinality(?1::text[]) + entry.number, "
    "to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS'), "
    "entry.json, entry.originated, entry.count "
    "FROM counter, unnest(?1::text[], ?2::text[], ?3::bigint[]) WITH ORDINALITY "
    "AS entry (json, originated, count, number)) "
    "SELECT newest FROM counter";

// The same of one entry, for less.
inline constexpr std::string_view kAppendOne =
    "WITH counter AS (UPDATE crierLog SET newest = newest + 1 RETURNING newest), added AS ("
    "INSERT INTO {table} (id, utcStamp, jsonInstruction, originated, instructionCount) "
    "SELECT newest, to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS'), "
    "?1::text, ?2::text, ?3::bigint FROM counter) "
    "SELECT newest FROM counter";

// What append_in() runs on a connection of the application's, whose search_path is its own:
// {schema} is empty or ends in a dot. Only the trigger of the table gives ids.
inline constexpr std::string_view kLogOfApplication =
    "SELECT newest, identity FROM {schema}crierLog";
inline constexpr std::string_view kAppendIn =
    "INSERT INTO {schema}crierPending (jsonInstruction, originated, instructionCount) "
    "VALUES ($1, $2, $3)";

inline constexpr std::string_view kSettle = "SELECT crierSettle(?1)";

// From the end: what was just committed stands there.
inline constexpr std::string_view kFindLast =
    "SELECT id FROM {table} WHERE id > ?1 AND originated = ?2 ORDER BY id DESC LIMIT 1";

// The anchor's JSON is not read: it may be megabytes, and each poll meets it again. ?2: so many
// rows; ?3: so many bytes of JSON after the first entry. Each row says how many there were without
// ?3.
inline constexpr std::string_view kReadAfter =
    "SELECT id, utcStamp, originated, instructionCount, "
    "CASE WHEN id > ?1 THEN jsonInstruction END, rows "
    "FROM (SELECT *, count(*) OVER () AS rows, sum(CASE WHEN id > ?1 THEN "
    "octet_length(jsonInstruction) ELSE 0 END) "
    "OVER (ORDER BY id) AS bytes "
    "FROM (SELECT * FROM {table} WHERE id >= ?1 ORDER BY id LIMIT ?2) AS next) AS page "
    "WHERE id = ?1 OR bytes <= ?3 OR bytes = octet_length(jsonInstruction) ORDER BY id";

inline constexpr std::string_view kReadBefore =
    "SELECT id, utcStamp, originated, instructionCount, jsonInstruction "
    "FROM {table} WHERE id < ?1 ORDER BY id DESC LIMIT ?2";

inline constexpr std::string_view kFind =
    "SELECT id, utcStamp, originated, instructionCount, jsonInstruction "
    "FROM {table} WHERE id = ?1";

// The sum of the first rows that exceed ?3, or of all ?2 rows.
inline constexpr std::string_view kBacklog =
    "SELECT least(coalesce(min(sum) FILTER (WHERE sum > ?3), max(sum), 0), 9223372036854775807)"
    "::bigint FROM (SELECT sum(CASE WHEN ?4 <> '' AND (originated = ?4 OR "
    "starts_with(originated, ?4 || '/')) THEN 0 WHEN instructionCount < 0 THEN 1 "
    "ELSE instructionCount END) OVER (ORDER BY id) FROM "
    "(SELECT * FROM {table} WHERE id > ?1 ORDER BY id LIMIT ?2) AS next) AS sums";

inline constexpr std::string_view kNewest =
    "SELECT id, utcStamp, originated, instructionCount FROM {table} ORDER BY id DESC LIMIT 1";

inline constexpr std::string_view kBounds = "SELECT min(id), max(id) FROM {table}";

// As kAgeLimits of SQLite's: now, and so many seconds before; NULL where no stamp goes back so far.
inline constexpr std::string_view kAgeLimits =
    "SELECT to_char(statement_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS'), "
    "CASE WHEN ?1::float8 < extract(epoch FROM statement_timestamp()) + 62135596800 THEN "
    "to_char((statement_timestamp() - make_interval(secs => ?1::float8)) AT TIME ZONE 'UTC', "
    "'YYYY-MM-DD HH24:MI:SS.MS') END";

// The lock's second number keeps logs in other schemas apart.
inline constexpr std::string_view kBeginWrite =
    "BEGIN ISOLATION LEVEL READ COMMITTED; "
    "SELECT pg_advisory_xact_lock(1668441458, 'crierLog'::regclass::oid::int)";

inline constexpr std::string_view kBeginMigration =
    "BEGIN ISOLATION LEVEL READ COMMITTED; "
    "SELECT pg_advisory_xact_lock(1668441459, hashtext(current_schema()))";

inline constexpr std::string_view kBeginSnapshot =
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

// Not to_regclass(): where the migrator has waited for another one, that may still answer from a
// cache, which the lock that a table takes brings up to date.
inline constexpr std::string_view kHasMigrations =
    "SELECT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'criermigration' "
    "AND pg_table_is_visible(oid))";

inline constexpr std::string_view kMigrations =
    "SELECT version, name, checksum FROM crierMigration ORDER BY version";

inline constexpr std::string_view kRecordMigration =
    "INSERT INTO crierMigration (version, name, checksum) VALUES (?1, ?2, ?3)";

// Of the log's columns those that are there, and whether its counter is.
inline constexpr std::string_view kLogIsThere =
    "SELECT (SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass('{table}') "
    "AND attname IN ('id', 'utcstamp', 'jsoninstruction', 'originated', 'instructioncount') "
    "AND NOT attisdropped) = 5 AND to_regclass('crierLog') IS NOT NULL";

inline constexpr Dialect kDialect = {
    .now = "floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint",
    .failed_stamp =
        "to_char(to_timestamp(failedMs / 1000.0) AT TIME ZONE 'UTC', "
        "'YYYY-MM-DD HH24:MI:SS.MS')",
    .greatest = "greatest",
    .least = "least",
    .new_stamp = "(hashtextextended(gen_random_uuid()::text, 0) | 1)",
    .parameter = '$'};

// For a connection whose search_path is not crier's; `schema` may be empty.
[[nodiscard]] inline std::string in_schema(std::string_view statement, std::string_view schema) {
  std::string filled(statement);
  constexpr std::string_view kHole = "{schema}";
  filled.replace(filled.find(kHole), kHole.size(),
                 schema.empty() ? std::string() : quoted_name(schema) + '.');
  return filled;
}

// `statement` with its holes filled. The name is folded, as PostgreSQL does with what is not
// quoted: people can write it as they like.
[[nodiscard]] inline std::string with_table(std::string_view statement, std::string_view table) {
  return fill(statement, table, kDialect);
}

}  // namespace crier::postgres::sql
