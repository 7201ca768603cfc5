// SPDX-License-Identifier: MIT
#pragma once

#include "store/postgres/database.hpp"
#include "store/postgres/postgres_appender.hpp"
#include "store/postgres/sql.hpp"
#include "store/postgres/statement.hpp"
#include "store/postgres/translate.hpp"
#include "store/postgres/write.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace crier::postgres {

// What store/sql/ is made with here.
struct Dialect {
  using Database = postgres::Database;
  using Statement = postgres::Statement;
  using Write = postgres::Write;
  using Appender = PostgresAppender;
  using Exception = Failure;

  // All reads see the same as long as it lives.
  class Snapshot {
   public:
    explicit Snapshot(Database& database) : database_(database) {
      database.query(std::string(sql::kBeginSnapshot));
    }
    ~Snapshot() { database_.roll_back(); }
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

   private:
    Database& database_;
  };

  static constexpr std::string_view kAgeLimits = sql::kAgeLimits;
  // As many as a prune may take: no publisher waits for a delete.
  static constexpr std::size_t kRowsPerDelete = 100'000;

  [[nodiscard]] static bool is_missing_node_table(const Exception& error) {
    return is_missing_table(error);
  }
};

}  // namespace crier::postgres
