// SPDX-License-Identifier: MIT
#pragma once

// For applications that use SQLiteCpp: the only header of crier's that includes it.

#include <crier/distributed_cache.hpp>

#include <SQLiteCpp/Database.h>

namespace crier {

// How DistributedCache::batch_in(SQLite::Database&) reaches the connection.
template <class Database>
struct detail::SqliteHandle {
  static sqlite3* of(SQLite::Database& database) { return database.getHandle(); }
};

}  // namespace crier
