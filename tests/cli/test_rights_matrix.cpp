// SPDX-License-Identifier: MIT
// Every command as a role of each kind, with what `crier grants` prints and no more, on servers
// that are hardened: it works, or fails with a sentence that says which right is missing.
#include "cli/tool.hpp"
#include "cli/tree.hpp"
#include "support/eventually.hpp"
#include "support/postgres_server.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace crier::test {
namespace {

const std::string kRefresher = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

// How a command is called, and the kinds for which it works: their first letters.
struct Use {
  std::string args;
  std::string kinds;
};

// A command that is not here fails the tests.
const std::map<std::string, Use> kUses = {
    {"crier status", {"--min-nodes 0", "rn"}},
    {"crier nodes", {"", "rn"}},
    {"crier refreshers", {"", "rn"}},
    {"crier list", {"", "rn"}},
    {"crier show", {"1", "rn"}},
    {"crier tail", {"--from-start", "rn"}},
    {"crier explain", {kRefresher + " 42", "rn"}},
    {"crier events", {"", "rn"}},
    {"crier wait", {"1 --timeout 30s", "rn"}},
    {"crier audit", {"--timeout 30s", "n"}},
    {"crier doctor", {"", "rn"}},
    {"crier metrics", {"", "rn"}},
    {"crier serve", {"--listen 0", "rn"}},
    {"crier send", {"--force --refresher " + kRefresher + " --all", "pn"}},
    {"crier sql-trigger", {"--table products --refresher " + kRefresher, "rpn"}},
    {"crier cache init", {"", "rpn"}},
    {"crier cache get", {"a", "rn"}},
    {"crier cache set", {"a --value 1", "n"}},
    {"crier cache remove", {"b", "n"}},
    {"crier cache list", {"", "rn"}},
    {"crier cache stats", {"", "rn"}},
    {"crier cache clear", {"--prefix z", "n"}},
    {"crier failures", {"", "rn"}},
    {"crier replay", {"1", "n"}},
    {"crier resync", {"--all --timeout 30s", "n"}},
    {"crier pause", {"here --timeout 30s", "n"}},
    {"crier resume", {"here --timeout 30s", "n"}},
    {"crier prune", {"--older-than 1d", "n"}},
    {"crier migrate", {"", "rpn"}},
    {"crier grants", {"--role x=reader", "rpn"}},
    {"crier node", {"--name matrix", "n"}},
    {"crier completion", {"bash", "rpan"}},
    {"crier version", {"", "rpan"}},
    {"crier help", {"", "rpan"}},
};

bool lasts(const std::string& name) {
  return name == "crier tail" || name == "crier node" || name == "crier serve";
}

// top needs a terminal, and looks as status does; and the page may not have been built.
bool is_left_out(const std::string& name) {
#ifdef CRIER_HAS_SERVE
  return name == "crier top";
#else
  return name == "crier top" || name == "crier serve";
#endif
}

// A server of its own, with a node, on which a role of each kind has what the tool's own grants
// give.
struct HardServer {
  std::unique_ptr<PostgresServer> server = PostgresServer::start();
  std::unique_ptr<RunningTool> node;

