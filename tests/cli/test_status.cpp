// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "cli/cluster.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

const std::string kLogLine = "log     entries 1 to 12, nothing pruned\n";
const std::string kNoCanary = "canary  none\n";
const std::string kLeader = "leader  web-1 (vm-1, pid 17), for another 8 h 59 m\n";

TEST_CASE("status sums up, and exits 0 where nothing is wrong") {
  const Healthy healthy;
  CHECK(healthy.status() == Outcome{0,
                                    kLogLine + "nodes   1 live, 0 stale, 0 stopped\n" + kLeader +
                                        kNoCanary + "healthy\n",
                                    ""});
  const Outcome json = healthy.status({"--json"});
  CHECK(json.code == 0);
  CHECK(json.err.empty());
  CHECK(json.out.starts_with(
      "{\"healthy\":true,\"problems\":[],\"warnings\":[],\"log\":{\"oldest\":1,\"newest\":12,"
      "\"prunedThrough\":0},\"leader\":{\"name\":\"web-1\",\"incarnation\":\"" +
      healthy.leader.incarnation.to_string() + "\",\"fencing\":1,\"leftMs\":"));
  CHECK(json.out.ends_with(
      "},\"nodes\":{\"live\":1,\"stale\":0,\"stopped\":0},\"canary\":null,\"quarantined\":0}\n"));
}

TEST_CASE("an empty log without nodes is healthy") {
  const Database database;
  CHECK(database.run({"status"}) == Outcome{0,
                                            "log     no entries, nothing pruned\n"
                                            "nodes   0 live, 0 stale, 0 stopped\n"
                                            "leader  none\n"
                                            "canary  none\n"
                                            "healthy\n",
                                            ""});
  CHECK(
      database.run({"status", "--json"}).out ==
      "{\"healthy\":true,\"problems\":[],\"warnings\":[],\"log\":{\"oldest\":null,\"newest\":null,"
      "\"prunedThrough\":0},\"leader\":null,\"nodes\":{\"live\":0,\"stale\":0,\"stopped\":0},"
      "\"canary\":null,"
      "\"quarantined\":0}\n");
}

TEST_CASE("status says how far the log was pruned") {
  const Healthy healthy;
  CHECK(healthy.database.run({"prune", "--older-than", "1d"}).code == 0);
  CHECK(healthy.status().out.starts_with("log     entries 12 to 12, pruned through 11\n"));
}

TEST_CASE("a stale node is a problem, and one that said goodbye is none") {
  const Healthy healthy;
  NodeReport second = report_of("web-2"), third = report_of("web-3");
  second.last_error = "disk full";
  third.poller_alive = false;
  beat(healthy.database, second);
  beat(healthy.database, third);
  goodbye(healthy.database, third);
  pass(healthy.database, 4h);
  beat(healthy.database, healthy.leader);
  const std::string problem =
      "node web-2 (vm-1, pid 17) is stale: its last beat was 4 h 0 m ago; it crashed, is paused, "
      "or is cut off from the database; its last error was 4 h 0 m ago: disk full; if it is gone "
      "for good: crier nodes --forget web-2";
  const Outcome outcome = healthy.status();
  CHECK(outcome.code == 3);
  CHECK(outcome.err.empty());
  CHECK(outcome.out.find("nodes   1 live, 1 stale, 1 stopped\n") != std::string::npos);
  CHECK(outcome.out.ends_with("\nproblem " + problem + "\n"));
  const Outcome json = healthy.status({"--json"});
  CHECK(json.code == 3);
  CHECK(json.out.starts_with("{\"healthy\":false,\"problems\":[\"" + problem + "\"],"));

  SUBCASE("until it beats again") {
    beat(healthy.database, second);
    CHECK(healthy.status().code == 0);
  }
}

TEST_CASE("a live node that lags beyond the limit is a problem") {
  const Healthy healthy;
  NodeReport second = report_of("web-2", 8);
  second.last_error = "disk full";
  beat(healthy.database, second);
  pass(healthy.database, 1h);
  CHECK(healthy.status().code == 0);
  CHECK(healthy.status({"--max-lag", "4"}).code == 0);
  const Outcome outcome = healthy.status({"--max-lag", "3"});
  CHECK(outcome.code == 3);
  CHECK(outcome.out.ends_with(
      "\nproblem node web-2 (vm-1, pid 17) lags: it is 4 entries behind, and the limit is 3; its "
      "last error was 1 h 0 m ago: disk full\n"));
  CHECK(healthy.status({"--max-lag", "0"}).code == 3);

  SUBCASE("which by default is 1000") {
    run_sql(healthy.database.path(), "UPDATE crierNode SET lag = 1000 WHERE name = 'web-2'");
    CHECK(healthy.status().code == 0);
    run_sql(healthy.database.path(), "UPDATE crierNode SET lag = 1001 WHERE name = 'web-2'");
    CHECK(healthy.status().code == 3);
  }
}

