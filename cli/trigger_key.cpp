// SPDX-License-Identifier: MIT
#include "trigger_key.hpp"

#include "arguments.hpp"
#include "base/ascii.hpp"
#include "printable.hpp"

#include <algorithm>

namespace crier::cli {

namespace {

std::string shown(std::string_view name) { return in_quotes(name, 100); }

}  // namespace

void require_plain(std::string_view name) {
  std::string text(name);
  std::erase_if(text, [](char c) { return c == '\n' || c == '\t'; });
  if (printable(text) != text) {
    throw usage_error("the name " + shown(name) +
                      " holds control characters, or bytes that are not UTF-8: rename it");
  }
}

void require_table(const TableInfo& table, std::string_view log) {
  const auto refuse = [&](const std::string& why) {
    throw usage_error("the table " + shown(table.name) + " " + why);
  };
  switch (table.kind) {
    case TableInfo::Kind::missing:
      refuse("is not in the database");
      break;
    case TableInfo::Kind::view:
      refuse("is a view, whose rows change unheard: name the tables that it shows");
      break;
    case TableInfo::Kind::virtual_table:
      refuse("is a virtual table, which takes no triggers");
      break;
    case TableInfo::Kind::reserved:
      refuse("is crier's or the database's own");
      break;
    case TableInfo::Kind::table:
      break;
  }
  if (same_ignoring_case(table.name, log)) {  // as SQLite compares names
    refuse("is the instruction table itself");
  }
  require_plain(table.name);
}

KeyColumns key_columns(const TableInfo& table, const std::vector<std::string>& names) {
  KeyColumns columns;
  for (const std::string& name : names) {
    const auto found = std::ranges::find_if(table.columns, [&](const ColumnInfo& column) {
      return same_ignoring_case(column.name, name);
    });
    if (found == table.columns.end()) {
      throw usage_error("--id-column: the table " + shown(table.name) + " has no column " +
                        shown(name));
    }
    columns.push_back(&*found);
  }
  if (names.empty()) {
    for (const ColumnInfo& column : table.columns) {
      if (column.key > 0) {
        columns.push_back(&column);
      }
    }
    std::ranges::sort(columns, {}, &ColumnInfo::key);
  }
  if (columns.empty()) {
    throw usage_error("the table " + shown(table.name) +
                      " has no primary key: name the column that tells its rows apart, "
                      "--id-column NAME");
  }
  for (const ColumnInfo* column : columns) {
    require_plain(column->name);
  }
  return columns;
}

bool covers(const KeyColumns& columns, const std::vector<std::string>& constraint) {
  return columns.size() == constraint.size() &&
         std::ranges::all_of(columns, [&](const ColumnInfo* column) {
           return std::ranges::find(constraint, column->name) != constraint.end();
         });
}

void require_id(const TableInfo& table, const KeyColumns& columns) {
  const auto refuse = [&](const std::string& why) {
    throw usage_error(why + "; give --payload, and nodes get the key as JSON");
  };
  if (columns.size() > 1) {
    refuse("the key of the table " + shown(table.name) + " has " + std::to_string(columns.size()) +
           " columns, and an instruction takes one id");
  }
  const ColumnInfo& column = *columns.front();
  const std::string name =
      "the column " + shown(column.name) + " of the table " + shown(table.name);
  if (!column.integer) {
    refuse(name + " is not declared as INTEGER, and an id is a whole number");
  }
  if (!column.not_null) {
    refuse(name + " may be NULL, which is no id");
  }
  if (std::ranges::none_of(table.unique, [&](const auto& c) { return covers(columns, c); })) {
    refuse(name + " is not unique, so that it names no single row");
  }
}

}  // namespace crier::cli
