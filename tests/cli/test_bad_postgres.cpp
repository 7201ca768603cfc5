// SPDX-License-Identifier: MIT
// The tool on a PostgreSQL server that can't be had, or not as it needs it: what is wrong, which
// database it is, and no secret.
#include "cli/database.hpp"
#include "cli/role_space.hpp"
#include "cli/tool.hpp"
#include "cli/writers.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace crier::test {
namespace {

const std::vector<Args> kSomeReaders{{"list"}, {"show", "1"}, {"tail"}, {"nodes"}, {"failures"}};
const std::vector<Args> kNode{{"node", "--name", "web-1"}};
const std::vector<Args> kMigrate{{"migrate"}};

void fails(const Args& args, const std::string& url, int code, const std::string& beginning,
           const std::string& end) {
  const Outcome outcome = run_tool(args, "", url);
  CAPTURE(args.front());
  CAPTURE(outcome);
  CHECK(outcome.code == code);
  CHECK(outcome.err.starts_with((code == 4 ? "crier: could not look: " : "crier: ") + beginning));
  CHECK(outcome.err.ends_with(end + "\n"));
  CHECK((outcome.out + outcome.err).find("s3cr3t") == std::string::npos);
}

// Each of them; status exits 4.
void all_fail(const std::vector<std::vector<Args>>& commands, const std::string& url,
              const std::string& beginning, const std::string& end) {
  for (const auto& group : commands) {
    for (const Args& args : group) {
      fails(args, url, 1, beginning, end);
    }
  }
}

std::string at(const std::string& who, const std::string& database) {
  return "postgresql://" + who + "@/" + database + "?host=" + postgres_folder();
}

TEST_CASE("postgres: the tool where no server is") {
  const std::string url = "postgresql://u:s3cr3t@/shop?host=/nowhere";
  const std::string beginning = "can't connect to the database 'postgresql:///shop?host=/nowhere'";
  all_fail({kSomeReaders, kWriters, kNode, kMigrate}, url, beginning, "; try again");
  fails({"status"}, url, 4, beginning, "; try again");
}

TEST_CASE("postgres: the tool and a URL with mistakes") {
  for (const Args& args : {Args{"list"}, kWriters[0], Args{"status"}, Args{"migrate"}}) {
    fails(args, "postgresql://u:s3cr3t@x/y?shema=s3cr3t", 2,
          "the store URL has an unknown parameter 'shema'", "of libpq");
  }
}

TEST_CASE("postgres: the tool and what a server refuses") {
  if (postgres_folder().empty()) {
    return;
  }
  const std::string beginning = "can't connect to the database 'postgresql:///";
  const auto refused = [&](const std::string& url, const std::string& end) {
    all_fail({kSomeReaders, kWriters, kNode, kMigrate}, url, beginning, end);
    fails({"status"}, url, 4, beginning, end);
  };
  refused(at("locked:s3cr3t", "crier"),
          "password authentication failed for user \"locked\"; give the password in a file for "
          "PGPASSFILE");
  refused(at("crier:s3cr3t", "nowhere"), "database \"nowhere\" does not exist");
}

TEST_CASE("postgres: the tool and tables that are not there, or newer") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresSpace space;
  const std::string name = "the database 'postgresql:///crier?host=" + postgres_folder() +
                           "&schema=" + space.schema() + "'";
  const std::string make =
      " has no tables of crier's; create them with: crier --store "
      "'postgresql://crier@/crier?host=" +
      postgres_folder() + "&schema=" + space.schema() + "' migrate";
  all_fail({kSomeReaders, kWriters, kNode}, space.url(), name + make, "migrate");
  fails({"status"}, space.url(), 4, name + make, "migrate");

  CHECK(run_tool({"migrate"}, "", space.url()).code == 0);
  CHECK(run_tool({"status", "--min-nodes", "0"}, "", space.url()).code == 0);
  space.execute("INSERT INTO crierMigration (version, name, checksum) VALUES (99, '0099_x', 'x')");
  const std::string newer = " has crier's tables in version 99, and this crier understands";
  all_fail({kSomeReaders, kWriters, kNode, kMigrate}, space.url(), name + newer,
           "use a newer crier");
  fails({"status"}, space.url(), 4, name + newer, "use a newer crier");
}

