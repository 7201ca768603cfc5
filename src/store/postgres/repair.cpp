// SPDX-License-Identifier: MIT
#include "store/postgres/repair.hpp"

#include "base/quoting.hpp"
#include "store/postgres/statements.hpp"
#include "store/sql/schema_parts.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace crier::postgres {
namespace {

using sql::SchemaFact;

constexpr std::string_view kDefault = " DEFAULT ";
constexpr std::string_view kIdentity = " GENERATED ALWAYS AS IDENTITY";

// "bigint" of "newest bigint NOT NULL", as schema/ spells it.
std::string type_of(const SchemaFact& column) {
  constexpr std::array<std::string_view, 5> kAfterType = {" NOT NULL", kDefault, kIdentity,
                                                          " PRIMARY KEY", " CHECK"};
  const std::string definition = column.sql.substr(column.name.size() + 1);
  std::size_t end = definition.size();
  for (const std::string_view word : kAfterType) {
    end = std::min(end, definition.find(word));
  }
  return definition.substr(0, end);
}

// Of a value of a column's: "bigint" of "bigint default 0".
std::string found_type(const std::string& value) {
  return value.substr(0,
                      std::min({value.size(), value.find(" default "), value.find(" identity")}));
}

std::string change_column(const sql::SchemaFault& fault) {
  const SchemaFact& column = fault.fact;
  std::string sql;
  const auto alter = [&](const std::string& how) {
    sql += (sql.empty() ? "ALTER TABLE " + column.table + " " : ", ") + "ALTER COLUMN " +
           column.name + " " + how;
  };
  if (found_type(*fault.found) != found_type(column.value)) {
    alter("TYPE " + type_of(column));
  }
  if (column.value.ends_with(" identity") && !fault.found->ends_with(" identity")) {
    alter("DROP DEFAULT");
    alter("SET NOT NULL");
    alter("ADD" + std::string(kIdentity));
  }
  if (const std::size_t at = column.sql.find(kDefault); at != std::string::npos) {
    alter("SET" + column.sql.substr(at, column.sql.find(" CHECK", at) - at));
  }
  return sql;
}

class Repairer {
 public:
  explicit Repairer(const std::function<Result(const std::string&)>& query) : query_(query) {}

  std::vector<Repair> run() && {
    for (const sql::SchemaPart& part : sql::schema_parts(schema_text())) {
      if (part.kind == sql::SchemaPart::Kind::row &&
          query_("SELECT FROM " + part.name).rows() == 0) {
        repair("the row of " + part.name + " was gone", part.sql);
      }
    }
    mend_counter();
    for (const auto& [table, column] : {std::pair{"crierPending", "number"},
                                        {"crierWait", "serial"},
                                        {"crierFailure", "id"},
                                        {"crierEvent", "id"}}) {
      mend_sequence(table, column);
    }
    return std::move(repairs_);
  }

 private:
  void repair(std::string what, std::string sql) {
    query_(sql);
    repairs_.push_back({std::move(what), std::move(sql)});
  }

  // Publishers lock the row, too, so that none counts meanwhile.
  void mend_counter() {
    query_("SELECT FROM crierLog FOR UPDATE");
    const Result row = query_(statements().text("ids_seen"));
    const std::string seen(row.text(0, 0));
    if (row.number(0, 2) != 0) {
      repair("the counter of the log stood at " + std::string(row.text(0, 1)) + ", and ids up to " +
                 seen +
                 " have been seen: new entries go on after that, and "
                 "every node refreshes everything",
             "UPDATE crierLog SET newest = " + seen + ", identity = gen_random_uuid()");
    }
  }

  void mend_sequence(const std::string& table, const std::string& column) {
    const std::string sequence =
        "pg_get_serial_sequence(" + sql_literal(table) + ", " + sql_literal(column) + ")";
    const std::string next = query_("SELECT " + sequence).text(0, 0).data();
    const Result row = query_("SELECT max(" + column + "), max(" + column +
                              ") > (SELECT last_value FROM " + next + ") FROM " + table);
    if (!row.is_null(0, 1) && row.number(0, 1) != 0) {
      repair("the sequence of " + table + "." + column + " was behind its rows",
             "SELECT setval(" + sequence + ", " + std::string(row.text(0, 0)) + ")");
    }
  }

  const std::function<Result(const std::string&)>& query_;
  std::vector<Repair> repairs_;
};

}  // namespace

std::string mend_sql(const sql::SchemaFault& fault) {
  const SchemaFact& fact = fault.fact;
  const bool is_gone = !fault.found;
  const std::string alter = "ALTER TABLE " + fact.table + " ";
  switch (fact.kind) {
    case SchemaFact::Kind::table:
      return is_gone ? fact.sql : *fault.found == "unlogged" ? alter + "SET LOGGED" : "";
    case SchemaFact::Kind::column:
      return is_gone ? (sql::needs_value(fact) ? "DELETE FROM " + fact.table + ";\n" : "") + alter +
                           "ADD COLUMN " + fact.sql
                     : change_column(fault);
    case SchemaFact::Kind::key:
    case SchemaFact::Kind::check:
      return alter + "ADD " + fact.sql;
    case SchemaFact::Kind::index:
      return (is_gone ? "" : "DROP INDEX " + fact.table + ";\n") + fact.sql;
    case SchemaFact::Kind::function: {
      constexpr std::string_view kCreate = "CREATE ";
      return "CREATE OR REPLACE " + fact.sql.substr(kCreate.size());
    }
    case SchemaFact::Kind::trigger:
      return "DROP TRIGGER IF EXISTS " + fact.name + " ON " + fact.table + ";\n" + fact.sql;
  }
  return {};
}

std::vector<Repair> repair_rows(const std::function<Result(const std::string&)>& query) {
  return Repairer(query).run();
}

}  // namespace crier::postgres
