// SPDX-License-Identifier: MIT
#include "store/sqlite/plans.hpp"

#include "base/ascii.hpp"
#include "base/quoting.hpp"
#include "store/sqlite/statement.hpp"

#include <SQLiteCpp/Exception.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>

namespace crier::sqlite {
namespace {

bool is_of_name(char c) { return is_ascii_letter(c) || is_ascii_digit(c) || c == '_'; }

// The table that is meant by `name`, which may be what a statement calls it: "FROM crierNode AS
// self".
std::string table_named(std::string_view name, std::string_view statement) {
  const std::string as = " AS " + std::string(name);
  for (std::size_t at = statement.find(as); at != statement.npos; at = statement.find(as, at + 1)) {
    const std::size_t end = at + as.size();
    if (end == statement.size() || !is_of_name(statement[end])) {
      std::size_t begin = at;
      while (begin > 0 && is_of_name(statement[begin - 1])) {
        --begin;
      }
      return std::string(statement.substr(begin, at - begin));
    }
  }
  return std::string(name);
}

// What is walked through by one step of a plan, "SCAN self USING INDEX i", as the statement calls
// it; empty if nothing is. Before SQLite 3.36: "SCAN TABLE crierNode AS self".
std::string_view walked_in(std::string_view step) {
  for (const std::string_view beginning : {"SCAN ", "TABLE "}) {
    if (step.starts_with(beginning)) {
      step.remove_prefix(beginning.size());
    } else if (beginning == "SCAN ") {
      return {};
    }
  }
  return step.substr(0, std::min(step.find(" USING "), step.find(" AS ")));
}

// False also of what is no table: a part of the statement itself, or a function.
bool has_rows(sqlite3* connection, const std::string& table, int count) {
  try {
    const std::string most = std::to_string(count);
    Statement rows(connection, "SELECT count(*) >= " + most + " FROM (SELECT 1 FROM " +
                                   sql_name(table) + " LIMIT " + most + ")");
    return rows.step() && rows.integer(0) != 0;
  } catch (const SQLite::Exception& error) {
    if (error.getErrorCode() != SQLITE_ERROR) {
      throw;
    }
    return false;
  }
}

}  // namespace

std::optional<std::vector<std::string>> walked_tables(sqlite3* connection,
                                                      const std::string& statement, int many_rows) {
  std::set<std::string> walked;
  try {
    Statement plan(connection, "EXPLAIN QUERY PLAN " + statement);
    while (plan.step()) {
      if (const std::string_view name = walked_in(plan.text(3)); !name.empty()) {
        walked.insert(table_named(name, statement));
      }
    }
  } catch (const SQLite::Exception& error) {
    if (error.getErrorCode() != SQLITE_ERROR) {
      throw;
    }
    return std::nullopt;  // there is no such table
  }
  std::vector<std::string> tables;
  std::ranges::copy_if(walked, std::back_inserter(tables), [&](const std::string& table) {
    return has_rows(connection, table, many_rows);
  });
  return tables;
}

}  // namespace crier::sqlite
