// SPDX-License-Identifier: MIT
#pragma once

#include "store/postgres/bound_values.hpp"
#include "store/postgres/result.hpp"
#include "store/sql/prepared_statement.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace crier::postgres {

// How many parameters a statement has: the greatest number after a '$'.
[[nodiscard]] std::size_t parameters_in(std::string_view text);

// A statement whose result is there as a whole once it has started: what sessions differ in is how
// they run it. Throws Failure.
class Statement : public sql::PreparedStatement {
 public:
  explicit Statement(std::string text);

  // Values beyond the statement's parameters are left out.
  void start(std::span<const sql::Value> values, sql::Lifetime lifetime) final;
  bool step() final { return ++row_ < result_.rows(); }
  [[nodiscard]] std::int64_t changed() const final { return result_.changed(); }
  void finish() noexcept final { result_ = Result(nullptr); }

  [[nodiscard]] bool is_null(int column) const final { return result_.is_null(row_, column); }
  [[nodiscard]] bool is_text(int column) const final { return !is_null(column); }
  [[nodiscard]] std::int64_t integer(int column) const final {
    return result_.number(row_, column);
  }
  [[nodiscard]] std::string_view text(int column) const final { return result_.text(row_, column); }
  [[nodiscard]] std::string bytes(int column) const final;

 protected:
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  virtual Result execute(const BoundValues& values) = 0;

  const std::string text_;
  std::size_t parameters_ = 0;
  BoundValues values_;
  Result result_{nullptr};
  int row_ = -1;
};

}  // namespace crier::postgres
