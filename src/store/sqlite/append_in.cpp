// SPDX-License-Identifier: MIT
#include "store/sqlite/append_in.hpp"

#include <crier/error.hpp>

#include "store/sqlite/sql.hpp"
#include "store/sqlite/translate.hpp"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <string>
#include <string_view>
#include <sys/stat.h>

namespace crier::sqlite {
namespace {

constexpr const char* kOperation = "append";

bool is_of(const char* file, const Place& place) {
  struct stat open {};
  struct stat ours {};
  return ::stat(file, &open) == 0 && ::stat(place.path.c_str(), &ours) == 0 &&
         open.st_dev == ours.st_dev && open.st_ino == ours.st_ino;
}

// Throws where `connection` is not one on which the entries can ride.
void require_fit(sqlite3* connection, const Place& place) {
  const auto refuse = [](const std::string& why, Error::Kind kind = Error::Kind::invalid_argument) {
    throw Error(kOperation, why, kind);
  };
  if (connection == nullptr) {
    refuse("there is no connection to write on: it is null");
  }
  if (sqlite3_get_autocommit(connection) != 0) {
    refuse("no transaction is open on this connection to '" + place.path +
           "'; write between BEGIN IMMEDIATE and COMMIT");
  }
  const char* const file = sqlite3_db_filename(connection, "main");
  if (file == nullptr || *file == '\0') {
    refuse("this connection's main database is in memory or temporary, and not '" + place.path +
           "'");
  }
  int moved = 0;
  // Fails only where the file system can't tell.
  sqlite3_file_control(connection, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  if (moved != 0) {
    refuse("the database file '" + std::string(file) +
               "' was moved, replaced or removed while this connection had it open; reopen it",
           Error::Kind::replaced);
  }
  if (!is_of(file, place)) {
    refuse("this connection's main database is '" + std::string(file) + "', and not '" +
           place.path + "'");
  }
}

void check_code(sqlite3* connection, int code, int expected = SQLITE_OK) {
  if (code != expected) {
    throw SQLite::Exception(connection, sqlite3_extended_errcode(connection));
  }
}

void run(sqlite3* connection, const char* sql) {
  check_code(connection, sqlite3_exec(connection, sql, nullptr, nullptr, nullptr));
}

// All that is done while it lives is undone unless it is kept, and so is the last_insert_rowid() in
// any case: the application may rely on its own.
class Savepoint {
 public:
  explicit Savepoint(sqlite3* connection)
      : connection_(connection), rowid_(sqlite3_last_insert_rowid(connection)) {
    run(connection, "SAVEPOINT crier_append_in");
  }
  ~Savepoint() {
    // Half of the entries must not be committed, whatever happens.
    if (!kept_ && sqlite3_exec(connection_, "ROLLBACK TO crier_append_in; RELEASE crier_append_in",
                               nullptr, nullptr, nullptr) != SQLITE_OK) {
      sqlite3_exec(connection_, "ROLLBACK", nullptr, nullptr, nullptr);
    }
    sqlite3_set_last_insert_rowid(connection_, rowid_);
  }
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;

  void keep() {
    run(connection_, "RELEASE crier_append_in");
    kept_ = true;
  }

 private:
  sqlite3* const connection_;
  const sqlite3_int64 rowid_;
  bool kept_ = false;
};

class Insert {
 public:
  Insert(sqlite3* connection, const Place& place) : connection_(connection) {
    const std::string sql = sql::with_table(sql::kAppend, place.table);
    check_code(connection, sqlite3_prepare_v2(connection, sql.c_str(), -1, &statement_, nullptr));
  }
  ~Insert() { sqlite3_finalize(statement_); }
  Insert(const Insert&) = delete;
  Insert& operator=(const Insert&) = delete;

  EntryId run(const NewEntry& entry) {
    bind(1, entry.json_instruction);
    bind(2, entry.originated);
    check_code(connection_, sqlite3_bind_int64(statement_, 3, entry.instruction_count));
    check_code(connection_, sqlite3_step(statement_), SQLITE_DONE);
    check_code(connection_, sqlite3_reset(statement_));
    return {sqlite3_last_insert_rowid(connection_)};
  }

 private:
  void bind(int index, const std::string& text) {
    check_code(connection_, sqlite3_bind_text64(statement_, index, text.data(), text.size(),
                                                SQLITE_STATIC, SQLITE_UTF8));
  }

  sqlite3* const connection_;
  sqlite3_stmt* statement_ = nullptr;
};

EntryId insert_all(sqlite3* connection, std::span<const NewEntry> entries, const Place& place) {
  Savepoint savepoint(connection);
  EntryId last;
  {
    Insert insert(connection, place);  // before the savepoint ends: it can't while that runs
    for (const NewEntry& entry : entries) {
      last = insert.run(entry);
    }
  }
  savepoint.keep();
  return last;
}

// The application's own timeouts and interrupts are in force, and not the store's deadline.
Error explain(const SQLite::Exception& error, const Place& place) {
  const std::string path = "'" + place.path + "'";
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
      return translate(kOperation, error, place, Access::read_write, FileState::in_place);
  }
}

}  // namespace

EntryId append_in(sqlite3* connection, std::span<const NewEntry> entries, const Place& place) {
  require_fit(connection, place);
  try {
    return insert_all(connection, entries, place);
  } catch (const SQLite::Exception& error) {
    const Error why = explain(error, place);
    if (sqlite3_get_autocommit(connection) == 0) {
      throw why;
    }
    throw Error(kOperation,
                std::string(why.what()) + "; the whole transaction has been rolled back",
                why.retryable() ? Error::Kind::retryable : Error::Kind::failed);
  }
}

}  // namespace crier::sqlite
