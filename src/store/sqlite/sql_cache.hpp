// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

// The shared cache: the statements. See sql.hpp for the holes.
namespace crier::sqlite::sql {

inline constexpr std::string_view kNow = "SELECT {now}";

// Judged by whoever reads it: `now` is worked out once, and comes with the row. The value last, so
// that what is gone is told without reading it.
inline constexpr std::string_view kCached =
    "SELECT {now}, stamp, expiresMs, slidingMs, absoluteMs, value IS NULL, value "
    "FROM crierCache WHERE key = ?1";

// Of one moment. 0 for a key that is not there.
inline constexpr std::string_view kCacheStamps =
    "SELECT {now}, ifnull((SELECT stamp FROM crierCache WHERE key = ?1), 0), "
    "ifnull((SELECT stamp FROM crierCache WHERE key = ''), 0)";

// Unless it has been set anew or has gone meanwhile.
inline constexpr std::string_view kRenewCached =
    "UPDATE crierCache SET expiresMs = ?3 "
    "WHERE key = ?1 AND stamp = ?2 AND expiresMs < ?3 AND expiresMs > {now}";

// Never 0. In place, so that an entry that is set again and again leaves no holes.
inline constexpr std::string_view kCache =
    "INSERT INTO crierCache (key, stamp, expiresMs, slidingMs, absoluteMs, value) "
    "VALUES (?1, random() | 1, ?2, ?3, ?4, ?5) "
    "ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp, expiresMs = excluded.expiresMs, "
    "slidingMs = excluded.slidingMs, absoluteMs = excluded.absoluteMs, value = excluded.value";

// The row stays for those who are about to fill in what they read before.
inline constexpr std::string_view kUncache =
    "INSERT INTO crierCache (key, stamp, expiresMs) VALUES (?1, random() | 1, {now}) "
    "ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp, expiresMs = excluded.expiresMs, "
    "slidingMs = NULL, absoluteMs = NULL, value = NULL";

inline constexpr std::string_view kCacheCleared =
    "INSERT INTO crierCache (key, stamp) VALUES ('', random() | 1) "
    "ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp";

// Called one after the other, each with the row that goes.
inline constexpr std::string_view kGoneFromCache =
    "SELECT id FROM crierCache WHERE expiresMs <= {now} - ?1 ORDER BY expiresMs LIMIT 1";
inline constexpr std::string_view kAnyCached =
    "SELECT id, value IS NOT NULL AND (expiresMs IS NULL OR expiresMs > {now}) "
    "FROM crierCache WHERE key > '' ORDER BY key LIMIT 1";
inline constexpr std::string_view kDropCached = "DELETE FROM crierCache WHERE id = ?1";

inline constexpr std::string_view kCacheStats =
    "SELECT count(*) FILTER (WHERE seen), ifnull(sum(bytes) FILTER (WHERE seen), 0), "
    "ifnull(max(bytes) FILTER (WHERE seen), 0), count(slidingMs) FILTER (WHERE seen), "
    "count(*) FILTER (WHERE seen AND expiresMs IS NULL), count(*) FILTER (WHERE NOT seen) "
    "FROM (SELECT length(value) AS bytes, slidingMs, expiresMs, "
    "value IS NOT NULL AND (expiresMs IS NULL OR expiresMs > {now}) AS seen "
    "FROM crierCache WHERE key <> '')";

}  // namespace crier::sqlite::sql
