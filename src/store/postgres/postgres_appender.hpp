// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include "store/postgres/database.hpp"
#include "store/postgres/statement.hpp"

#include <span>

namespace crier::postgres {

// Appends to the instruction log, in the transaction that is open or in one of its own. As it
// locks the counter's row until that ends, it is the last thing to do.
class PostgresAppender {
 public:
  explicit PostgresAppender(Database& database)
      : append_one_(database, sql::kAppendOne), append_(database, sql::kAppend) {}

  // Returns the id of the last.
  EntryId append(std::span<const NewEntry> entries);
  EntryId append(const NewEntry& entry) { return append(std::span(&entry, 1)); }

 private:
  Statement append_one_;
  Statement append_;
};

}  // namespace crier::postgres
