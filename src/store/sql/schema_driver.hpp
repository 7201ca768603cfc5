// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/schema.hpp>
#include <crier/error.hpp>

#include <string>
#include <string_view>

namespace crier::sql {

// What databases do differently with crier's tables. Part of a session: one thread at a time,
// within Session::call().
class SchemaDriver {
 public:
  virtual ~SchemaDriver() = default;

  // Makes the database ready for the migrations that are to come, if any.
  virtual void prepare_database(bool are_any_pending) = 0;
  // What keeps the instruction table from being one: a sentence; empty if nothing does.
  virtual std::string log_fault() = 0;
  virtual TableInfo describe(std::string_view /*table*/) {
    throw Error("describe", "this store has no way to describe a table");
  }
};

}  // namespace crier::sql
