// batch_in(SQLite::Database&) needs #include <crier/sqlitecpp.hpp>
#include <crier/crier.hpp>

void write(crier::DistributedCache& cache, SQLite::Database& database) {
  cache.batch_in(database).write();
}
