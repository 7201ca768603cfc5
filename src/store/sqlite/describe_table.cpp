// SPDX-License-Identifier: MIT
#include "store/sqlite/describe_table.hpp"

#include "store/sqlite/sql.hpp"
#include "store/sqlite/sqlite_schema.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <string>

namespace crier::sqlite {
namespace {

bool is_criers(const std::string& name) {
  const std::vector<Migration> known = migrations();
  return std::ranges::any_of(known, [&](const Migration& migration) {
    return migration.sql.find("CREATE TABLE " + name + " (") != std::string::npos;
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

void read_columns(SQLite::Database& database, bool strict, TableInfo& info) {
  SQLite::Statement rows(database, std::string(sql::kColumns));
  rows.bind(1, info.name);
  while (rows.executeStep()) {
    // As SQLite derives a column's affinity from the type's name.
    const bool integer = rows.getColumn(1).getString().find("INT") != std::string::npos;
    info.columns.push_back({.name = rows.getColumn(0).getString(),
                            .key = rows.getColumn(3).getInt(),
                            .not_null = rows.getColumn(2).getInt() != 0,
                            .integer = integer,
                            .only_integers = integer && strict});
  }
}

// Whether the primary key has an index of its own.
bool read_unique(SQLite::Database& database, TableInfo& info) {
  SQLite::Statement rows(database, std::string(sql::kUnique));
  rows.bind(1, info.name);
  bool key_is_indexed = false;
  int last = -1;
  while (rows.executeStep()) {
    if (const int index = rows.getColumn(0).getInt(); index != last) {
      last = index;
      info.unique.emplace_back();
      if (rows.getColumn(2).getInt() != 0) {
        info.unique.back().emplace_back();  // a condition
      }
    }
    key_is_indexed = key_is_indexed || rows.getColumn(1).getString() == "pk";
    info.unique.back().push_back(rows.getColumn(3).getString());
  }
  return key_is_indexed;
}

}  // namespace

TableInfo describe_table(SQLite::Database& database, std::string_view name) {
  SQLite::Statement table(database, std::string(sql::kTable));
  table.bind(1, std::string(name));
  TableInfo info;
  if (!table.executeStep()) {
    return info;
  }
  info.name = table.getColumn(0).getString();
  info.kind = kind_of(info.name, table.getColumn(1).getString());
  read_columns(database, table.getColumn(2).getInt() != 0, info);
  if (!read_unique(database, info)) {
    // A primary key without an index is the row's number itself, which is always an integer.
    const auto key = std::ranges::find(info.columns, 1, &ColumnInfo::key);
    if (key != info.columns.end()) {
      key->not_null = key->only_integers = true;
      info.unique.push_back({key->name});
    }
  }
  return info;
}

}  // namespace crier::sqlite
