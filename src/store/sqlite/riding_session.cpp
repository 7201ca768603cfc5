// SPDX-License-Identifier: MIT
#include "store/sqlite/riding_session.hpp"

#include <crier/error.hpp>

#include "store/sqlite/file_fault.hpp"
#include "store/sqlite/insert.hpp"
#include "store/sqlite/statement.hpp"
#include "store/sqlite/statements.hpp"
#include "store/sqlite/translate.hpp"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <string>
#include <string_view>
#include <sys/stat.h>

namespace crier::sqlite {
namespace {

constexpr const char* kOperation = "append";

bool is_of(const char* file, const StoreConfig& config) {
  struct stat open {};
  struct stat ours {};
  return ::stat(file, &open) == 0 && ::stat(config.database.c_str(), &ours) == 0 &&
         open.st_dev == ours.st_dev && open.st_ino == ours.st_ino;
}

// Throws if `connection` is not one on which the entries can ride.
void require_fit(sqlite3* connection, const StoreConfig& config) {
  const auto refuse = [](const std::string& why, Error::Kind kind = Error::Kind::invalid_argument) {
    throw Error(kOperation, why, kind);
  };
  if (connection == nullptr) {
    refuse("there is no connection to write on: it is null");
  }
  if (sqlite3_get_autocommit(connection) != 0) {
    refuse("no transaction is open on this connection to '" + config.database +
           "'; write between BEGIN IMMEDIATE and COMMIT");
  }
  const char* const file = sqlite3_db_filename(connection, "main");
  if (file == nullptr || *file == '\0') {
    refuse("this connection's main database is in memory or temporary, and not '" +
           config.database + "'");
  }
  int moved = 0;
  // Fails only if the file system can't tell.
  sqlite3_file_control(connection, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  if (moved != 0) {
    refuse("the database file '" + std::string(file) +
               "' was moved, replaced or removed while this connection had it open; reopen it",
           Error::Kind::replaced);
  }
  if (const std::string fault = sharing_fault(file); !fault.empty()) {
    refuse(fault);
  }
  if (!is_of(file, config)) {
    refuse("this connection's main database is '" + std::string(file) + "', and not '" +
           config.database + "'");
  }
}

// The application's own timeouts and interrupts are in force, and not the store's deadline.
Error explain(const SQLite::Exception& error, const StoreConfig& config, int system_error) {
  const std::string path = "'" + config.database + "'";
  // By its file's rights, its flags or a pragma; else it is the files around.
  if (error.getErrorCode() == SQLITE_READONLY) {
    return {kOperation, "this connection to " + path + " may only read; open it for writing",
            Error::Kind::invalid_argument};
  }
  if (std::string_view(error.what()).find("SQL statements in progress") != std::string_view::npos) {
    return {kOperation,
            "a statement of the application's is still running on this connection to " + path +
                "; finish or reset it before the write",
            Error::Kind::invalid_argument};
  }
  switch (error.getErrorCode() & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {kOperation,
              "the database " + path +
                  " is locked by another writer, or has changed since this transaction read it; "
                  "roll back and try again, with BEGIN IMMEDIATE",
              Error::Kind::retryable};
    case SQLITE_INTERRUPT:
      return {kOperation, "the application has interrupted the write to " + path,
              Error::Kind::retryable};
    default:
      return translate(kOperation, error, config, Access::read_write, FileState::in_place,
                       system_error);
  }
}

}  // namespace

RidingSession::RidingSession(sqlite3* connection, const StoreConfig& config)
    : connection_(connection),
      config_(config),
      rowid_(connection == nullptr ? 0 : sqlite3_last_insert_rowid(connection)) {}

RidingSession::~RidingSession() {
  if (connection_ != nullptr) {
    sqlite3_set_last_insert_rowid(connection_, rowid_);
  }
}

void RidingSession::begin_call(const char* /*operation*/) { require_fit(connection_, config_); }

void RidingSession::fail(const char* /*operation*/, const std::exception& error) {
  const auto* const failure = dynamic_cast<const SQLite::Exception*>(&error);
  if (failure == nullptr) {
    return;
  }
  const Error why = explain(*failure, config_, system_error(connection_, failure->getErrorCode()));
  if (sqlite3_get_autocommit(connection_) == 0) {
    throw why;
  }
  throw Error(kOperation, std::string(why.what()) + "; the whole transaction has been rolled back",
              why.retryable() ? Error::Kind::retryable : Error::Kind::failed);
}

std::unique_ptr<sql::PreparedStatement> RidingSession::prepare(std::string_view name) {
  return std::make_unique<Statement>(connection_, statement_text(name, config_));
}

void RidingSession::execute(const std::string& script) {
  if (sqlite3_exec(connection_, script.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw SQLite::Exception(connection_, sqlite3_extended_errcode(connection_));
  }
}

void RidingSession::roll_back() noexcept {
  // Half of the entries must not be committed, whatever happens.
  if (sqlite3_exec(connection_, kUndo, nullptr, nullptr, nullptr) != SQLITE_OK) {
    sqlite3_exec(connection_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

RidingIds RidingSession::append_riding(std::span<const NewEntry> entries) {
  return {insert(connection_, config_, append_, entries), {}};
}

}  // namespace crier::sqlite
