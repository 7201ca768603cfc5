// SPDX-License-Identifier: MIT
#include "sql_trigger.hpp"

#include "arguments.hpp"
#include "base/ascii.hpp"
#include "base/quoting.hpp"
#include "printable.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace crier::cli {

namespace {

using Columns = std::vector<const ColumnInfo*>;

constexpr std::array<std::string_view, 3> kEvents{"insert", "update", "delete"};

std::string shown(std::string_view name) { return in_quotes(name, 100); }

// The SQL goes to a terminal as it is, and the names of columns into JSON.
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

Columns key_columns(const TableInfo& table, const std::vector<std::string>& names) {
  Columns columns;
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

// Whether `columns` are exactly those of the constraint.
bool covers(const Columns& columns, const std::vector<std::string>& constraint) {
  return columns.size() == constraint.size() &&
         std::ranges::all_of(columns, [&](const ColumnInfo* column) {
           return std::ranges::find(constraint, column->name) != constraint.end();
         });
}

// An instruction's id is one whole number that names one row.
void require_id(const TableInfo& table, const Columns& columns) {
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

// An expression whose value is the text of one instruction for a row.
class InstructionText {
 public:
  InstructionText(Columns columns, const TriggerRequest& request)
      : columns_(std::move(columns)),
        refresher_(request.refresher.to_string()),
        payload_(request.payload) {}

  // `row` is NEW or OLD.
  [[nodiscard]] std::string of(const std::string& row, std::string_view event) const {
    return payload_ ? with_payload(row, event)
                    : with_id(row, event == "delete" ? RefreshType::remove_by_id
                                                     : RefreshType::refresh_by_id);
  }

  // Whether an update has changed the key; byte by byte, whatever the columns' collation.
  [[nodiscard]] std::string key_has_changed() const {
    std::string condition;
    for (const ColumnInfo* column : columns_) {
      const std::string name = sql_name(column->name);
      condition += (condition.empty() ? "" : " OR ") + ("OLD." + name) + " IS NOT NEW." + name +
                   " COLLATE BINARY";
    }
    return "(" + condition + ")";
  }

 private:
  [[nodiscard]] std::string head(RefreshType type) const {
    return "{\"RefreshType\":" + std::to_string(static_cast<int>(type)) + ",\"RefresherId\":\"" +
           refresher_ + "\"";
  }

  [[nodiscard]] std::string with_id(const std::string& row, RefreshType type) const {
    const ColumnInfo& column = *columns_.front();
    const std::string value = row + "." + sql_name(column.name);
    const std::string text = "'" + head(type) + ",\"IntId\":' || " + value + " || '}'";
    // SQLite stores any text in such a column: then everything is refreshed.
    return column.only_integers ? text
                                : "CASE typeof(" + value + ") WHEN 'integer' THEN " + text +
                                      " ELSE '" + head(RefreshType::refresh_all) + "}' END";
  }

  [[nodiscard]] std::string with_payload(const std::string& row, std::string_view event) const {
    std::string key;
    for (const ColumnInfo* column : columns_) {
      const std::string value = row + "." + sql_name(column->name);
      // JSON holds no blobs: the statement that changes the row would fail.
      key += (key.empty() ? "" : ", ") + sql_literal(column->name) + ", CASE typeof(" + value +
             ") WHEN 'blob' THEN hex(" + value + ") ELSE " + value + " END";
    }
    // What || returns is text: json_quote() would leave what is known as JSON as it is.
    return "'" + head(RefreshType::refresh_by_json) + ",\"JsonPayload\":' || json_quote('' || " +
           "json_object('op', '" + std::string(event) + "', 'key', json_object(" + key +
           "))) || '}'";
  }

  const Columns columns_;
  const std::string refresher_;
  const bool payload_;
};

std::string append(std::string_view log, std::string_view originated, const std::string& json,
                   const std::string& count) {
  return "  INSERT INTO " + sql_name(log) +
         " (utcStamp, jsonInstruction, originated, instructionCount)\n"
         "  VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'),\n"
         "    '[' || " +
         json + " || ']',\n    " + sql_literal(originated) + ", " + count + ");\n";
}

std::string drops(std::string_view name) {
  std::string sql;
  for (const std::string_view event : kEvents) {
    sql +=
        "DROP TRIGGER IF EXISTS " + sql_name(std::string(name) + "_" + std::string(event)) + ";\n";
  }
  return sql;
}

void require_name(std::string_view name) {
  require_plain(name);
  if (name.empty() || starts_ignoring_case(name, "sqlite_")) {
    throw usage_error("--name: " + shown(name) + " can't begin the name of a trigger");
  }
}

}  // namespace

std::string default_trigger_name(std::string_view table) { return "crier_" + std::string(table); }

std::string trigger_sql(const TableInfo& table, std::string_view log, std::string_view name,
                        const TriggerRequest& request) {
  require_table(table, log);
  require_name(name);
  const Columns columns = key_columns(table, request.id_columns);
  if (!request.payload) {
    require_id(table, columns);
  }
  const InstructionText text(columns, request);
  const std::string moved = text.key_has_changed();
  const std::string originated = "trigger " + printable(table.name, 200);
  const auto trigger = [&](std::string_view event, std::string_view when, const std::string& json,
                           const std::string& count) {
    return "CREATE TRIGGER " + sql_name(std::string(name) + "_" + std::string(event)) +
           std::string(when) + sql_name(table.name) + " BEGIN\n" +
           append(log, originated, json, count) + "END;\n";
  };
  return "BEGIN;\n" + drops(name) +
         trigger("insert", " AFTER INSERT ON ", text.of("NEW", "insert"), "1") +
         trigger("update", " AFTER UPDATE ON ",
                 "CASE WHEN " + moved + " THEN\n      " + text.of("OLD", "delete") +
                     " || ',' ELSE '' END ||\n      " + text.of("NEW", "update"),
                 "1 + " + moved) +
         trigger("delete", " AFTER DELETE ON ", text.of("OLD", "delete"), "1") + "COMMIT;";
}

std::string drop_trigger_sql(std::string_view name) {
  require_name(name);
  return "BEGIN;\n" + drops(name) + "COMMIT;";
}

bool may_replace_unheard(const TableInfo& table, const TriggerRequest& request) {
  const Columns columns = key_columns(table, request.id_columns);
  return std::ranges::any_of(table.unique, [&](const auto& c) { return !covers(columns, c); });
}

}  // namespace crier::cli
