// SPDX-License-Identifier: MIT
// What a session makes and tells of crier's tables, and of those of the application's.
#include <crier/error.hpp>

#include "base/ascii.hpp"
#include "base/one_line.hpp"
#include "base/quoting.hpp"
#include "store/postgres/failure.hpp"
#include "store/postgres/grants.hpp"
#include "store/postgres/plans.hpp"
#include "store/postgres/repair.hpp"
#include "store/postgres/session.hpp"
#include "store/postgres/setup_checks.hpp"
#include "store/postgres/statements.hpp"
#include "store/postgres/table_info.hpp"
#include "store/sql/transaction.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crier::postgres {
namespace {

// So far entries without ids are counted, for people.
constexpr std::int64_t kManyDue = 10'000;

std::chrono::milliseconds since_1970() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
}

}  // namespace

std::vector<LogFault> Session::faults() {
  sql::Statement look(*this, "log_fault");
  sql::Rows row = look.run({kManyDue});
  row.step();
  const std::string there = "the log in the database '" + config_.database + "' ";
  if (row.is_null(0)) {
    return {{"counter-lost", there + "has lost its counter, so that nothing can be published",
             "mend it with: " + config_.migrate_command + " --repair"}};
  }
  std::vector<LogFault> faults;
  const std::int64_t counted = row.integer(0), newest = row.integer(1), due = row.integer(2);
  if (newest > counted) {
    faults.push_back({"entries-not-counted",
                      there + "holds entry " + std::to_string(newest) +
                          ", which crierLog has not counted (it stands at " +
                          std::to_string(counted) + "): nodes don't see what is beyond that",
                      "delete the entries after " + std::to_string(counted) +
                          ", or have them counted: " + config_.migrate_command + " --repair",
                      newest - counted, "entries"});
  }
  if (due != 0) {
    faults.push_back(
        {"entries-pending",
         there + "holds " + std::to_string(due) + (due == kManyDue ? " or more" : "") +
             (due == 1 ? " entry that was committed and has no id yet, so that no node has it"
                       : " entries that were committed and have no ids yet, so that no "
                         "node has them"),
         "start a node that may lead, whose role may execute crierSettle", due, "entries"});
  }
  return faults;
}

std::string Session::obstacle() {
  const Result database = query(statements().text("has_schema"));
  if (const std::string schema(database.text(0, 2)); !schema.empty()) {
    return "this role has no right to use the schema " + schema + " of the database '" +
           config_.database +
           "', where crier's tables are; crier grants --role ROLE=KIND prints what gives it that";
  }
  return database.text(0, 1) == "UTF8"
             ? ""
             : "the database '" + config_.database + "' is encoded in " +
                   std::string(database.text(0, 1)) +
                   ", in which not every text can be kept; make one in UTF8";
}

// If there is a schema, no right to make one is needed.
void Session::prepare_database(bool are_any_pending) {
  if (!are_any_pending) {
    return;
  }
  if (const std::string why = obstacle(); !why.empty()) {
    throw Error("migrate", why);
  }
  if (config_.schema.empty() || query(statements().text("has_schema")).number(0, 0) != 0) {
    return;
  }
  // Of two that make it at once one would fail, without the lock.
  query("SELECT pg_advisory_xact_lock(1668441459, 0); CREATE SCHEMA IF NOT EXISTS " +
        sql_name(config_.schema));
}

// PostgreSQL has no other way to make a table that default privileges don't reach. Nobody else sees
// them changed: they are as before when the transaction ends.
void Session::without_default_rights(const std::function<void()>& make) {
  const auto defaults = [this] { return query(statements().text("default_rights")); };
  if (defaults().rows() == 0) {
    make();
    return;
  }
  // They are of a role, not of a schema: two may migrate schemas of their own at once.
  query("SELECT pg_advisory_xact_lock(1668441459, 0)");
  std::string take, give;
  const Result now = defaults();
  for (int row = 0; row < now.rows(); ++row) {
    take += now.text(row, 0);
    give += now.text(row, 1);
  }
  query(take);
  make();
  query(give);
}

std::vector<std::string> Session::warnings() {
  const Result schema = query(statements().text("schema_rights"));
  const std::string name(schema.text(0, 4));
  std::vector<std::string> warnings;
  if (schema.number(0, 1) != 0) {
    warnings.push_back("every role may create objects in the schema " + name +
                       " of the database '" + config_.database +
                       "', beside crier's tables; take that away with: REVOKE CREATE ON SCHEMA " +
                       name + " FROM PUBLIC");
  }
  std::vector<HeldRight> held;
  sql::Statement rights(*this, "rights_held");
  const std::string tables = table_names();
  for (sql::Rows row = rights.run({tables}); row.step();) {
    const auto text = [&](int column) { return std::string(row.text(column)); };
    held.push_back({text(0), text(1), text(2), text(3), text(4), text(5)});
  }
  std::ranges::move(warnings_of(held, "the database '" + config_.database + "'"),
                    std::back_inserter(warnings));
  return warnings;
}

