// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>
#include <crier/error.hpp>

#include "base/quoting.hpp"
#include "store/sql/statement.hpp"
#include "store/sqlite/statement.hpp"
#include "store/sqlite/table_info.hpp"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <cstdint>
#include <limits>
#include <span>
#include <string>

namespace crier::sqlite {

// SQLite says the same of that as of a disk that is full.
inline void refuse_used_up_ids(sqlite3* connection, const StoreConfig& config) {
  const std::string last = std::to_string(std::numeric_limits<std::int64_t>::max());
  Statement used_up(connection, "SELECT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = " +
                                    sql_literal(config.log) + " AND seq = " + last + ")");
  used_up.step();
  if (used_up.integer(0) != 0) {
    throw Error("append", "the log '" + config.log + "' in the database '" + config.database +
                              "' has no ids left, since a row was given an immense one; let the "
                              "nodes go on with a new log: another app or database");
  }
}

// Inserts `entries` into the log by the statement "append" on `connection`; returns the id of the
// last. REQUIRES: a transaction is open if the log is another program's.
inline EntryId insert(sqlite3* connection, const StoreConfig& config, sql::Statement& append,
                      std::span<const NewEntry> entries) {
  try {
    for (const NewEntry& entry : entries) {
      append.change({entry.json_instruction, entry.originated, entry.instruction_count});
    }
  } catch (const SQLite::Exception& error) {
    if (error.getErrorCode() == SQLITE_FULL && !config.foreign_log) {
      refuse_used_up_ids(connection, config);
    }
    throw;
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
