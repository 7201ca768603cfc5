// SPDX-License-Identifier: MIT
#pragma once

// For applications that use SQLiteCpp: the only header of crier's that includes it.

#include <crier/distributed_cache.hpp>

#include <SQLiteCpp/Database.h>

namespace crier {

inline TransactionBatch DistributedCache::batch_in(SQLite::Database& database) {
  return batch_in(database.getHandle());
}

}  // namespace crier
