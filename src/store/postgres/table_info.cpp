// SPDX-License-Identifier: MIT
#include "store/postgres/table_info.hpp"

#include <crier/error.hpp>

#include "base/url_text.hpp"
#include "store/sql/statement.hpp"

#include <cstdint>
#include <string>

namespace crier::postgres {
namespace {

// By pg_class.relkind.
TableInfo::Kind kind_of(std::string_view kind, bool is_reserved) {
  if (is_reserved) {
    return TableInfo::Kind::reserved;
  }
  if (kind == "r" || kind == "p") {
    return TableInfo::Kind::table;
  }
  return kind == "f" ? TableInfo::Kind::virtual_table : TableInfo::Kind::view;
}

void read_columns(sql::Session& session, std::int64_t table, TableInfo& info) {
  sql::Statement columns(session, "columns");
  for (sql::Rows row = columns.run({table}); row.step();) {
    info.columns.push_back({.name = std::string(row.text(0)),
                            .key = static_cast<int>(row.integer(1)),
                            .not_null = row.flag(2),
                            .integer = row.flag(3),
                            .only_integers = row.flag(3),
                            .bytes = row.flag(4)});
  }
}

void read_unique(sql::Session& session, std::int64_t table, TableInfo& info) {
  sql::Statement unique(session, "unique");
  std::int64_t last = 0;
  for (sql::Rows row = unique.run({table}); row.step();) {
    if (const std::int64_t index = row.integer(0); index != last) {
      last = index;
      info.unique.emplace_back();
      if (row.flag(1)) {
        info.unique.back().emplace_back();  // a condition
      }
    }
    info.unique.back().emplace_back(row.text(2));
  }
}

}  // namespace

TableInfo describe_table(sql::Session& session, std::string_view name) {
  sql::Statement find(session, "table");
  TableInfo info;
  std::int64_t table = 0;
  {
    sql::Rows row = find.run({name});
    if (!row.step()) {
      return info;
    }
    table = row.integer(0);
    info.schema = row.text(1);
    info.name = row.text(2);
    info.kind = kind_of(row.text(3), row.flag(4));
    const bool is_visible = row.flag(5);
    if (row.step() && !is_visible) {
      throw Error("describe",
                  "more than one schema has a table '" + on_one_line(std::string(name)) +
                      "': name the schema, too, as in '" + info.schema + "." + info.name + "'",
                  Error::Kind::invalid_argument);
    }
  }
  read_columns(session, table, info);
  read_unique(session, table, info);
  return info;
}

}  // namespace crier::postgres
