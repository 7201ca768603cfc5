// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "cli/cluster.hpp"
#include "cli/status_text.hpp"

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
  CHECK(healthy.status() ==
        Outcome{0,
                first_line(healthy.database, "1 of 1 node is fresh") + kLogLine +
                    "nodes   1 live, 0 stale, 0 stopped\n" + kLeader + kNoCanary + "healthy\n",
                ""});
  const Outcome json = healthy.status({"--json"});
  CHECK(json.code == 0);
  CHECK(json.err.empty());
  CHECK(json.out.starts_with(
      "{\"store\":\"sqlite:" + healthy.database.path() +
      "\",\"healthy\":true,\"fresh\":1,\"of\":1,\"problems\":[],\"warnings\":[],"
      "\"log\":{\"oldest\":1,\"newest\":12,"
      "\"prunedThrough\":0},\"leader\":{\"name\":\"web-1\",\"incarnation\":\"" +
      healthy.leader.incarnation.to_string() + "\",\"fencing\":1,\"leftMs\":"));
  CHECK(json.out.find("},\"nodes\":{\"live\":1,\"stale\":0,\"stopped\":0},\"canary\":null,"
                      "\"quarantined\":0,\"error\":null,\"walBytes\":") != std::string::npos);
}

TEST_CASE("a log without a live node is not well, unless there is to be none") {
  const Database database;
  const std::string head = first_line(database, "0 of 0 nodes are fresh") +
                           "log     no entries, nothing pruned\n"
                           "nodes   0 live, 0 stale, 0 stopped\n"
                           "leader  none\n"
                           "canary  none\n";
  const std::string nobody = "no node is live, so that nobody hears of a change";
  const std::string next = "start one, or say --min-nodes 0 if there is to be none";
  CHECK(database.run({"status"}) ==
        Outcome{3, head + "problem no-live-node: " + nobody + "\n  next: " + next + "\n", ""});
  CHECK(database.run({"status", "--min-nodes", "0"}) == Outcome{0, head + "healthy\n", ""});
  CHECK(database.run({"status", "--json"})
            .out.starts_with("{\"store\":\"sqlite:" + database.path() +
                             "\",\"healthy\":false,\"fresh\":0,\"of\":0,\"problems\":[{\"code\":"
                             "\"no-live-node\",\"node\":null,\"what\":\"" +
                             nobody + "\",\"figure\":0,\"unit\":\"nodes\",\"next\":\"" + next +
                             "\"}],\"warnings\":[],\"log\":{\"oldest\":null,\"newest\":null,"
                             "\"prunedThrough\":0},\"leader\":null,\"nodes\":{\"live\":0,\"stale\":"
                             "0,\"stopped\":0},"
                             "\"canary\":null,\"quarantined\":0,\"error\":null,\"walBytes\":"));
  const NodeReport node = report_of("web-1");
  beat(database, node);
  CHECK(database.run({"status"}).code == 0);
  goodbye(database, node);
  CHECK(has_problem(database.run({"status"}), "no-live-node"));
}

TEST_CASE("fewer live nodes than there are to be are a problem") {
  const Healthy healthy;
  const Outcome outcome = healthy.status({"--min-nodes", "2"});
  CHECK(outcome.code == 3);
  CHECK(
      outcome.out.ends_with("\nproblem too-few-nodes: 1 node is live, and there are to be 2\n"
                            "  next: see who has gone: crier nodes --all\n"));
  beat(healthy.database, report_of("web-2", 12));
  CHECK(healthy.status({"--min-nodes", "2"}).code == 0);
}

TEST_CASE("status says how far the log was pruned") {
  const Healthy healthy;
  CHECK(healthy.database.run({"prune", "--older-than", "1d"}).code == 0);
  CHECK(healthy.status().out.find("\nlog     entries 12 to 12, pruned through 11\n") !=
        std::string::npos);
}

TEST_CASE("a stale node is a problem, and one that said goodbye is none") {
  const Healthy healthy;
  NodeReport second = report_of("web-2", 12), third = report_of("web-3");
  second.last_error = "disk full";
  third.poller_alive = false;
  beat(healthy.database, second);
  beat(healthy.database, third);
  goodbye(healthy.database, third);
  pass(healthy.database, 4h);
  beat(healthy.database, healthy.leader);
  const std::string problem =
      "node web-2 (vm-1, pid 17) is stale: its last beat was 4 h 0 m ago; it crashed, is paused, "
      "or is cut off from the database; its last error was 4 h 0 m ago: disk full";
  const std::string next =
      "restart it, and it takes its place again; if it is gone for good: "
      "crier nodes --forget web-2";
  const Outcome outcome = healthy.status();
  CHECK(outcome.code == 3);
  CHECK(outcome.err.empty());
  CHECK(outcome.out.find("nodes   1 live, 1 stale, 1 stopped\n") != std::string::npos);
  CHECK(outcome.out.starts_with(first_line(healthy.database, "1 of 2 nodes are fresh")));
  CHECK(outcome.out.ends_with("\nproblem node-stale: " + problem + "\n  next: " + next + "\n"));
  const Outcome json = healthy.status({"--json"});
  CHECK(json.code == 3);
  CHECK(json.out.find(
            ",\"healthy\":false,\"fresh\":1,\"of\":2,\"problems\":[{\"code\":\"node-stale\","
            "\"node\":\"web-2\",\"what\":\"" +
            problem + "\",\"figure\":1440") != std::string::npos);
  CHECK(json.out.find(",\"unit\":\"ms\",\"next\":\"" + next + "\"}],") != std::string::npos);

  SUBCASE("until it beats again") {
    beat(healthy.database, second);
    CHECK(healthy.status().code == 0);
  }
}

