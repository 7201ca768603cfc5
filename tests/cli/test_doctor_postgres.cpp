// SPDX-License-Identifier: MIT
#include "cli/role_space.hpp"
#include "cli/tool.hpp"
#include "json.hpp"
#include "store/postgres/setup_checks.hpp"
#include "support/eventually.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// "verdict: found (mend)" of each check, and the exit code, as what the check "code" says.
std::map<std::string, std::string> examined(const std::string& url) {
  const Outcome outcome = run_doctor({"--json"}, url);
  CHECK(outcome.err.empty());
  std::map<std::string, std::string> said{{"code", std::to_string(outcome.code)}};
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);) {
    const cli::Json check = cli::Json::parse(line);
    said["order"] += check["check"].get<std::string>() + " ";
    said[check["check"]] =
        check["verdict"].get<std::string>() + ": " + check["found"].get<std::string>() +
        (check["mend"].is_null() ? "" : " (" + check["mend"].get<std::string>() + ")");
  }
  return said;
}

TEST_CASE("postgres: the doctor looks at everything, in an order that stays") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresSpace space;
  REQUIRE(run_tool({"migrate"}, "", space.url()).code == 0);
  auto said = examined(space.url());
  CHECK(said["code"] == "0");
  CHECK(said["order"] ==
        "database schema triggers server pooler clock rights schema-rights plans wake-up publish "
        "log nodes "
        "leader names ");
  CHECK(said["server"].starts_with("ok: PostgreSQL "));
  CHECK(said["pooler"].starts_with("ok: none "));
  CHECK(said["clock"].starts_with("ok: "));
  CHECK(said["rights"] == "ok: the role crier may read, publish, prune and migrate");
  CHECK(said["schema-rights"].starts_with("ok: "));
  CHECK(said["wake-up"].starts_with("ok: a ring is heard after "));
  CHECK(said["log"] == "ok: no entries, nothing pruned");
}

TEST_CASE("postgres: the doctor tells tables and servers that are not there apart") {
  auto said = examined("postgresql://u@/shop?host=/nowhere");
  CHECK(said["code"] == "4");
  CHECK(said["order"] == "database ");
  CHECK(said["database"].starts_with("wrong: can't connect to the database "));
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresSpace space;
  said = examined(space.url());
  CHECK(said["code"] == "3");
  CHECK(said["schema"].find(" has no tables of crier's (create them with: crier --store ") !=
        std::string::npos);
  CHECK(said["order"] == "database schema server pooler clock schema-rights ");
  CHECK(run_tool({"migrate"}, "", space.url()).code == 0);
  space.execute("DROP TABLE crierNode");
  said = examined(space.url());
  CHECK(said["code"] == "3");
  CHECK(said["schema"].ends_with("migrate --repair)"));
}

TEST_CASE("postgres: the doctor tells what a role may do") {
  if (postgres_folder().empty()) {
    return;
  }
  const RoleSpace space;
  const std::string& role = space.role();
  const std::string url = space.url();
  const auto rights_of = [&](const std::string& kind) {
    space.grant(kind);
    return examined(url)["rights"];
  };
  const std::string mend =
      " (if it is to be a node's, this prints what it lacks: crier grants --role " + role +
      "=node)";
  CHECK(rights_of("reader") ==
        "warning: the role " + role + " may read, and not publish, prune or migrate" + mend);
  CHECK(examined(url)["code"] == "0");
  CHECK(rights_of("publisher") ==
        "warning: the role " + role + " may publish, and not read, prune or migrate" + mend);
  CHECK(examined(url)["log"].starts_with("wrong: the role has no right to "));
  CHECK(rights_of("node") ==
        "ok: the role " + role + " may read, publish and prune, and not migrate");
  CHECK(examined(url)["code"] == "0");
}

