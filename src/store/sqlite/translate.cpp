// SPDX-License-Identifier: MIT
#include "store/sqlite/translate.hpp"

#include "base/duration.hpp"
#include "base/plain_file.hpp"
#include "store/sqlite/file_fault.hpp"
#include "store/sqlite/statements.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

namespace crier::sqlite {
namespace {

// Whether one of the tables in which nodes meet is not there.
bool is_missing_node_table(const SQLite::Exception& error, const StoreConfig& config) {
  constexpr std::array kTables = {"crierNode",      "crierLease",    "crierPosition", "crierPruned",
                                  "crierWait",      "crierFailure",  "crierCanary",   "crierEvent",
                                  "crierRefresher", "crierProgress", "crierAudit"};
  return std::any_of(kTables.begin(), kTables.end(), [&](const char* table) {
    return error.what() == "no such table: " + in_app(table, config);
  });
}

bool is_missing_cache_table(const SQLite::Exception& error, const StoreConfig& config) {
  return error.what() == in_app("no such table: crierCache", config);
}

}  // namespace

Error translate(const std::string& operation, const SQLite::Exception& error,
                const StoreConfig& config, Access access, FileState file, int system_error) {
  const std::string path = "'" + config.database + "'";
  const std::string_view text = error.what();
  const std::string deadline = duration_text(config.deadline);
  const int code = error.getErrorCode();
  const std::string full = "the disk that holds " + path + " is full; free some space";
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
  if (file == FileState::log_moved) {
    return Error(operation,
                 "the write-ahead log of the database " + path +
                     " (its -wal and -shm files) was moved, replaced or removed while it was open; "
                     "reopen it",
                 Error::Kind::replaced);
  }
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return retryable("the database " + path + " was locked by another process for longer than " +
                       deadline + "; try again");
    case SQLITE_INTERRUPT:
      return retryable("the database " + path + " did not finish in " + deadline + "; try again" +
                       (config.is_hurried() ? "" : ", or give it a longer deadline"));
    case SQLITE_FULL:
      return failed(full);
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
      if (are_descriptors_used_up() || is_passing_file_error(system_error)) {
        return retryable("can't open " + path +
                         ", or a file beside it: " + file_error_text(EMFILE));
      }
      if (const std::string fault = file_fault(config, access); !fault.empty()) {
        return failed(fault);
      }
      if (code == SQLITE_IOERR_GETTEMPPATH) {
        return failed(
            "SQLite has no folder where it may write for a while; set SQLITE_TMPDIR to one");
      }
      if ((code & 0xff) == SQLITE_IOERR && (system_error == ENOSPC || system_error == EDQUOT)) {
        return failed(full);
      }
      if ((code & 0xff) == SQLITE_IOERR && system_error == EFBIG) {
        return failed("can't write to " + path +
                      ", or a file beside it: " + file_error_text(EFBIG));
      }
      if ((code & 0xff) == SQLITE_CANTOPEN && system_error == ENOENT) {
        return retryable("the database " + path +
                         " was opened or closed by others at this moment; try again");
      }
      if (code == SQLITE_READONLY_RECOVERY || code == SQLITE_READONLY_CANTINIT) {
        return retryable("the write-ahead log of the database " + path +
                         " is being opened or closed by others, or was left behind, and only who "
                         "may write it can put it in order; try again, or have its owner run crier "
                         "status");
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
  if (is_missing_node_table(error, config)) {
    return failed("the database " + path +
                  " has no tables for nodes; add them with: " + config.migrate_command);
  }
  if (is_missing_cache_table(error, config)) {
    return failed("the database " + path +
                  " has no table for the shared cache; add it with: " + config.migrate_command);
  }
  if (text == in_app("table crierNode has no column named provedMs", config)) {
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
