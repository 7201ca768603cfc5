// SPDX-License-Identifier: MIT
#pragma once

#include "store/sqlite/database.hpp"
#include "store/sqlite/sql.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/VariadicBind.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crier::sqlite {

// A statement, prepared when it is first used and kept.
class Statement {
 public:
  Statement(Database& database, std::string_view statement)
      : database_(database), text_(sql::with_table(statement, database.place().table)) {}

  // One execution; used like a pointer. Resets the statement when it goes: a read that is left
  // open would hold back the checkpoint. Unbinds it too: it may be bound to the caller's bytes.
  class Run {
   public:
    template <class... Values>
    explicit Run(SQLite::Statement& statement, const Values&... values) : statement_(statement) {
      SQLite::bind(statement, values...);
    }
    ~Run() {
      statement_.tryReset();
      statement_.clearBindings();
    }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;
    // As every dialect's rows are read: false where there is no further one.
    bool step() { return statement_.executeStep(); }
    [[nodiscard]] std::int64_t number(int column) {
      return statement_.getColumn(column).getInt64();
    }
    [[nodiscard]] std::string text(int column) { return statement_.getColumn(column).getString(); }
    [[nodiscard]] bool is_text(int column) { return statement_.getColumn(column).isText(); }
    [[nodiscard]] bool is_null(int column) { return statement_.isColumnNull(column); }

    SQLite::Statement* operator->() { return &statement_; }
    SQLite::Statement& operator*() { return statement_; }

   private:
    SQLite::Statement& statement_;
  };

  // Binds copies of `values`, in order.
  template <class... Values>
  [[nodiscard]] Run run(const Values&... values) {
    if (!prepared_) {
      prepared_.emplace(database_.handle(), text_);
    }
    return Run(*prepared_, values...);
  }

  // Runs a statement that changes rows; how many.
  template <class... Values>
  int change(const Values&... values) {
    return run(values...)->exec();
  }

 private:
  Database& database_;
  const std::string text_;
  std::optional<SQLite::Statement> prepared_;
};

}  // namespace crier::sqlite
