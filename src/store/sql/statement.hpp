// SPDX-License-Identifier: MIT
#pragma once

#include "store/sql/prepared_statement.hpp"
#include "store/sql/session.hpp"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace crier::sql {

// The rows of one execution. Ends it when it goes: a read that is left open would hold back the
// checkpoint of SQLite's write-ahead log.
class Rows {
 public:
  Rows(PreparedStatement& statement, std::span<const Value> values, Lifetime lifetime)
      : statement_(statement) {
    try {
      statement.start(values, lifetime);
    } catch (...) {
      statement.finish();
      throw;
    }
  }
  ~Rows() { statement_.finish(); }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  // See PreparedStatement.
  bool step() { return statement_.step(); }
  [[nodiscard]] bool is_null(int column) const { return statement_.is_null(column); }
  [[nodiscard]] bool is_text(int column) const { return statement_.is_text(column); }
  [[nodiscard]] std::int64_t integer(int column) const { return statement_.integer(column); }
  // Nothing if it is NULL.
  [[nodiscard]] std::optional<std::int64_t> number(int column) const {
    return is_null(column) ? std::nullopt : std::optional(integer(column));
  }
  [[nodiscard]] bool flag(int column) const { return integer(column) != 0; }
  [[nodiscard]] std::string_view text(int column) const { return statement_.text(column); }
  [[nodiscard]] std::string bytes(int column) const { return statement_.bytes(column); }

 private:
  PreparedStatement& statement_;
};

// A statement by its name, prepared when it is first used and kept.
class Statement {
 public:
  // `name` lives as long as the statement.
  Statement(Session& session, std::string_view name) : session_(session), name_(name) {}

  // Runs it; its rows come one by one. One execution at a time.
  [[nodiscard]] Rows run(std::initializer_list<Value> values = {}) {
    return {prepared(), values, Lifetime::call};
  }
  [[nodiscard]] Rows run(std::span<const Value> values) {
    return {prepared(), values, Lifetime::call};
  }
  // Runs a statement that changes rows to its end; returns how many. Copies no text.
  std::int64_t change(std::initializer_list<Value> values = {}) {
    PreparedStatement& statement = prepared();
    Rows rows(statement, values, Lifetime::execution);
    while (rows.step()) {
    }
    return statement.changed();
  }

 private:
  PreparedStatement& prepared() {
    if (prepared_ == nullptr) {
      prepared_ = session_.prepare(name_);
    }
    return *prepared_;
  }

  Session& session_;
  const std::string_view name_;
  std::unique_ptr<PreparedStatement> prepared_;
};

}  // namespace crier::sql
