// SPDX-License-Identifier: MIT
#pragma once

#include "store/sqlite/database.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/sqlite_appender.hpp"
#include "store/sqlite/statement.hpp"
#include "store/sqlite/translate.hpp"
#include "store/sqlite/write.hpp"

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Transaction.h>

#include <cstddef>
#include <string_view>

namespace crier::sqlite {

// What store/sql/ is made with here.
struct Dialect {
  using Database = sqlite::Database;
  using Statement = sqlite::Statement;
  using Write = sqlite::Write;
  using Appender = SqliteAppender;
  using Exception = SQLite::Exception;

  // All reads see the same as long as it lives.
  class Snapshot {
   public:
    explicit Snapshot(Database& database) : transaction_(database.handle()) {}

   private:
    SQLite::Transaction transaction_;
  };

  static constexpr std::string_view kAgeLimits = sql::kAgeLimits;
  // One by one: publishers wait for the lock that a delete holds.
  static constexpr std::size_t kRowsPerDelete = 1;

  [[nodiscard]] static bool is_missing_node_table(const Exception& error) {
    return sqlite::is_missing_node_table(error);
  }
};

}  // namespace crier::sqlite
