// SPDX-License-Identifier: MIT
#pragma once

#include "store/postgres/database.hpp"
#include "store/postgres/sql.hpp"

#include <string>

namespace crier::postgres {

// A transaction that writes what nodes tell each other; undone unless it is committed. One at a
// time, as in a SQLite file: what is read in it stays so until it ends. Those who append to the log
// do not wait for it, but it may append itself: the counter's row is the last lock that it takes.
class Write {
 public:
  explicit Write(Database& database) : database_(database) {
    database.query(std::string(sql::kBeginWrite));
  }
  ~Write() { database_.roll_back(); }
  Write(const Write&) = delete;
  Write& operator=(const Write&) = delete;

  void commit() { database_.query("COMMIT"); }

 private:
  Database& database_;
};

}  // namespace crier::postgres
