// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>
#include <crier/error.hpp>

#include "store/sql/statement.hpp"
#include "store/sqlite/table_info.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <limits>
#include <span>

namespace crier::sqlite {

// Inserts `entries` into the log by the statement "append" on `connection`; returns the id of the
// last. REQUIRES: a transaction is open if the log is another program's.
inline EntryId insert(sqlite3* connection, const StoreConfig& config, sql::Statement& append,
                      std::span<const NewEntry> entries) {
  for (const NewEntry& entry : entries) {
    append.change({entry.json_instruction, entry.originated, entry.instruction_count});
  }
  const EntryId last{sqlite3_last_insert_rowid(connection)};
  if (config.foreign_log && last.value > std::numeric_limits<std::int32_t>::max() &&
      is_umbraco_table(connection, config)) {
    throw Error("append", "the ids of the table '" + config.log + "' in the database '" +
                              config.database +
                              "' have come to the end of 32 bits, beyond which Umbraco's own "
                              "classes read nothing");
  }
  return last;
}

}  // namespace crier::sqlite
