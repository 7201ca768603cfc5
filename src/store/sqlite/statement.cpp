// SPDX-License-Identifier: MIT
#include "store/sqlite/statement.hpp"

#include <SQLiteCpp/Exception.h>

#include <algorithm>
#include <cstddef>

namespace crier::sqlite {
namespace {

// SQLite's macro for bytes that it must copy is an old-style cast.
const auto kCopied = reinterpret_cast<sqlite3_destructor_type>(std::intptr_t{-1});
constexpr sqlite3_destructor_type kOurs = nullptr;

// One look-up for all that is asked of a column. Unprotected, which is as good if one thread uses
// the connection at a time (NOMUTEX).
std::string_view bytes_of(sqlite3_value* value) {
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

}  // namespace

Statement::Statement(sqlite3* connection, const std::string& text) : connection_(connection) {
  sqlite3_stmt* statement = nullptr;
  check(sqlite3_prepare_v2(connection, text.c_str(), static_cast<int>(text.size()) + 1, &statement,
                           nullptr) == SQLITE_OK);
  statement_.reset(statement);
  parameters_ = sqlite3_bind_parameter_count(statement);
}

void Statement::start(std::span<const sql::Value> values, sql::Lifetime lifetime) {
  const int count = std::min(static_cast<int>(values.size()), parameters_);
  for (int i = 0; i < count; ++i) {
    bind(i + 1, values[static_cast<std::size_t>(i)], lifetime);
  }
}

void Statement::bind(int index, const sql::Value& value, sql::Lifetime lifetime) {
  sqlite3_stmt* const statement = statement_.get();
  const sqlite3_destructor_type whose = lifetime == sql::Lifetime::call ? kCopied : kOurs;
  // Null would be NULL, and no bytes at all.
  const char* const text = value.text.empty() ? "" : value.text.data();
  int code = SQLITE_OK;
  switch (value.kind) {
    case sql::Value::Kind::null:
      code = sqlite3_bind_null(statement, index);
      break;
    case sql::Value::Kind::integer:
      code = sqlite3_bind_int64(statement, index, value.integer);
      break;
    case sql::Value::Kind::real:
      code = sqlite3_bind_double(statement, index, value.real);
      break;
    case sql::Value::Kind::text:
    case sql::Value::Kind::key:
    case sql::Value::Kind::literal:
      has_texts_ = true;
      code = sqlite3_bind_text64(statement, index, text, value.text.size(), whose, SQLITE_UTF8);
      break;
    case sql::Value::Kind::bytes:
      has_texts_ = true;
      code = sqlite3_bind_blob64(statement, index, text, value.text.size(), whose);
      break;
  }
  check(code == SQLITE_OK);
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  check(code == SQLITE_ROW || code == SQLITE_DONE);
  return code == SQLITE_ROW;
}

std::int64_t Statement::changed() const { return sqlite3_changes64(connection_); }

void Statement::finish() noexcept {
  sqlite3_reset(statement_.get());
  if (has_texts_) {
    sqlite3_clear_bindings(statement_.get());
    has_texts_ = false;
  }
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

bool Statement::is_text(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_TEXT;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_value_int64(sqlite3_column_value(statement_.get(), column));
}

std::string_view Statement::text(int column) const {
  return bytes_of(sqlite3_column_value(statement_.get(), column));
}

std::string Statement::bytes(int column) const { return std::string(text(column)); }

void Statement::run() {
  try {
    while (step()) {
    }
  } catch (...) {
    finish();
    throw;
  }
  finish();
}

void Statement::check(bool well) const {
  if (!well) {
    throw SQLite::Exception(connection_, sqlite3_extended_errcode(connection_));
  }
}

}  // namespace crier::sqlite
