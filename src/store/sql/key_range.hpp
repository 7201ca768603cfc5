// SPDX-License-Identifier: MIT
#pragma once

#include "store/sql/value.hpp"

#include <string>
#include <string_view>

namespace crier::sql {

// The keys of the shared cache that begin with `prefix`, which is UTF-8, in the order of their
// bytes. Outlives what it gives.
class KeyRange {
 public:
  explicit KeyRange(std::string_view prefix) : begin_(prefix), end_(prefix) {
    if (!end_.empty()) {
      ++end_.back();  // no byte of UTF-8 is the last one that there is
    }
  }

  [[nodiscard]] Value begin() const { return Value::key(begin_); }
  // The first that no longer does. Bytes are beyond every text in SQLite, and 0xFF is in
  // PostgreSQL.
  [[nodiscard]] Value end() const { return end_.empty() ? Value::bytes("\xff") : Value::key(end_); }

 private:
  const std::string begin_;
  std::string end_;
};

}  // namespace crier::sql
