// SPDX-License-Identifier: MIT
#include "bench/bare_cache.hpp"

namespace crier::bench {

BareCache::BareCache(const std::string& path) : database_(path, "NORMAL") {
  // The clock as crier reads it, once in each statement.
  get_ = database_.prepare(
      "SELECT value FROM crierCache WHERE key = ?1 "
      "AND expiresMs > CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)");
  set_ = database_.prepare(
      "INSERT INTO crierCache (key, stamp, expiresMs, absoluteMs, value) "
      "SELECT ?1, random(), until, until, ?2 FROM "
      "(SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) + 3600000 AS until) "
      "WHERE true ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp, "
      "expiresMs = excluded.expiresMs, absoluteMs = excluded.absoluteMs, value = excluded.value");
}

bool BareCache::get(const std::string& key, std::string& value) {
  sqlite3_stmt* const row = get_.get();
  sqlite3_bind_text(row, 1, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
  const bool found = sqlite3_step(row) == SQLITE_ROW;
  if (found) {
    value.assign(static_cast<const char*>(sqlite3_column_blob(row, 0)),
                 static_cast<std::size_t>(sqlite3_column_bytes(row, 0)));
  }
  sqlite3_reset(row);
  return found;
}

void BareCache::set(const std::string& key, const std::string& value) {
  sqlite3_stmt* const row = set_.get();
  sqlite3_bind_text(row, 1, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
  sqlite3_bind_blob(row, 2, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
  const bool done = sqlite3_step(row) == SQLITE_DONE;
  sqlite3_reset(row);
  database_.check(done);
}

}  // namespace crier::bench
