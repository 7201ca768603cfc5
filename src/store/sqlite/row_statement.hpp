// SPDX-License-Identifier: MIT
#pragma once

#include "store/sqlite/database.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace crier::sqlite {

// A SELECT of the log, prepared when it is first used and kept. Over SQLite's own interface:
// through SQLiteCpp's columns, reading a row took twice as long as stepping to it. Throws
// SQLite::Exception.
class RowStatement {
 public:
  RowStatement(Database& database, std::string_view statement);

  // One execution. Resets the statement when it goes: a read that is left open would hold back the
  // checkpoint.
  class Run {
   public:
    explicit Run(sqlite3_stmt* statement) : statement_(statement) {}
    ~Run() { sqlite3_reset(statement_); }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    // The next row; false where there is none.
    bool step();
    [[nodiscard]] bool is_null(int column) const {
      return sqlite3_column_type(statement_, column) == SQLITE_NULL;
    }
    [[nodiscard]] std::int64_t integer(int column) const {
      return sqlite3_value_int64(value(column));
    }
    // The bytes of any storage class, NUL and broken UTF-8 included; none for a NULL. Valid until
    // the next step.
    [[nodiscard]] std::string_view bytes(int column) const;

   private:
    // One look-up for all that is asked of a column. Unprotected, which is as good where one thread
    // uses the connection at a time (NOMUTEX).
    [[nodiscard]] sqlite3_value* value(int column) const {
      return sqlite3_column_value(statement_, column);
    }

    sqlite3_stmt* const statement_;
  };

  [[nodiscard]] Run run();
  // With the value of ?1.
  [[nodiscard]] Run run(std::int64_t value);

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  sqlite3_stmt* prepared();

  Database& database_;
  const std::string text_;
  std::unique_ptr<sqlite3_stmt, Finalize> prepared_;
};

}  // namespace crier::sqlite
