// batch_in(SQLite::Database&) needs #include <crier/sqlitecpp.hpp>
// SPDX-License-Identifier: MIT
#include <crier/crier.hpp>

void write(crier::DistributedCache& cache, SQLite::Database& database) {
  cache.batch_in(database).write();
}
