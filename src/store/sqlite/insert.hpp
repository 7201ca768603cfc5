// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include "store/sql/statement.hpp"

#include <sqlite3.h>

#include <span>

namespace crier::sqlite {

// Inserts `entries` into the log by the statement "append" on `connection`; returns the id of the
// last.
inline EntryId insert(sqlite3* connection, sql::Statement& append,
                      std::span<const NewEntry> entries) {
  for (const NewEntry& entry : entries) {
    append.change({entry.json_instruction, entry.originated, entry.instruction_count});
  }
  return {sqlite3_last_insert_rowid(connection)};
}

}  // namespace crier::sqlite
