// SPDX-License-Identifier: MIT
#include "store/sqlite/translate.hpp"

#include "base/duration.hpp"
#include "store/sqlite/file_fault.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace crier::sqlite {
namespace {

// Whether one of the tables in which nodes meet is not there.
bool is_missing_node_table(const SQLite::Exception& error) {
  constexpr std::array kTables = {"crierNode", "crierLease",   "crierPosition", "crierPruned",
                                  "crierWait", "crierFailure", "crierCanary"};
  return std::any_of(kTables.begin(), kTables.end(), [&](const char* table) {
    return error.what() == std::string("no such table: ") + table;
  });
}

bool is_missing_cache_table(const SQLite::Exception& error) {
  return error.what() == std::string_view("no such table: crierCache");
}

}  // namespace

Error translate(const std::string& operation, const SQLite::Exception& error,
                const StoreConfig& config, Access access, FileState file) {
  const std::string path = "'" + config.database + "'";
  const std::string_view text = error.what();
  const std::string deadline = duration_text(config.deadline);
  const int code = error.getErrorCode();
  const auto failed = [&](const std::string& message) { return Error(operation, message); };
  const auto retryable = [&](const std::string& message) {
    return Error(operation, message, Error::Kind::retryable);
  };

  if (file == FileState::moved) {
    return Error(operation,
                 "the database file " + path +
                     " was moved, replaced or removed while it was open; reopen it",
                 Error::Kind::replaced);
  }
  if (file == FileState::truncated) {
    return Error(operation,
                 "the database file " + path +
                     " was truncated while it was open; restore it from a backup, and reopen it",
                 Error::Kind::replaced);
  }
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return retryable("the database " + path + " was locked by another process for longer than " +
                       deadline + "; try again");
    case SQLITE_INTERRUPT:
      return retryable("the database " + path + " did not finish in " + deadline +
                       "; try again, or give it a longer deadline");
    case SQLITE_FULL:
      return failed("the disk that holds " + path + " is full; free some space");
    case SQLITE_CORRUPT:
      return failed("the database " + path + " is damaged (" + std::string(text) +
                    "); restore it from a backup");
    case SQLITE_TOOBIG:
      return Error(operation, "an entry is larger than the database " + path + " can hold",
                   Error::Kind::invalid_argument);
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
    case SQLITE_NOTADB:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      if (code == SQLITE_READONLY && access == Access::read_only) {
        return failed("the database " + path + " was opened for reading only");
      }
      if (const std::string fault = file_fault(config, access); !fault.empty()) {
        return failed(fault);
      }
      if ((code & 0xff) == SQLITE_NOTADB) {
        return failed(path + " is not a SQLite database; check the path");
      }
      break;
    default:
      break;
  }
  if (operation == "migrate" && text.ends_with("already exists")) {
    return failed("the database " + path + " holds what no migration of crier's has recorded (" +
                  std::string(text) + "); restore it from a backup, or rename that table");
  }
  if (is_missing_node_table(error)) {
    return failed("the database " + path +
                  " has no tables for nodes; add them with: " + config.migrate_command);
  }
  if (is_missing_cache_table(error)) {
    return failed("the database " + path +
                  " has no table for the shared cache; add it with: " + config.migrate_command);
  }
  if (text == "table crierNode has no column named provedMs") {
    return failed("the database " + path +
                  " has the tables for nodes of an earlier crier; upgrade them with: " +
                  config.migrate_command);
  }
  if (text.starts_with("no such table")) {
    return failed("the database " + path + " has no table '" + config.log + "'" +
                  (config.foreign_log ? "" : "; create it with: " + config.migrate_command));
  }
  return failed(operation + " failed on the database " + path + ": " + std::string(text) +
                " (SQLite code " + std::to_string(code) + ")");
}

}  // namespace crier::sqlite