TEST_CASE("a name stands in a command as a shell takes it") {
  const auto command = [](const std::string& name) {
    const Database database;
    beat(database, report_of(name));
    pass(database, 4h);
    const std::string out = database.run({"status"}).out;
    const std::size_t begin = out.find("crier nodes");
    return out.substr(begin, out.find('\n', begin) - begin);
  };
  CHECK(command("db_1.a-b/c") == "crier nodes --forget db_1.a-b/c");
  CHECK(command("two words") == "crier nodes --forget 'two words'");
  CHECK(command("$(it's)") == "crier nodes --forget '$(it'\\''s)'");
  CHECK(command("-x") == "crier nodes --forget=-x");
  CHECK(command("a\x1b") == "crier nodes --forget 'a\\u001b'");
}

TEST_CASE("a live node that stands beyond the log's end is a warning") {
  const Healthy healthy;
  const NodeReport second = report_of("web-2", 15);
  beat(healthy.database, second);
  const Outcome outcome = healthy.status();
  CHECK(outcome.code == 0);
  CHECK(outcome.out.ends_with(
      "\nwarning node web-2 (vm-1, pid 17) stands at entry 15, and the log ends at entry 12: the "
      "log was replaced, and the node has not said that it noticed\nhealthy\n"));
  run_sql(healthy.database.path(), "DELETE FROM crierCacheInstruction");
  CHECK(healthy.status().out.find("stands at entry 12, and the log ends at entry 0") !=
        std::string::npos);

  SUBCASE("and none where it is not live") {
    goodbye(healthy.database, second);
    goodbye(healthy.database, healthy.leader);
    CHECK(healthy.status().out.find("stands at") == std::string::npos);
  }
}

TEST_CASE("two live nodes of one name are a warning") {
  const Healthy healthy;
  NodeReport second = report_of("web-1", 12);
  second.pid = 18;
  beat(healthy.database, second);
  const std::string warning =
      "2 live nodes bear one name: web-1 (vm-1, pid 17) and web-1 (vm-1, pid 18); give each a "
      "name of its own";
  const Outcome outcome = healthy.status();
  CHECK(outcome.code == 0);
  CHECK(outcome.out.ends_with("\nwarning " + warning + "\nhealthy\n"));
  CHECK(healthy.status({"--json"})
            .out.starts_with("{\"healthy\":true,\"problems\":[],\"warnings\":[\"" + warning +
                             "\"],"));
}

TEST_CASE("nodes that nobody leads are a warning, once they had the time to settle it") {
  const Database database;
  const NodeReport node = report_of("web-1");
  beat(database, node);
  const std::string warning = "\nwarning no node leads, so that no old entry is deleted\nhealthy\n";
  CHECK(database.run({"status"}).out.find("warning") == std::string::npos);
  pass(database, 16s);
  beat(database, node);
  const Outcome outcome = database.run({"status"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out.ends_with("\nleader  none\ncanary  none" + warning));
}

TEST_CASE("a leader that did not register is named by its incarnation") {
  const Database database;
  const NodeReport leader = report_of("web-1");
  lead(database, leader);
  CHECK(database.run({"status"})
            .out.find("\nleader  incarnation " + leader.incarnation.to_string() +
                      ", which has not registered, for another ") != std::string::npos);
  CHECK(database.run({"status", "--json"}).out.find("\"leader\":{\"name\":null,") !=
        std::string::npos);
}

TEST_CASE("a log that can't be read is a problem") {
  const std::string sentence =
      "no database at '/no/such/x.db'; create it with: crier --store /no/such/x.db migrate";
  CHECK(run_tool({"status"}, "", "/no/such/x.db") == Outcome{3, "problem " + sentence + "\n", ""});
  CHECK(run_tool({"status", "--json"}, "", "/no/such/x.db") ==
        Outcome{3,
                "{\"healthy\":false,\"problems\":[\"" + sentence +
                    "\"],\"warnings\":[],\"log\":null,\"leader\":null,\"nodes\":null,\"canary\":"
                    "null,\"quarantined\":null}\n",
                ""});
  const Database database;
  run_sql(database.path(), "ALTER TABLE crierCacheInstruction RENAME TO elsewhere");
  CHECK(database.run({"status"}).code == 3);
}

TEST_CASE("a malformed status is a usage error") {
  const Database database;
  for (const char* text : {"-1", "", "many", "9223372036854775808"}) {
    CHECK(
        database.run({"status", "--max-lag", text}) ==
        Outcome{2, "",
                "crier: --max-lag: \"" + std::string(text) + "\" is not a whole number from 0\n"});
  }
  CHECK(run_tool({"status"}).code == 2);
  CHECK(run_tool({"status"}, "", "redis:x").code == 2);
}

TEST_CASE("a node's name can't inject a terminal's escapes into a status") {
  const Database database;
  beat(database, report_of("web-1"));
  run_sql(database.path(), "UPDATE crierNode SET name = char(27) || '[2J', lastError = char(155)");
  pass(database, 4h);
  const std::string out = database.run({"status"}).out;
  CHECK(out.find("node \\u001b[2J (vm-1, pid 17) is stale") != std::string::npos);
  CHECK(out.find("\\u009b") != std::string::npos);
}

}  // namespace
}  // namespace crier::test