std::vector<std::string> Session::problems() {
  std::vector<std::string> problems;
  sql::Statement lost(*this, "lost_triggers");
  for (sql::Rows row = lost.run(); row.step();) {
    problems.push_back(
        "triggers of the function " + one_line(row.text(0)) + " in the database '" +
        config_.database +
        "' are gone or disabled, so that nobody is told of what they told; what this "
        "prints makes them again (or drops the function, with --drop): " +
        shell_line(one_line(row.text(1))));
  }
  return problems;
}

std::string Session::grants(std::span<const RoleGrant> grants) {
  const Result schema = query(statements().text("schema_rights"));
  const auto text = [&](int column) { return std::string(schema.text(0, column)); };
  return grants_sql({text(0), text(2), text(3)}, grants);
}

std::vector<Repair> Session::repair() {
  return repair_rows([this](const std::string& sql) { return query(sql); });
}

std::vector<SetupCheck> Session::check_setup() {
  const std::chrono::milliseconds before = since_1970();
  const Result found = query(statements().text("setup"));
  const std::chrono::milliseconds round_trip = since_1970() - before;
  std::vector<SetupCheck> checks{
      judge_server(found.text(0, 0), found.number(0, 1) != 0),
      judge_pooler(is_pooled_, !config_.listen.empty()),
      judge_clock(std::chrono::milliseconds(found.number(0, 2)) - before - round_trip / 2,
                  round_trip)};
  if (const bool are_tables_there = found.number(0, 8) != 0; are_tables_there) {
    checks.push_back(judge_rights({.role = std::string(found.text(0, 3)),
                                   .reads = found.number(0, 4) != 0,
                                   .publishes = found.number(0, 5) != 0,
                                   .is_node = found.number(0, 6) != 0,
                                   .migrates = found.number(0, 7) != 0}));
  }
  const std::vector<std::string> unsafe = warnings();
  for (const std::string& warning : unsafe) {
    checks.push_back(setup_check("schema-rights", SetupVerdict::warning, warning));
  }
  if (unsafe.empty()) {
    checks.push_back({"schema-rights", SetupVerdict::ok,
                      "no role may do with crier's tables and functions, or create beside them, "
                      "what no kind of role needs"});
  }
  return checks;
}

// In a transaction, so that a pooler has all of it in one session.
std::optional<std::vector<std::string>> Session::tables_walked_by(std::string_view statement) {
  sql::Transaction look(*this, sql::Begin::snapshot);
  auto walked = walked_tables([this](const std::string& sql) { return query(sql); },
                              statements().text(statement), kManyRows);
  look.commit();
  return walked;
}

std::string Session::analyze_command(const std::string& table) const {
  return "ANALYZE " + (config_.schema.empty() ? "" : sql_name(config_.schema) + ".") + table +
         ", as its owner";
}

TableInfo Session::describe(std::string_view table) { return describe_table(*this, table); }

bool Session::is_refusal(const std::exception& error) const {
  constexpr const char* kNoRight = "42501";
  constexpr std::array<std::string_view, 6> kClasses = {"0A", "22", "23", "2B", "42", "55006"};
  const auto* const failure = dynamic_cast<const Failure*>(&error);
  return failure != nullptr && failure->cause == Failure::Cause::server &&
         failure->code != kNoRight &&
         std::ranges::any_of(kClasses, [&](std::string_view beginning) {
           return failure->code.starts_with(beginning);
         });
}

sql::FoundFacts Session::facts(const std::vector<sql::SchemaFact>& expected) {
  std::string tables;
  for (const sql::SchemaFact& fact : expected) {
    if (fact.kind == sql::SchemaFact::Kind::table) {
      tables += (tables.empty() ? "" : ",") + in_lower_case(fact.table);
    }
  }
  sql::FoundFacts found;
  for (sql::Rows row = schema_facts_.run({tables}); row.step();) {
    found.emplace(row.text(0), sql::plain_words(row.text(1)));
  }
  return found;
}

std::string Session::log_fault() {
  return query("SELECT FROM crierLog").rows() == 0 ? "the row of crierLog is gone" : "";
}

}  // namespace crier::postgres
