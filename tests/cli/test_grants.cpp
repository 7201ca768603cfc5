// SPDX-License-Identifier: MIT
#include "cli/database.hpp"
#include "cli/role_space.hpp"
#include "cli/tool.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <string>

namespace crier::test {
namespace {

TEST_CASE("grants: a file has no roles") {
  const Database database;
  const Outcome outcome = database.run({"grants", "--role", "web=node"});
  CHECK(outcome.code == 2);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.find("this database has no roles") != std::string::npos);
}

TEST_CASE("grants: what is not a role and a kind is refused") {
  const Database database;
  for (const std::string role : {"web", "web=", "web=boss", "=node", "web=node "}) {
    const Outcome outcome = database.run({"grants", "--role", role});
    CHECK(outcome.code == 2);
    CHECK(outcome.err.find(
              "is not ROLE=KIND; kinds are reader, publisher, application, node and none") !=
          std::string::npos);
  }
  CHECK(database.run({"grants"}).code == 2);
}

TEST_CASE("postgres: send by who may publish and not read is no failure") {
  if (postgres_folder().empty()) {
    return;
  }
  const RoleSpace space;
  space.grant("publisher");
  CHECK(run_tool({"send", "--force", "--refresher", kProducts, "--id", "1"}, "",
                 space.url("&deadline=30s")) == Outcome{0, "1\n", ""});
}

TEST_CASE("postgres: grants prints SQL that gives each role what its kinds need") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresSpace space;
  REQUIRE(run_tool({"migrate"}, "", space.url()).code == 0);
  const std::string role = "A role=\"" + space.schema() + "\"";
  const std::string quoted = "\"A role=\"\"" + space.schema() + "\"\"\"";
  space.execute("CREATE ROLE " + quoted + " LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA " +
                space.schema() + " TO " + quoted);
  const Outcome outcome = run_tool(
      {"grants", "--role", role + "=publisher", "--role", role + "=application"}, "", space.url());
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  space.execute(outcome.out);
  const auto may = [&](const std::string& what) {
    return RawPostgres(space.conninfo()).value("SELECT " + what) == "t";
  };
  const std::string who = "'" + role + "', ";
  CHECK(may("has_function_privilege(" + who +
            "'crierAppend(text, text, bigint, crierLog)', 'EXECUTE')"));
  CHECK(may("has_column_privilege(" + who + "'crierPending', 'originated', 'INSERT')"));
  CHECK_FALSE(may("has_table_privilege(" + who + "'crierCacheInstruction', 'SELECT')"));
  CHECK_FALSE(may("has_any_column_privilege(" + who + "'crierNode', 'SELECT')"));
  CHECK(run_tool({"grants", "--json", "--role", role + "=reader"}, "", space.url())
            .out.starts_with("{\"sql\":\"BEGIN;\\nSET LOCAL search_path = "));
  space.execute("DROP OWNED BY " + quoted + "; DROP ROLE " + quoted);
}

TEST_CASE("postgres: migrate and status warn if everybody may create objects beside the tables") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresSpace space;
  space.execute("GRANT CREATE ON SCHEMA " + space.schema() + " TO PUBLIC");
  const std::string warning = "every role may create objects in the schema " + space.schema();
  CHECK(run_tool({"migrate"}, "", space.url()).err.starts_with("crier: warning: " + warning));
  const Outcome status = run_tool({"status", "--min-nodes", "0"}, "", space.url());
  CHECK(status.code == 0);
  CHECK(status.out.find("warning schema-unsafe: " + warning) != std::string::npos);
}

TEST_CASE(
    "postgres: a log whose entries get no ids, or which disagrees with its counter, is told") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresSpace space;
  REQUIRE(run_tool({"migrate"}, "", space.url()).code == 0);
  space.execute(
      "BEGIN ISOLATION LEVEL SERIALIZABLE; INSERT INTO crierPending (jsonInstruction, originated) "
      "VALUES ('[]', 'x'), ('[]', 'x'); COMMIT");
  const Outcome pending = run_tool({"status"}, "", space.url());
  CHECK(pending.code == 3);
  CHECK(pending.out.find("\nproblem entries-pending: ") != std::string::npos);
  CHECK(pending.out.find("holds 2 entries that were committed and have no ids yet") !=
        std::string::npos);
  space.execute("INSERT INTO crierCacheInstruction VALUES (7, '', '[]', 'x', 1)");
  const Outcome beyond = run_tool({"status"}, "", space.url());
  CHECK(beyond.code == 3);
  CHECK(beyond.out.find("\nproblem entries-not-counted: ") != std::string::npos);
  CHECK(beyond.out.find("holds entry 7, which crierLog has not counted") != std::string::npos);
}

}  // namespace
}  // namespace crier::test