TEST_CASE("postgres: the tool and rights that are missing") {
  if (postgres_folder().empty()) {
    return;
  }
  const RoleSpace role_space;
  const PostgresSpace& space = role_space.space();
  const std::string& role = role_space.role();
  const std::string url = role_space.url();
  REQUIRE(run_tool({"send", "--refresher", kProducts, "--all"}, "", space.url()).code == 0);
  space.execute("GRANT USAGE ON SCHEMA " + space.schema() + " TO " + role);
  all_fail({kSomeReaders, kWriters, kNode}, url, "the role has no right to ",
           "; crier grants --role ROLE=KIND prints what gives it that");
  all_fail(
      {kMigrate}, url, "the role has no right to migrate",
      "it takes GRANT CREATE ON SCHEMA, or ON DATABASE to make the schema, and to upgrade tables "
      "their owner");
  fails({"status"}, url, 4, "the role has no right to ",
        "; crier grants --role ROLE=KIND prints what gives it that");
  space.execute("GRANT SELECT ON ALL TABLES IN SCHEMA " + space.schema() + " TO " + role);
  for (const Args& args :
       {Args{"list"}, Args{"show", "1"}, Args{"nodes"}, Args{"status", "--min-nodes", "0"}}) {
    CAPTURE(args.front());
    CHECK(run_tool(args, "", url).code == 0);
  }
  all_fail({{kWriters[0], kWriters[1]}}, url, "the role has no right to ",
           "; crier grants --role ROLE=KIND prints what gives it that");
}

TEST_CASE("postgres: a role that may not use the schema is told that, and not that it is empty") {
  if (postgres_folder().empty()) {
    return;
  }
  const RoleSpace space;
  const std::string url = space.url();
  const std::string what =
      "this role has no right to use the schema " + space.space().schema() + " of ";
  const std::string next = "; crier grants --role ROLE=KIND prints what gives it that";
  all_fail({kSomeReaders, kWriters, kNode}, url, what, next);
  fails({"status"}, url, 4, what, next);
  all_fail({kMigrate}, url, what, next);
  const std::string doctor = run_tool({"doctor", "--json"}, "", url).out;
  CHECK(doctor.find("\"verdict\":\"wrong\",\"found\":\"" + what) != std::string::npos);
}

TEST_CASE("postgres: who may not read the names is told so, and not that there is none") {
  if (postgres_folder().empty()) {
    return;
  }
  const RoleSpace space;
  space.grant("publisher");
  const std::string url = space.url();
  const std::string next = "; or give the GUID";
  fails({"send", "--refresher", "Products", "--id", "1"}, url, 1,
        "--refresher: \"Products\" is no GUID, and what nodes call their refreshers can't be read: "
        "the role has no right to ",
        next);
  CHECK(run_tool({"send", "--refresher", kProducts, "--id", "1"}, "", url).code == 0);
}

TEST_CASE("postgres: a counter that is lost, or at its end, is told by name") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresSpace space;
  REQUIRE(run_tool({"migrate"}, "", space.url()).code == 0);
  space.execute("UPDATE crierLog SET newest = 9223372036854775807");
  fails({"send", "--refresher", kProducts, "--id", "1"}, space.url(), 1, "the log in the database ",
        "' has no ids left, since a row was given an immense one; let the nodes go on with a new "
        "log: "
        "another schema or database");
  space.execute("DELETE FROM crierLog");
  const Outcome status = run_tool({"status"}, "", space.url());
  CHECK(status.code == 3);
  CHECK(status.out.find(": the nodes were not looked at\nproblem counter-lost: the log in ") !=
        std::string::npos);
  CHECK(status.out.find(" migrate --repair\n") != std::string::npos);
  CHECK(run_tool({"metrics"}, "", space.url())
            .out.find("crier_problem{code=\"counter-lost\",node=\"\"} 1\n") != std::string::npos);
}

}  // namespace
}  // namespace crier::test
