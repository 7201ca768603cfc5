// SPDX-License-Identifier: MIT
#include "sql_trigger.hpp"

#include "arguments.hpp"
#include "base/ascii.hpp"
#include "base/quoting.hpp"
#include "printable.hpp"
#include "trigger_key.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace crier::cli {

namespace {

constexpr std::array<std::string_view, 3> kEvents{"insert", "update", "delete"};

// An expression whose value is the text of one instruction for a row.
class InstructionText {
 public:
  InstructionText(KeyColumns columns, const TriggerRequest& request)
      : columns_(std::move(columns)),
        refresher_(request.refresher.to_string()),
        payload_(request.payload),
        for_umbraco_(request.for_umbraco),
        tag_(request.tag) {}

  // `row` is NEW or OLD.
  [[nodiscard]] std::string of(const std::string& row, std::string_view event) const {
    return tag_       ? with_tag(row)
           : payload_ ? with_payload(row, event)
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
    // SQLite stores any text in such a column: then everything is refreshed. So it is for an id
    // that Umbraco's own classes can't read.
    if (column.only_integers && !for_umbraco_) {
      return text;
    }
    return "CASE WHEN typeof(" + value + ") = 'integer'" +
           (for_umbraco_ ? " AND " + value + " BETWEEN -2147483648 AND 2147483647" : "") +
           " THEN " + text + " ELSE '" + head(RefreshType::refresh_all) + "}' END";
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

  [[nodiscard]] std::string with_tag(const std::string& row) const {
    const std::string tag = tag_->sql([&](const std::string& column) {
      const std::string value = row + "." + sql_name(column);
      return "CASE typeof(" + value + ") WHEN 'blob' THEN hex(" + value + ") ELSE " + value +
             " END";
    });
    return "'" + head(RefreshType::refresh_by_json) + ",\"JsonPayload\":' || json_quote('' || " +
           "json_array(json_object('tag', " + tag + "))) || '}'";
  }

  const KeyColumns columns_;
  const std::string refresher_;
  const bool payload_;
  const bool for_umbraco_;
  const std::optional<TriggerTag> tag_;
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

std::string prefix_of(std::string_view app) { return app.empty() ? "" : std::string(app) + "_"; }

// By which status finds out that something has dropped the triggers, as a rebuilt table does.
std::string note(std::string_view name, std::string_view app, const std::string& row) {
  const std::string notes = prefix_of(app) + "crierTrigger";
  return "CREATE TABLE IF NOT EXISTS " + notes +
         " (name TEXT NOT NULL PRIMARY KEY, onTable TEXT NOT NULL,\n"
         "  command TEXT NOT NULL) WITHOUT ROWID;\n"
         "DELETE FROM " +
         notes + " WHERE name = " + sql_literal(name) + ";\n" +
         (row.empty()
              ? ""
              : "INSERT INTO " + notes + " VALUES (" + sql_literal(name) + ", " + row + ");\n");
}

void require_name(std::string_view name) {
  require_plain(name);
  if (name.empty() || starts_ignoring_case(name, "sqlite_")) {
    throw usage_error("--name: " + in_quotes(name, 100) + " can't begin the name of a trigger");
  }
}

}  // namespace

std::string default_trigger_name(std::string_view table, std::string_view app) {
  return prefix_of(app) + "crier_" + std::string(table);
}

std::string trigger_sql(const TableInfo& table, std::string_view log, std::string_view name,
                        const TriggerRequest& request) {
  require_table(table, log);
  require_name(name);
  const KeyColumns columns = key_columns(table, request.columns());
  if (!request.payload && !request.tag) {
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
         trigger("delete", " AFTER DELETE ON ", text.of("OLD", "delete"), "1") +
         note(name, request.app,
              sql_literal(table.name) + ",\n  " +
                  sql_literal(command_of(table.name, name, request))) +
         "COMMIT;";
}

std::string drop_trigger_sql(std::string_view name, std::string_view app) {
  require_name(name);
  return "BEGIN;\n" + drops(name) + note(name, app, {}) + "COMMIT;";
}

std::string command_of(std::string_view table, std::string_view name,
                       const TriggerRequest& request) {
  std::string command = "crier sql-trigger --table " + shell_word(table) + " --refresher " +
                        request.refresher.to_string();
  for (const std::string& column : request.id_columns) {
    command += " --id-column " + shell_word(column);
  }
  return command + (request.payload ? " --payload" : "") +
         (request.tag ? " --tag " + shell_word(request.tag->text()) : "") +
         (name == default_trigger_name(table, request.app) ? "" : " --name " + shell_word(name));
}

bool may_replace_unheard(const TableInfo& table, const TriggerRequest& request) {
  const KeyColumns columns = key_columns(table, request.columns());
  return std::ranges::any_of(table.unique, [&](const auto& c) { return !covers(columns, c); });
}

}  // namespace crier::cli
