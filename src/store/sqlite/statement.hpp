// SPDX-License-Identifier: MIT
#pragma once

#include "store/sqlite/database.hpp"
#include "store/sqlite/sql.hpp"

#include <SQLiteCpp/Statement.h>

#include <optional>
#include <string>
#include <string_view>

namespace crier::sqlite {

// A statement on the instruction table, prepared when it is first used and kept.
class Statement {
 public:
  Statement(Database& database, std::string_view statement)
      : database_(database), text_(sql::with_table(statement, database.place().table)) {}

  // One execution; used like a pointer. Resets the statement when it goes: a read that is left
  // open would hold back the checkpoint. Unbinds it too: it may be bound to the caller's bytes.
  class Run {
   public:
    explicit Run(SQLite::Statement& statement) : statement_(statement) {}
    ~Run() {
      statement_.tryReset();
      statement_.clearBindings();
    }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;
    SQLite::Statement* operator->() { return &statement_; }
    SQLite::Statement& operator*() { return statement_; }

   private:
    SQLite::Statement& statement_;
  };

  [[nodiscard]] Run run() {
    if (!prepared_) {
      prepared_.emplace(database_.handle(), text_);
    }
    return Run(*prepared_);
  }

 private:
  Database& database_;
  const std::string text_;
  std::optional<SQLite::Statement> prepared_;
};

}  // namespace crier::sqlite
