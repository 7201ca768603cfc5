// SPDX-License-Identifier: MIT
#pragma once

#include "store/postgres/database.hpp"
#include "store/postgres/sql.hpp"

#include <string>
#include <string_view>

namespace crier::postgres {

// A transaction that writes what nodes tell each other; undone unless it is committed. One at a
// time, as in a SQLite file: what is read in it stays so until it ends. Those who append to the log
// do not wait for it, but it may append itself: the counter's row is the last lock that it takes.
// With another `begin` it is whatever that begins.
class Write {
 public:
  explicit Write(Database& database, std::string_view begin = sql::kBeginWrite)
      : database_(database) {
    database.query(std::string(begin));
  }
  ~Write() { database_.roll_back(); }
  Write(const Write&) = delete;
  Write& operator=(const Write&) = delete;

  void commit() { database_.query("COMMIT"); }

 private:
  Database& database_;
};

}  // namespace crier::postgres
