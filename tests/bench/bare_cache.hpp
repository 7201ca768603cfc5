// SPDX-License-Identifier: MIT
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>

namespace crier::bench {

// The table of the shared cache, used by SQLite's own interface with nothing around it, as an
// application would by hand: without renewals, checks, or a second thread in mind.
class BareCache {
 public:
  explicit BareCache(const std::string& path);

  // False where there is none.
  bool get(const std::string& key, std::string& value);
  // Expires in an hour. Commits by itself.
  void set(const std::string& key, const std::string& value);

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Close>;

  Statement prepare(const char* sql);

  std::unique_ptr<sqlite3, Close> database_;
  Statement get_;
  Statement set_;
};

}  // namespace crier::bench
