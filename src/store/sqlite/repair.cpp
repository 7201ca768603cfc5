// SPDX-License-Identifier: MIT
#include "store/sqlite/repair.hpp"

#include "base/ascii.hpp"
#include "base/quoting.hpp"
#include "store/sql/schema_parts.hpp"
#include "store/sql/statement.hpp"

#include <algorithm>
#include <set>

namespace crier::sqlite {
namespace {

using sql::SchemaFact;

// SQLite alters little of a table: it is made anew, with what is kept of its rows, and somebody's
// own columns.
std::string make_anew(const SchemaFact& table, const std::vector<SchemaFact>& expected,
                      const sql::FoundFacts& found) {
  std::set<std::string> known;
  std::string kept;
  std::string own;
  bool keeps_rows = true;
  const auto keep = [&](const std::string& column) {
    kept += (kept.empty() ? "" : ", ") + sql_name(column);
  };
  for (const SchemaFact& fact : expected) {
    if (fact.kind == SchemaFact::Kind::column && fact.table == table.table) {
      known.insert(in_lower_case(fact.what));
      if (found.contains(in_lower_case(fact.what))) {
        keep(fact.name);
      } else {
        keeps_rows = keeps_rows && !sql::needs_value(fact);
      }
    }
  }
  const std::string beginning = in_lower_case("the column " + table.table + ".");
  for (auto at = found.lower_bound(beginning);
       at != found.end() && at->first.starts_with(beginning); ++at) {
    if (!known.contains(at->first)) {
      const std::string column = at->first.substr(beginning.size());
      own += "ALTER TABLE " + table.table + " ADD COLUMN " + sql_name(column) + " " +
             at->second.substr(0, at->second.find(" default ")) + ";\n";
      keep(column);
    }
  }
  if (!keeps_rows || kept.empty()) {
    return "DROP TABLE " + table.table + ";\n" + table.sql + "\n" + own;
  }
  return "CREATE TEMP TABLE crierKept AS SELECT " + kept + " FROM main." + table.table +
         ";\nDROP TABLE main." + table.table + ";\n" + table.sql + "\n" + own + "INSERT INTO " +
         table.table + " (" + kept + ") SELECT " + kept +
         " FROM temp.crierKept;\nDROP TABLE temp.crierKept;";
}

}  // namespace

sql::FoundFacts facts_of(sql::Session& session, const std::vector<SchemaFact>& expected) {
  sql::FoundFacts found;
  sql::Statement object(session, "object");
  for (const SchemaFact& fact : expected) {
    const bool is_table = fact.kind == SchemaFact::Kind::table;
    if (!is_table && fact.kind != SchemaFact::Kind::index) {
      continue;
    }
    sql::Rows row = object.run({fact.table});
    if (!row.step()) {
      continue;
    }
    const std::string type(row.text(0));
    const std::string text(row.text(1));
    const bool is_right = type == (is_table ? "table" : "index") && text.starts_with("CREATE ") &&
                          !text.starts_with("CREATE VIRTUAL");
    if (!is_right) {
      found.emplace(in_lower_case(fact.what), is_table ? "no table" : "no index");
      continue;
    }
    for (const SchemaFact& one :
         is_table ? sql::table_facts(fact.table, text)
                  : sql::schema_facts({{sql::SchemaPart::Kind::index, fact.table, text}})) {
      found.emplace(in_lower_case(one.what), one.value);
    }
  }
  return found;
}

std::string mend_sql(const sql::SchemaFault& fault, const std::vector<SchemaFact>& expected,
                     const sql::FoundFacts& found) {
  const SchemaFact& fact = fault.fact;
  switch (fact.kind) {
    case SchemaFact::Kind::table:
      return fault.found ? "" : fact.sql;
    case SchemaFact::Kind::index:
      return !fault.found                 ? fact.sql
             : *fault.found == "no index" ? ""
                                          : "DROP INDEX " + fact.table + ";\n" + fact.sql;
    default:
      return make_anew(*std::ranges::find(expected, "the table " + fact.table, &SchemaFact::what),
                       expected, found);
  }
}

std::vector<Repair> repair_ids(sql::Session& session) {
  std::vector<Repair> repairs;
  const auto repair = [&](const std::string& what, const std::string& sql) {
    session.execute(sql);
    repairs.push_back({what, sql});
  };
  if (session.config().foreign_log) {
    return repairs;  // its ids are another program's
  }
  const std::string log = session.config().log;
  sql::Statement ids(session, "ids_seen");
  std::int64_t seen = 0;
  std::int64_t counted = 0;
  {
    sql::Rows row = ids.run({log});
    row.step();
    seen = row.integer(0);
    counted = row.integer(1);
  }
  if (seen > counted) {
    repair("the log gave its ids from " + std::to_string(counted) + " on, and ids up to " +
               std::to_string(seen) + " have been seen: new entries go on after that",
           "DELETE FROM sqlite_sequence WHERE name = '" + log +
               "';\nINSERT INTO sqlite_sequence "
               "(name, seq) VALUES ('" +
               log + "', " + std::to_string(seen) + ");");
  }
  return repairs;
}

}  // namespace crier::sqlite
