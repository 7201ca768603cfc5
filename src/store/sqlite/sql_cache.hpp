// SPDX-License-Identifier: MIT
#pragma once

#include "store/sql/cache_statements.hpp"

#include <string_view>

// The shared cache: the statements that are SQLite's own. See terms.hpp for the holes.
namespace crier::sqlite::sql {

using namespace crier::sql;  // NOLINT(google-build-using-namespace): one set of statements

// Judged by whoever reads it: `now` is worked out once, and comes with the row. The value last, so
// that what is gone is told without reading it.
inline constexpr std::string_view kCached =
    "SELECT {now}, stamp, expiresMs, slidingMs, absoluteMs, value IS NULL, value "
    "FROM crierCache WHERE key = ?1";

// Of one moment. 0 for a key that is not there.
inline constexpr std::string_view kCacheStamps =
    "SELECT {now}, ifnull((SELECT stamp FROM crierCache WHERE key = ?1), 0), "
    "ifnull((SELECT stamp FROM crierCache WHERE key = ''), 0)";

// In place, so that an entry that is set again and again leaves no holes.
inline constexpr std::string_view kCache =
    "INSERT INTO crierCache (key, stamp, expiresMs, slidingMs, absoluteMs, value) "
    "VALUES (?1, {newStamp}, ?2, ?3, ?4, ?5) "
    "ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp, expiresMs = excluded.expiresMs, "
    "slidingMs = excluded.slidingMs, absoluteMs = excluded.absoluteMs, value = excluded.value";

// Called one after the other, each with the row that goes.
inline constexpr std::string_view kGoneFromCache =
    "SELECT id FROM crierCache WHERE expiresMs <= {now} - ?1 ORDER BY expiresMs LIMIT 1";
inline constexpr std::string_view kAnyCached =
    "SELECT id, value IS NOT NULL AND (expiresMs IS NULL OR expiresMs > {now}) "
    "FROM crierCache WHERE key > '' ORDER BY key LIMIT 1";
inline constexpr std::string_view kDropCached = "DELETE FROM crierCache WHERE id = ?1";

}  // namespace crier::sqlite::sql