TEST_CASE("status of one node judges its newest start alone") {
  const Healthy healthy;
  beat(healthy.database, report_of("web-2", 12));
  pass(healthy.database, 4h);
  beat(healthy.database, healthy.leader);
  CHECK(healthy.status().code == 3);
  CHECK(healthy.status({"--node", "web-1"}).code == 0);
  const Outcome stale = healthy.status({"--node", "web-2"});
  CHECK(stale.code == 3);
  CHECK(stale.out.find("problem node-stale: node web-2 (vm-1, pid 17) is stale") !=
        std::string::npos);
  const NodeReport again = report_of("web-2", 12);
  beat(healthy.database, again);
  CHECK(healthy.status({"--node", "web-2"}).code == 0);
  goodbye(healthy.database, again);
  CHECK(healthy.status({"--node", "web-2"})
            .out.ends_with("problem node-stopped: node web-2 (vm-1, pid 17) has stopped\n"
                           "  next: start it\n"));
  CHECK(healthy.status({"--node", "web-3"})
            .out.ends_with("problem no-such-node: there is no node \"web-3\"\n"
                           "  next: see which there are: crier nodes --all\n"));
}

TEST_CASE("a name stands in a command as a shell takes it") {
  const auto command = [](const std::string& name) {
    const Database database;
    beat(database, report_of(name));
    pass(database, 4h);
    const std::string out = database.run({"status"}).out;
    const std::size_t begin = out.find("crier nodes --forget");
    return out.substr(begin, out.find('\n', begin) - begin);
  };
  CHECK(command("db_1.a-b/c") == "crier nodes --forget db_1.a-b/c");
  CHECK(command("two words") == "crier nodes --forget 'two words'");
  CHECK(command("$(it's)") == "crier nodes --forget '$(it'\\''s)'");
  CHECK(command("-x") == "crier nodes --forget=-x");
  CHECK(command("a\x1b") == "crier nodes --forget 'a\\u001b'");
}

