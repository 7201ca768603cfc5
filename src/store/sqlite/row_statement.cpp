// SPDX-License-Identifier: MIT
#include "store/sqlite/row_statement.hpp"

#include "store/sqlite/sql.hpp"

#include <cstddef>

namespace crier::sqlite {
namespace {

void check(sqlite3* connection, bool well) {
  if (!well) {
    throw SQLite::Exception(connection, sqlite3_extended_errcode(connection));
  }
}

}  // namespace

RowStatement::RowStatement(Database& database, std::string_view statement)
    : database_(database), text_(sql::with_table(statement, database.place().table)) {}

RowStatement::Run RowStatement::run() { return Run(prepared()); }

[[gnu::hot]] RowStatement::Run RowStatement::run(std::int64_t value) {
  sqlite3_stmt* const statement = prepared();
  check(sqlite3_db_handle(statement), sqlite3_bind_int64(statement, 1, value) == SQLITE_OK);
  return Run(statement);
}

[[gnu::hot]] sqlite3_stmt* RowStatement::prepared() {
  if (prepared_ == nullptr) {
    sqlite3* const connection = database_.handle().getHandle();
    sqlite3_stmt* statement = nullptr;
    check(connection,
          sqlite3_prepare_v2(connection, text_.c_str(), -1, &statement, nullptr) == SQLITE_OK);
    prepared_.reset(statement);
  }
  return prepared_.get();
}

[[gnu::hot]] bool RowStatement::Run::step() {
  const int code = sqlite3_step(statement_);
  check(sqlite3_db_handle(statement_), code == SQLITE_ROW || code == SQLITE_DONE);
  return code == SQLITE_ROW;
}

[[gnu::hot]] std::string_view RowStatement::Run::bytes(int column) const {
  sqlite3_value* const value = this->value(column);
  const int type = sqlite3_value_type(value);
  if (type == SQLITE_NULL) {
    return {};
  }
  const void* const bytes = type == SQLITE_BLOB
                                ? sqlite3_value_blob(value)
                                : static_cast<const void*>(sqlite3_value_text(value));
  if (bytes == nullptr && type != SQLITE_BLOB) {  // an empty blob has none
    throw SQLite::Exception("out of memory", SQLITE_NOMEM);
  }
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

}  // namespace crier::sqlite
