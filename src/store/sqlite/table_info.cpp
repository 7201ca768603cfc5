// SPDX-License-Identifier: MIT
#include "store/sqlite/table_info.hpp"

#include "base/ascii.hpp"
#include "base/one_line.hpp"
#include "base/quoting.hpp"
#include "store/sql/statement.hpp"
#include "store/sqlite/migrations.hpp"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <algorithm>
#include <string>
#include <vector>

namespace crier::sqlite {
namespace {

// Not of a migration: the SQL that crier sql-trigger prints makes it, in any database.
constexpr std::string_view kTriggers = "crierTrigger";

// Of any application's.
bool is_criers(const std::string& name) {
  const std::size_t begin = name.rfind('_') + 1;  // 0 if there is none
  const std::string bare = name.substr(begin);
  const std::vector<Migration> known = migrations();
  return bare == kTriggers || std::ranges::any_of(known, [&](const Migration& migration) {
           return migration.sql.find("CREATE TABLE " + bare + " (") != std::string::npos;
         });
}

TableInfo::Kind kind_of(const std::string& name, const std::string& type) {
  if (name.starts_with("sqlite_") || is_criers(name)) {
    return TableInfo::Kind::reserved;
  }
  if (type == "table") {
    return TableInfo::Kind::table;
  }
  return type == "view" ? TableInfo::Kind::view : TableInfo::Kind::virtual_table;
}

void read_columns(sql::Session& session, bool strict, TableInfo& info) {
  sql::Statement columns(session, "columns");
  for (sql::Rows row = columns.run({info.name}); row.step();) {
    // As SQLite derives a column's affinity from the type's name.
    const bool integer = row.text(1).find("INT") != std::string_view::npos;
    info.columns.push_back({.name = std::string(row.text(0)),
                            .key = static_cast<int>(row.integer(3)),
                            .not_null = row.flag(2),
                            .integer = integer,
                            .only_integers = integer && strict});
  }
}

// Whether the primary key has an index of its own.
bool read_unique(sql::Session& session, TableInfo& info) {
  sql::Statement unique(session, "unique");
  bool key_is_indexed = false;
  std::int64_t last = -1;
  for (sql::Rows row = unique.run({info.name}); row.step();) {
    if (const std::int64_t index = row.integer(0); index != last) {
      last = index;
      info.unique.emplace_back();
      if (row.flag(2)) {
        info.unique.back().emplace_back();  // a condition
      }
    }
    key_is_indexed = key_is_indexed || row.text(1) == "pk";
    info.unique.back().emplace_back(row.text(3));
  }
  return key_is_indexed;
}

}  // namespace

TableInfo describe_table(sql::Session& session, std::string_view name) {
  sql::Statement table(session, "table");
  TableInfo info;
  bool strict = false;
  {
    sql::Rows row = table.run({name});
    if (!row.step()) {
      return info;
    }
    info.name = row.text(0);
    info.kind = kind_of(info.name, std::string(row.text(1)));
    strict = row.flag(2);
  }
  read_columns(session, strict, info);
  if (!read_unique(session, info)) {
    // A primary key without an index is the row's number itself, which is always an integer.
    const auto key = std::ranges::find(info.columns, 1, &ColumnInfo::key);
    if (key != info.columns.end()) {
      key->not_null = key->only_integers = true;
      info.unique.push_back({key->name});
    }
  }
  return info;
}

std::string table_fault(sqlite3* handle, const StoreConfig& config) {
  const std::string table =
      "the table '" + config.log + "' in the database '" + config.database + "'";
  int grows = 0;
  const auto has = [&](const char* column) {
    const int code =
        sqlite3_table_column_metadata(handle, "main", config.log.c_str(), column, nullptr, nullptr,
                                      nullptr, nullptr, column == nullptr ? nullptr : &grows);
    if (code != SQLITE_OK && code != SQLITE_ERROR) {
      throw SQLite::Exception(handle, code);
    }
    return code == SQLITE_OK;
  };

  if (!has(nullptr)) {
    return "there is no table '" + config.log + "' in the database '" + config.database +
           "'; the URL's ?table= must name an instruction table";
  }
  for (const char* column :
       {"utcStamp", "jsonInstruction", "originated", "instructionCount", "id"}) {
    if (!has(column)) {
      return table + " has no column '" + column + "', so it is not an instruction table";
    }
  }
  if (grows == 0) {
    return "the column 'id' of " + table +
           " is not INTEGER PRIMARY KEY AUTOINCREMENT, so ids could be used again";
  }
  return {};
}

std::vector<std::string> lost_triggers(sql::Session& session, const StoreConfig& config) {
  std::vector<std::string> problems;
  try {
    sql::Statement lost(session, "lost_triggers");
    for (sql::Rows row = lost.run(); row.step();) {
      problems.push_back(
          "the triggers on the table '" + one_line(row.text(0)) + "' in the database '" +
          config.database +
          "' are gone, so that nobody is told of its changes; what this prints makes "
          "them again: " +
          shell_line(one_line(row.text(1))));
    }
  } catch (const std::exception& error) {
    if (!session.is_missing_table(error)) {
      throw;
    }
  }
  return problems;
}

// No column says how wide an id may be: it stands in the JSON, and Umbraco's class has 32 bits.
bool is_umbraco_table(sqlite3* handle, const StoreConfig& config) {
  const auto type_has = [&](const char* column, std::string_view word) {
    const char* type = nullptr;
    return sqlite3_table_column_metadata(handle, "main", config.log.c_str(), column, &type, nullptr,
                                         nullptr, nullptr, nullptr) == SQLITE_OK &&
           type != nullptr && holds_ignoring_case(type, word);
  };
  const auto is_string = [&](const char* column) {
    return type_has(column, "TEXT") || type_has(column, "CHAR");
  };
  const std::string bare = config.log.substr(config.log.rfind('_') + 1);
  return same_ignoring_case(config.log, "umbracoCacheInstruction") ||
         (!same_ignoring_case(bare, "crierCacheInstruction") && is_string("jsonInstruction") &&
          is_string("originated") && type_has("instructionCount", "INT"));
}

}  // namespace crier::sqlite
