// SPDX-License-Identifier: MIT
#pragma once

#include "store/sql/prepared_statement.hpp"

#include <sqlite3.h>

#include <memory>
#include <string>

namespace crier::sqlite {

// A statement on a connection of SQLite's. Over SQLite's own interface: an application's connection
// is no SQLiteCpp one, and through SQLiteCpp's columns reading a row took twice as long as stepping
// to it. Throws SQLite::Exception.
class Statement final : public sql::PreparedStatement {
 public:
  // REQUIRES: `connection` is open, and stays so.
  Statement(sqlite3* connection, const std::string& text);

  // Values beyond the statement's parameters are left out.
  void start(std::span<const sql::Value> values, sql::Lifetime lifetime) override;
  bool step() override;
  [[nodiscard]] std::int64_t changed() const override;
  void finish() noexcept override;

  [[nodiscard]] bool is_null(int column) const override;
  [[nodiscard]] bool is_text(int column) const override;
  [[nodiscard]] std::int64_t integer(int column) const override;
  [[nodiscard]] std::string_view text(int column) const override;
  [[nodiscard]] std::string bytes(int column) const override;

  [[nodiscard]] bool only_reads() const { return sqlite3_stmt_readonly(statement_.get()) != 0; }

  // Runs it to its end, without values.
  void run();

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  void bind(int index, const sql::Value& value, sql::Lifetime lifetime);
  void check(bool well) const;

  sqlite3* const connection_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int parameters_ = 0;
  bool has_texts_ = false;  // bound, and maybe somebody else's
};

}  // namespace crier::sqlite
