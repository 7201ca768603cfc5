// SPDX-License-Identifier: MIT
#pragma once

#include "store/postgres/database.hpp"
#include "store/postgres/sql.hpp"

#include <array>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace crier::postgres {

// A statement, prepared when a connection first runs it.
class Statement {
 public:
  Statement(Database& database, std::string_view statement)
      : database_(database), sql_(sql::with_table(statement, database.place().table)) {}

  // What one execution brought, row by row.
  class Run {
   public:
    explicit Run(Result result) : result_(std::move(result)) {}
    bool step() { return ++row_ < result_.rows(); }
    [[nodiscard]] std::int64_t number(int column) const { return result_.number(row_, column); }
    [[nodiscard]] std::string text(int column) const {
      return std::string(result_.text(row_, column));
    }
    [[nodiscard]] std::string_view view(int column) const { return result_.text(row_, column); }
    [[nodiscard]] bool is_text(int column) const { return !is_null(column); }
    [[nodiscard]] bool is_null(int column) const { return result_.is_null(row_, column); }

   private:
    Result result_;
    int row_ = -1;
  };

  template <class... Values>
  [[nodiscard]] Run run(Values&&... values) {
    return Run(execute(std::forward<Values>(values)...));
  }

  // Runs a statement that changes rows; how many.
  template <class... Values>
  int change(Values&&... values) {
    return execute(std::forward<Values>(values)...).changed();
  }

 private:
  static std::string as_text(std::string text) { return text; }
  template <class Number>
  requires std::integral<Number> || std::floating_point<Number>
  static std::string as_text(Number number) { return std::to_string(number); }

  template <class... Values>
  static std::array<std::string, sizeof...(Values)> texts_of(Values&&... values) {
    return {as_text(std::forward<Values>(values))...};
  }

  template <class... Values>
  Result execute(Values&&... values) {
    return database_.run(sql_, texts_of(std::forward<Values>(values)...));
  }

  Database& database_;
  const std::string sql_;
};

}  // namespace crier::postgres
