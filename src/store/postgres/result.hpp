// SPDX-License-Identifier: MIT
#pragma once

#include <charconv>
#include <cstdint>
#include <libpq-fe.h>
#include <memory>
#include <string>
#include <string_view>

namespace crier::postgres {

// What a statement brought, all of it.
class Result {
 public:
  explicit Result(PGresult* result) : result_(result) {}

  [[nodiscard]] int rows() const { return PQntuples(result_.get()); }
  [[nodiscard]] bool is_null(int row, int column) const {
    return PQgetisnull(result_.get(), row, column) != 0;
  }
  // Empty if it is NULL. Lives as long as the result.
  [[nodiscard]] std::string_view text(int row, int column) const {
    return {PQgetvalue(result_.get(), row, column),
            static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
  }
  // Of a truth value 1 or 0; 0 if it is NULL.
  [[nodiscard]] std::int64_t number(int row, int column) const {
    const std::string_view digits = text(row, column);
    std::int64_t number = digits == "t" ? 1 : 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
  }
  [[nodiscard]] bool is_error() const {
    const ExecStatusType status = PQresultStatus(result_.get());
    return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY;
  }
  [[nodiscard]] bool is_nothing() const { return result_ == nullptr; }
  // A field of the error, as PG_DIAG_SQLSTATE; empty if there is none.
  [[nodiscard]] std::string error(int field) const {
    const char* const text = PQresultErrorField(result_.get(), field);
    return text == nullptr ? "" : text;
  }
  // How many rows the statement has changed.
  [[nodiscard]] int changed() const {
    const std::string_view digits = PQcmdTuples(result_.get());
    int count = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), count);
    return count;
  }

 private:
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  std::unique_ptr<PGresult, Clear> result_;
};

}  // namespace crier::postgres