  HardServer() {
    server->execute(
        "REVOKE ALL ON DATABASE postgres FROM PUBLIC; REVOKE ALL ON SCHEMA public FROM PUBLIC; "
        "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC; "
        "CREATE TABLE products (id bigint PRIMARY KEY)");
    REQUIRE(owner({"migrate"}) == 0);
    REQUIRE(owner({"send", "--force", "--refresher", kRefresher, "--all"}) == 0);
    REQUIRE(owner({"cache", "set", "a", "--value", "1"}) == 0);
    node = std::make_unique<RunningTool>(Args{"node", "--name", "here"}, server->url());
    REQUIRE(eventually([&] { return server->value("SELECT count(*) FROM crierNode") == "1"; }));
    for (const std::string kind : {"reader", "publisher", "application", "node"}) {
      server->execute("CREATE ROLE " + kind +
                      "_role LOGIN; GRANT CONNECT ON DATABASE postgres TO " + kind + "_role");
      server->execute(
          run_tool({"grants", "--role", kind + "_role=" + kind}, "", server->url()).out);
    }
  }
  [[nodiscard]] int owner(const Args& args) const {
    return run_tool(args, "", server->url("&deadline=30s")).code;
  }
  [[nodiscard]] std::string url(const std::string& kind) const {
    return "postgresql://" + kind + "_role@/postgres?deadline=30s&host=" + server->folder();
  }
  [[nodiscard]] Outcome run(const cli::CommandInfo& command, const std::string& args,
                            const std::string& kind) const {
    Args words(command.path.begin() + 1, command.path.end());
    std::istringstream more(args);
    for (std::string word; more >> word;) {
      words.push_back(word);
    }
    if (command.full_name() == "crier doctor") {
      return run_doctor({}, url(kind));
    }
    if (!lasts(command.full_name())) {
      return run_tool(words, "", url(kind));
    }
    RunningTool tool(words, url(kind));
    CHECK(eventually([&] { return !tool.out().empty() || !tool.err().empty(); }));
    return tool.stop();
  }
};

// Calls check(name, whether it works for the kind, outcome) for each command and each kind.
template <class Check>
void run_all(const HardServer& server, Check check) {
  for (const cli::CommandInfo* const command : all_commands()) {
    const std::string name = command->full_name();
    if (command->needs_command || command->path.size() == 1 || is_left_out(name)) {
      continue;
    }
    CAPTURE(name);
    const auto use = kUses.find(name);
    REQUIRE(use != kUses.end());
    for (const std::string kind : {"reader", "publisher", "application", "node"}) {
      CAPTURE(kind);
      const Outcome outcome = server.run(*command, use->second.args, kind);
      CAPTURE(outcome);
      check(name, use->second.kinds.find(kind.front()) != std::string::npos, outcome);
    }
  }
}

// Tells by its code that it could not.
bool looks(const std::string& name) {
  return name == "crier status" || name == "crier metrics" || name == "crier audit";
}

// Who lasts tries again, until it is interrupted. The doctor tells as much as it can look at.
bool fails_well(const std::string& name, int code) {
  if (lasts(name)) {
    return true;
  }
  return name == "crier doctor" ? code == 3 || code == 4 : code == (looks(name) ? 4 : 1);
}

bool tells(const Outcome& outcome, const std::string& words) {
  return one_line(outcome.out + outcome.err).find(words) != std::string::npos;
}

TEST_CASE(
    "postgres: each command works for the kinds that it is for, and tells the others why not") {
  if (!PostgresServer::is_here()) {
    return;
  }
  const HardServer server;
  run_all(server, [](const std::string& name, bool works, const Outcome& outcome) {
    if (works) {
      CHECK((outcome.code == 0 || outcome.code == 130 ||
             (name == "crier audit" && tells(outcome, "no node audits a cache"))));
      CHECK_FALSE(tells(outcome, "has no right to"));
    } else {
      CHECK(fails_well(name, outcome.code));
      CHECK(tells(outcome, "the role has no right to "));
      CHECK((tells(outcome, "crier grants --role ROLE=KIND prints what gives it that") ||
             tells(outcome, "it takes GRANT CREATE ON SCHEMA")));
    }
  });
}

TEST_CASE("postgres: under row-level security each command works, or says what takes it off") {
  if (!PostgresServer::is_here()) {
    return;
  }
  const HardServer server;
  server.server->execute(
      "DO $$ DECLARE name text; BEGIN FOR name IN SELECT relname FROM pg_class WHERE relkind = 'r' "
      "AND relnamespace = 'public'::regnamespace AND relname LIKE 'crier%' LOOP "
      "EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name); END LOOP; END $$");
  run_all(server, [](const std::string& name, bool works, const Outcome& outcome) {
    if (outcome.code == 0 && !lasts(name)) {
      CHECK(works);
      return;
    }
    CHECK(fails_well(name, outcome.code));
    CHECK_FALSE(tells(outcome, "SQLSTATE"));
    if (works) {
      CHECK(tells(outcome, "row-level security policy for table "));
      CHECK(tells(outcome, " DISABLE ROW LEVEL SECURITY"));
    }
  });
  // What is told leads out.
  const Outcome list = run_tool({"list"}, "", server.url("reader"));
  REQUIRE(list.code == 1);
  const std::size_t at = list.err.find("ALTER TABLE ");
  REQUIRE(at != std::string::npos);
  server.server->execute(list.err.substr(at));
  CHECK(run_tool({"list"}, "", server.url("reader")).err != list.err);
}

}  // namespace
}  // namespace crier::test