TEST_CASE("a live node that stands beyond the log's end is a problem") {
  const Healthy healthy;
  const NodeReport second = report_of("web-2", 15);
  beat(healthy.database, second);
  const Outcome outcome = healthy.status();
  CHECK(outcome.code == 3);
  CHECK(outcome.out.ends_with(
      "\nproblem beyond-the-end: node web-2 (vm-1, pid 17) stands at entry 15, and the log ends at "
      "entry 12: the log was replaced, and the node has not said that it noticed\n"
      "  next: look again in a moment; if it stays so, restart the node\n"));
  run_sql(healthy.database.path(), "DELETE FROM crierCacheInstruction");
  CHECK(healthy.status().out.find("stands at entry 12, and the log ends at entry 0") !=
        std::string::npos);

  SUBCASE("and none if it is not live") {
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
      "2 live nodes bear one name: web-1 (vm-1, pid 17) and web-1 (vm-1, pid 18)";
  const std::string next = "give each a name of its own";
  const Outcome outcome = healthy.status();
  CHECK(outcome.code == 0);
  CHECK(outcome.out.ends_with("\nwarning namesakes: " + warning + "\n  next: " + next +
                              "\nhealthy\n"));
  CHECK(healthy.status({"--json"})
            .out.find("\"warnings\":[{\"code\":\"namesakes\",\"node\":\"web-1\",\"what\":\"" +
                      warning + "\",\"figure\":2,\"unit\":\"nodes\",\"next\":\"" + next + "\"}]") !=
        std::string::npos);
}

TEST_CASE("that nobody leads is a problem, once the nodes had the time to settle it") {
  const Database database;
  NodeReport node = report_of("web-1");
  beat(database, node);
  CHECK(database.run({"status"}).code == 0);
  pass(database, 16s);
  beat(database, node);
  const Outcome outcome = database.run({"status"});
  CHECK(outcome.code == 3);
  CHECK(outcome.out.find("\nproblem no-leader: no node leads, so that ") != std::string::npos);

  SUBCASE("but for the moment in which another one takes over") {
    NodeReport leader = report_of("web-2");
    leader.role = Role::scheduling_publisher;
    leader.interval = 5s;
    beat(database, leader);
    goodbye(database, leader);
    CHECK(database.run({"status"}).code == 0);
    pass(database, 15s);
    CHECK(database.run({"status"}).code == 0);
    pass(database, 11s);
    CHECK(has_problem(database.run({"status"}), "no-leader"));
  }
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

TEST_CASE("a status that could not look says so, and exits 4") {
  const std::string sentence =
      "no database at '/no/such/x.db'; create it with: crier --store /no/such/x.db migrate";
  CHECK(run_tool({"status"}, "", "/no/such/x.db") ==
        Outcome{4, "", "crier: could not look: " + sentence + "\n"});
  CHECK(run_tool({"status", "--json"}, "", "/no/such/x.db") ==
        Outcome{4,
                "{\"store\":\"sqlite:/no/such/x.db\",\"healthy\":null,\"fresh\":null,\"of\":null,"
                "\"problems\":[],\"warnings\":[],\"log\":null,\"leader\":null,\"nodes\":null,"
                "\"canary\":null,\"quarantined\":null,\"error\":\"" +
                    sentence + "\",\"walBytes\":null}\n",
                ""});
  const Database database;
  run_sql(database.path(), "ALTER TABLE crierCacheInstruction RENAME TO elsewhere");
  CHECK(database.run({"status"}).code == 4);
}

TEST_CASE("tables that are older than the tool are a problem by themselves") {
  const Database database;
  run_sql(database.path(),
          "DROP TABLE crierHybrid; DROP TABLE crierEvent; DROP TABLE crierRefresher; "
          "DROP TABLE crierProgress; DROP TABLE crierAudit; "
          "DELETE FROM crierMigration WHERE version > 4");
  const Outcome outcome = database.run({"status"});
  CHECK(outcome.code == 3);
  CHECK(outcome.out.starts_with(first_line(database, "the nodes were not looked at") +
                                "problem schema-older: "));
  const std::string json = database.run({"status", "--json"}).out;
  CHECK(json.find(",\"fresh\":null,\"of\":null,") != std::string::npos);
  CHECK(json.find(",\"next\":\"upgrade them with: crier ") != std::string::npos);
  const std::string metrics = database.run({"metrics"}).out;
  CHECK(metrics.find("crier_problem{code=\"schema-older\",node=\"\"} 1\n") != std::string::npos);
  CHECK(metrics.find("crier_nodes") == std::string::npos);
  CHECK(metrics.find("crier_log_") == std::string::npos);
  CHECK(database.run({"status", "--node", "web-1"}).out == outcome.out);
  run_sql(database.path(),
          "INSERT INTO crierMigration (version, name, checksum) VALUES (9999, 'later', 'x')");
  CHECK(database.run({"status"}).code == 4);
}

TEST_CASE("ids near their end are a problem") {
  const Healthy healthy;
  run_sql(healthy.database.path(),
          "INSERT INTO crierCacheInstruction SELECT 9223372036854775000, utcStamp, "
          "jsonInstruction, originated, instructionCount FROM crierCacheInstruction WHERE id = 1");
  const Outcome outcome = healthy.status();
  CHECK(outcome.code == 3);
  CHECK(outcome.out.find("\nproblem ids-near-their-end: the log's newest entry is "
                         "9223372036854775000, and 807 ids are left\n") != std::string::npos);
}

TEST_CASE("who publishes once no id is left is told that, and not of a full disk") {
  const Healthy healthy;
  run_sql(healthy.database.path(),
          "INSERT INTO crierCacheInstruction SELECT 9223372036854775807, utcStamp, "
          "jsonInstruction, originated, instructionCount FROM crierCacheInstruction WHERE id = 1");
  CHECK(healthy.status().out.find(", and no id is left\n") != std::string::npos);
  const Outcome sent = healthy.database.run({"send", "--refresher", kProducts, "--id", "1"});
  CHECK(sent.code == 1);
  CHECK(sent.err.find("' has no ids left, since a row was given an immense one; let the nodes go "
                      "on with a new log") != std::string::npos);
}

TEST_CASE("a node that was cloned is a problem, and no mere namesake") {
  const Healthy healthy;
  NodeReport copy = healthy.leader;
  copy.incarnation = report_of("web-1").incarnation;
  beat(healthy.database, copy);
  CHECK(healthy.status().code == 0);
  CHECK(healthy.status().out.find("\nwarning namesakes: ") != std::string::npos);
  const auto store = open_store(healthy.database.url());
  EventRecord noticed;
  noticed.kind = "clone";
  noticed.node = "web-1";
  store->connect(Access::read_write)->history().record({&noticed, 1});
  const Outcome outcome = healthy.status();
  CHECK(outcome.code == 3);
  CHECK(
      outcome.out.find("\nproblem node-cloned: node web-1 (vm-1, pid 17) is under way 2 times: ") !=
      std::string::npos);
  CHECK(outcome.out.find("namesakes") == std::string::npos);
  goodbye(healthy.database, copy);
  CHECK(healthy.status().code == 0);
}

TEST_CASE("a malformed status is a usage error") {
  const Database database;
  for (const std::string option : {"--max-lag", "--min-nodes"}) {
    for (const std::string text : {"-1", "", "many", "9223372036854775808"}) {
      CHECK(
          database.run({"status", option, text}) ==
          Outcome{2, "", "crier: " + option + ": \"" + text + "\" is not a whole number from 0\n"});
    }
  }
  CHECK(database.run({"status", "--max-behind", "soon"}).code == 2);
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
