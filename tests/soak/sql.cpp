// SPDX-License-Identifier: MIT
#include "soak/sql.hpp"

#include <stdexcept>

namespace crier::soak {

std::unique_ptr<Sql> Sql::open(const std::string& store) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (store.starts_with(kSqlite)) {
    return sqlite_sql(store.substr(kSqlite.size()));
  }
#ifdef CRIER_HAS_POSTGRES
  return postgres_sql(store);
#else
  throw std::runtime_error("this build has no PostgreSQL");
#endif
}

Transaction::~Transaction() {
  if (!committed_) {
    try {
      sql_.exec("ROLLBACK");
    } catch (const std::runtime_error&) {  // NOLINT(bugprone-empty-catch): it went with its session
    }
  }
}

}  // namespace crier::soak
