// SPDX-License-Identifier: MIT
#include "bench/bare_database.hpp"

#include <stdexcept>

namespace crier::bench {

BareDatabase::BareDatabase(const std::string& path, const std::string& synchronous) {
  sqlite3* opened = nullptr;
  const int result =
      sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  database_.reset(opened);
  check(result == SQLITE_OK);
  sqlite3_busy_timeout(opened, 10'000);  // a hundred may open it at once
  execute("PRAGMA synchronous = " + synchronous);
}

void BareDatabase::execute(const std::string& sql) {
  check(sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
}

BareDatabase::Statement BareDatabase::prepare(const char* sql) {
  sqlite3_stmt* prepared = nullptr;
  const int result = sqlite3_prepare_v2(database_.get(), sql, -1, &prepared, nullptr);
  check(result == SQLITE_OK);
  return Statement(prepared);
}

void BareDatabase::check(bool fine) const {
  if (!fine) {
    throw std::runtime_error(std::string("bare SQLite: ") + sqlite3_errmsg(database_.get()));
  }
}

}  // namespace crier::bench