TEST_CASE("postgres: the doctor finds a pooler that keeps wake-ups back") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresSpace space;
  REQUIRE(run_tool({"migrate"}, "", space.url()).code == 0);
  auto said = examined(space.url("&pool=transaction"));
  CHECK(said["code"] == "3");
  CHECK(said["pooler"].starts_with("warning: one that gives each transaction another session"));
  CHECK(said["wake-up"].starts_with("wrong: not woken: "));
  said = examined(space.url("&pool=transaction&listen=" + postgres_folder()));
  CHECK(said["code"] == "0");
  CHECK(said["pooler"].starts_with("ok: "));
  CHECK(said["wake-up"].starts_with("ok: a ring is heard after "));
  said = examined(space.url("&pool=transaction&listen=/nowhere"));
  CHECK(said["code"] == "3");
  CHECK(said["wake-up"].starts_with("wrong: not woken: "));
}

TEST_CASE("postgres: the doctor finds lost triggers, and a schema that is open to everybody") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresSpace space;
  REQUIRE(run_tool({"migrate"}, "", space.url()).code == 0);
  space.execute("CREATE TABLE products (id bigint PRIMARY KEY)");
  const Outcome sql = run_tool({"sql-trigger", "--table", space.schema() + ".products",
                                "--refresher", "7c9e6679-7425-40de-944b-e07fc1f90ae7"},
                               "", space.url());
  space.execute(sql.out);
  CHECK(examined(space.url())["triggers"].starts_with("ok: "));
  space.execute("DROP TABLE products; GRANT CREATE ON SCHEMA " + space.schema() + " TO PUBLIC");
  auto said = examined(space.url());
  CHECK(said["code"] == "3");
  CHECK(said["triggers"].starts_with("wrong: triggers of the function "));
  CHECK(said["triggers"].find("crier sql-trigger --table ") != std::string::npos);
  CHECK(said["schema-rights"].starts_with("warning: every role may create objects"));
  CHECK(said["schema-rights"].find("REVOKE CREATE ON SCHEMA ") != std::string::npos);
  space.execute("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA " + space.schema() + " TO PUBLIC");
  const std::string all =
      run_tool({"doctor", "--json"}, "", space.url()).out;  // neither hides the other
  CHECK(all.find("REVOKE CREATE ON SCHEMA ") != std::string::npos);
  CHECK(all.find("REVOKE ALL ON FUNCTION ") != std::string::npos);
}

TEST_CASE("postgres: a clock that is more than five seconds off is a warning") {
  CHECK(postgres::judge_clock(5s, 0s).verdict == SetupVerdict::ok);
  CHECK(postgres::judge_clock(5s, 0s).found == "this machine's and the server's are 5.0 s apart");
  const SetupCheck ahead = postgres::judge_clock(5001ms, 0s);
  CHECK(ahead.verdict == SetupVerdict::warning);
  CHECK(ahead.found == "the server's clock is 5.0 s ahead of this machine's");
  CHECK(postgres::judge_clock(-7s, 0s).found ==
        "the server's clock is 7.0 s behind this machine's");
  // So much of it may be the answer's way.
  CHECK(postgres::judge_clock(-7s, 4s).verdict == SetupVerdict::ok);
  CHECK(postgres::judge_clock(7001ms, 4s).verdict == SetupVerdict::warning);
}

TEST_CASE("postgres: a standby is a warning") {
  CHECK(postgres::judge_server("15.20", false).found == "PostgreSQL 15.20");
  CHECK(postgres::judge_server("15.20", false).verdict == SetupVerdict::ok);
  CHECK(postgres::judge_server("15.20", true).verdict == SetupVerdict::warning);
}

TEST_CASE("postgres: a name that a shell would take apart is quoted") {
  const SetupCheck check = postgres::judge_rights({.role = "two words"});
  CHECK(check.found == "the role two words may not read, publish, prune or migrate");
  CHECK(check.mend.ends_with("crier grants --role 'two words=node'"));
}

}  // namespace
}  // namespace crier::test
