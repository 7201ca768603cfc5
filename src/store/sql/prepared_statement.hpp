// SPDX-License-Identifier: MIT
#pragma once

#include "store/sql/value.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace crier::sql {

// How long the texts that are bound to a statement live.
enum class Lifetime : std::uint8_t {
  call,       // no longer than the call that binds them: they are copied
  execution,  // until finish()
};

// A statement that a session has prepared: what a driver implements. Columns count from 0 and may
// be read after a step() that returned true. Throws the driver's own exceptions: see
// Session::call().
class PreparedStatement {
 public:
  virtual ~PreparedStatement() = default;

  // Begins an execution with these values for parameters 1, 2, ...
  virtual void start(std::span<const Value> values, Lifetime lifetime) = 0;
  // Goes on to the next row; false if there is none.
  virtual bool step() = 0;
  // Number of rows that the execution has changed, once step() has returned false.
  [[nodiscard]] virtual std::int64_t changed() const = 0;
  // Ends the execution, finished or not.
  virtual void finish() noexcept = 0;

  [[nodiscard]] virtual bool is_null(int column) const = 0;
  // Whether the value is a text: a column of SQLite's may hold anything.
  [[nodiscard]] virtual bool is_text(int column) const = 0;
  // A truth value is 1 or 0; NULL is 0.
  [[nodiscard]] virtual std::int64_t integer(int column) const = 0;
  // The value's text as it stands, NUL and broken UTF-8 included; empty if it is NULL. Valid until
  // the next step() or finish().
  [[nodiscard]] virtual std::string_view text(int column) const = 0;
  // The value of a column of bytes.
  [[nodiscard]] virtual std::string bytes(int column) const = 0;
};

}  // namespace crier::sql
