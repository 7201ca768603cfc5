// SPDX-License-Identifier: MIT
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>

namespace crier::bench {

// A database that crier has migrated, through SQLite's own interface with nothing around it. Throws
// what SQLite says of a call that fails.
class BareDatabase {
 public:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Close>;

  // `synchronous` is NORMAL or FULL.
  BareDatabase(const std::string& path, const std::string& synchronous);

  void execute(const std::string& sql);
  [[nodiscard]] Statement prepare(const char* sql);
  void check(bool fine) const;

 private:
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace crier::bench
