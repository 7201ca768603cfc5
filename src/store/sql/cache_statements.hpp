// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cache_table.hpp>

#include <string_view>

// The shared cache: the statements, in words that every dialect knows. See terms.hpp for the holes.
namespace crier::sql {

inline constexpr std::string_view kNow = "SELECT {now}";

// Unless it has been set anew or has gone meanwhile.
inline constexpr std::string_view kRenewCached =
    "UPDATE crierCache SET expiresMs = ?3 "
    "WHERE key = ?1 AND stamp = ?2 AND expiresMs < ?3 AND expiresMs > {now}";

// The row stays for those who are about to fill in what they read before.
inline constexpr std::string_view kUncache =
    "INSERT INTO crierCache (key, stamp, expiresMs) VALUES (?1, {newStamp}, {now}) "
    "ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp, expiresMs = excluded.expiresMs, "
    "slidingMs = NULL, absoluteMs = NULL, value = NULL";

// The same, where the value is still this one.
inline constexpr std::string_view kUncacheValue =
    "UPDATE crierCache SET stamp = {newStamp}, expiresMs = {now}, slidingMs = NULL, "
    "absoluteMs = NULL, value = NULL WHERE key = ?1 AND value = ?2";

inline constexpr std::string_view kCacheCleared =
    "INSERT INTO crierCache (key, stamp) VALUES ('', {newStamp}) "
    "ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp";

inline constexpr std::string_view kCacheStats =
    "SELECT count(*) FILTER (WHERE seen), coalesce(sum(bytes) FILTER (WHERE seen), 0), "
    "coalesce(max(bytes) FILTER (WHERE seen), 0), count(slidingMs) FILTER (WHERE seen), "
    "count(*) FILTER (WHERE seen AND expiresMs IS NULL), count(*) FILTER (WHERE NOT seen) "
    "FROM (SELECT length(value) AS bytes, slidingMs, expiresMs, "
    "value IS NOT NULL AND (expiresMs IS NULL OR expiresMs > {now}) AS seen "
    "FROM crierCache WHERE key <> '') AS entries";

// Of a row of kCacheStats.
template <class Row>
CacheStats cache_stats_of(Row& row) {
  return {row.number(0), row.number(1), row.number(2), row.number(3), row.number(4), row.number(5)};
}

}  // namespace crier::sql
