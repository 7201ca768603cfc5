// SPDX-License-Identifier: MIT
#include "store/postgres/plans.hpp"

#include "store/postgres/failure.hpp"
#include "store/postgres/statement.hpp"

#include <cstddef>
#include <set>
#include <string_view>

namespace crier::postgres {
namespace {

using Query = std::function<Result(const std::string&)>;

// Nothing if the server refuses it.
std::optional<Result> attempt(const Query& query, const std::string& sql) {
  try {
    return query("SAVEPOINT crier_look; " + sql);
  } catch (const Failure& failure) {
    if (failure.cause != Failure::Cause::server) {
      throw;
    }
    query("ROLLBACK TO crier_look");
    return std::nullopt;
  }
}

// The plan by which a statement is run whatever its parameters are. What is prepared outlives a
// transaction.
std::optional<Result> plan_of(const Query& query, const std::string& statement) {
  query("SET LOCAL plan_cache_mode = force_generic_plan");
  if (!attempt(query, "PREPARE crier_planned AS " + statement)) {
    return std::nullopt;
  }
  std::string nulls;
  for (std::size_t i = 0; i < parameters_in(statement); ++i) {
    nulls += i == 0 ? "(NULL" : ", NULL";
  }
  std::optional<Result> plan = attempt(
      query, "EXPLAIN (COSTS OFF) EXECUTE crier_planned" + nulls + (nulls.empty() ? "" : ")"));
  query("DEALLOCATE crier_planned");
  return plan;
}

bool has_rows(const Query& query, const std::string& table, int count) {
  const std::string most = std::to_string(count);
  const std::optional<Result> rows =
      attempt(query, "SELECT count(*) >= " + most + " FROM (SELECT FROM " + table + " LIMIT " +
                         most + ") AS row");
  return rows && rows->number(0, 0) != 0;
}

}  // namespace

std::optional<std::vector<std::string>> walked_tables(const Query& query,
                                                      const std::string& statement, int many_rows) {
  constexpr std::string_view kScan = "Seq Scan on ";
  const std::optional<Result> plan = plan_of(query, statement);
  if (!plan) {
    return std::nullopt;
  }
  std::set<std::string> walked;
  for (int row = 0; row < plan->rows(); ++row) {
    const std::string_view step = plan->text(row, 0);
    if (const std::size_t at = step.find(kScan); at != step.npos) {
      const std::string_view table = step.substr(at + kScan.size());
      walked.emplace(table.substr(0, table.find(' ')));
    }
  }
  std::vector<std::string> tables;
  for (const std::string& table : walked) {
    if (has_rows(query, table, many_rows)) {
      tables.push_back(table);
    }
  }
  return tables;
}

}  // namespace crier::postgres
