// SPDX-License-Identifier: MIT
#pragma once

#include "store/sql/cache_statements.hpp"

#include <string_view>

// The shared cache: the statements that are PostgreSQL's own. See terms.hpp for the holes.
//
// A key's row is what its writers wait for: each of them is one statement that goes on from what
// the row holds then (READ COMMITTED). Only a fill looks before it writes. That it may do so, the
// row of a stamp that it saw must stay, and nothing may be cleared meanwhile: hence the lock, which
// fills share, and who deletes rows has alone.
namespace crier::postgres::sql {

using namespace crier::sql;  // NOLINT(google-build-using-namespace): one set of statements

inline constexpr std::string_view kBeginFill =
    "BEGIN ISOLATION LEVEL READ COMMITTED; "
    "SELECT pg_advisory_xact_lock_shared(1668441460, 'crierCache'::regclass::oid::int)";
inline constexpr std::string_view kLockFillsOut =
    "SELECT pg_advisory_xact_lock(1668441460, 'crierCache'::regclass::oid::int)";
inline constexpr std::string_view kBegin = "BEGIN ISOLATION LEVEL READ COMMITTED";

// A reader has its value, and waits neither for a lock nor for the disk to say that it was used.
inline constexpr std::string_view kBeginRenewal =
    "BEGIN ISOLATION LEVEL READ COMMITTED; "
    "SET LOCAL lock_timeout = 100; SET LOCAL synchronous_commit = off";

// All that is known of a key, of one moment; 0 for a stamp that is not there. ?2: with the value.
inline constexpr std::string_view kCached =
    "SELECT {now}, coalesce(entry.stamp, 0), expiresMs, slidingMs, absoluteMs, seen, "
    "CASE WHEN ?2 <> 0 AND seen THEN value END, "
    "coalesce((SELECT stamp FROM crierCache WHERE key = ''), 0) "
    "FROM (VALUES (1)) AS one LEFT JOIN (SELECT *, "
    "value IS NOT NULL AND (expiresMs IS NULL OR expiresMs > {now}) AS seen "
    "FROM crierCache WHERE key = ?1) AS entry ON true";

// An empty text stands for NULL.
inline constexpr std::string_view kCache =
    "INSERT INTO crierCache (key, stamp, expiresMs, slidingMs, absoluteMs, value) "
    "VALUES (?1, {newStamp}, nullif(?2::text, '')::bigint, nullif(?3::text, '')::bigint, "
    "nullif(?4::text, '')::bigint, ?5) "
    "ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp, expiresMs = excluded.expiresMs, "
    "slidingMs = excluded.slidingMs, absoluteMs = excluded.absoluteMs, value = excluded.value";

// The same, unless the key's stamp is no longer ?6. Of a key without a row that is 0, which no row
// has: then this inserts, or does nothing.
inline constexpr std::string_view kFillCache =
    "INSERT INTO crierCache (key, stamp, expiresMs, slidingMs, absoluteMs, value) "
    "VALUES (?1, {newStamp}, nullif(?2::text, '')::bigint, nullif(?3::text, '')::bigint, "
    "nullif(?4::text, '')::bigint, ?5) "
    "ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp, expiresMs = excluded.expiresMs, "
    "slidingMs = excluded.slidingMs, absoluteMs = excluded.absoluteMs, value = excluded.value "
    "WHERE crierCache.stamp = ?6";

// min() goes by the index whatever is expected of the parameter.
inline constexpr std::string_view kHasGoneFromCache =
    "SELECT coalesce((SELECT min(expiresMs) FROM crierCache) <= {now} - ?1, false)";

// How many of at most ?1 rows were deleted, and how many of them could be seen. The condition
// twice: of a row that is being set the statement waits for what becomes of it.
inline constexpr std::string_view kDropGone =
    "WITH dropped AS (DELETE FROM crierCache WHERE expiresMs <= {now} - ?2 "
    "AND key = ANY (ARRAY(SELECT key FROM crierCache WHERE expiresMs <= {now} - ?2 "
    "ORDER BY expiresMs LIMIT ?1)) RETURNING 1) SELECT count(*), 0 FROM dropped";
inline constexpr std::string_view kDropAny =
    "WITH dropped AS (DELETE FROM crierCache WHERE "
    "key = ANY (ARRAY(SELECT key FROM crierCache WHERE key > '' ORDER BY key LIMIT ?1)) "
    "RETURNING value IS NOT NULL AND (expiresMs IS NULL OR expiresMs > {now}) AS seen) "
    "SELECT count(*), count(*) FILTER (WHERE seen) FROM dropped";

}  // namespace crier::postgres::sql
