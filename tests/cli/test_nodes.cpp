// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "cli/cluster.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <regex>
#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// Which goes on with the clock.
std::string without_proof_age(const std::string& json) {
  return std::regex_replace(json, std::regex("\"proofAgeMs\":72[0-9]{5}"), "\"proofAgeMs\":#");
}

TEST_CASE("nodes prints a line for each node") {
  const Database database;
  put_old(database, 12);
  NodeReport first = report_of("web-1", 12);
  first.role = Role::scheduling_publisher;
  NodeReport second = report_of("web-20", 9);
  second.host = "vm-2";
  second.pid = 4242;
  second.poller_alive = false;
  second.durable = true;
  second.failed = 3;
  second.resyncs = 1;
  beat(database, first);
  beat(database, second);
  FailureRecord failure;
  failure.incarnation = second.incarnation;
  quarantine(database, {failure, failure});  // entry 0 is never the same
  pass(database, 1h);
  const std::string out = database.run({"nodes"}).out;
  CHECK(
      out.starts_with("NAME    STATE  ROLE        POSITION  LAG   BEHIND     BEAT\n"
                      "web-1   live   leader            12    0        -  1 h 0 m\n"
                      "web-20  live   subscriber         9    3  3 d 0 h  1 h 0 m\n"));
  CHECK(out.ends_with("\n  its poller is stalled\n"));
  const std::string wide = database.run({"nodes", "--wide"}).out;
  CHECK(wide.find("BEAT  KEPT  POLLER   QUAR  RESYNCS  VERSION  HOST/PID\n") != std::string::npos);
  CHECK(wide.find("1 h 0 m  -     alive       0        0  1.2.3    vm-1/17\n") !=
        std::string::npos);
  CHECK(wide.find("1 h 0 m  yes   stalled     2        1  1.2.3    vm-2/4242\n") !=
        std::string::npos);
}

TEST_CASE("what a node was last is not shown as what it is") {
  const Database database;
  const NodeReport gone = report_of("web-1"), asleep = report_of("web-2");
  beat(database, gone);
  beat(database, asleep);
  goodbye(database, gone);
  pass(database, 4h);
  put_old(database, 3);
  const std::string out = database.run({"nodes", "--all"}).out;
  CHECK(out.find("\nweb-1  stopped  -            0    -") != std::string::npos);
  CHECK(out.find("\nweb-2  stale    -            0    3") != std::string::npos);
  CHECK(database.run({"nodes", "--json"})
            .out.find("\"position\":0,\"lag\":null,\"behindMs\":null,") != std::string::npos);
  const Outcome few = database.run({"nodes"});
  CHECK(few.err == "crier: 1 stopped node is left out; see all with: crier nodes --all\n");
  CHECK(few.out.find("web-1") == std::string::npos);
  CHECK(few.out.find("web-2") != std::string::npos);
}

TEST_CASE("beneath a node stands its last error, and that its name is borne twice") {
  const Database database;
  NodeReport first = report_of("web-1"), second = report_of("web-1");
  first.last_error = "entry 7: it threw\x1b[2J";
  beat(database, first);
  beat(database, second);
  pass(database, 2h);
  NodeReport third = report_of("web-2");
  beat(database, third);
  const std::string out = database.run({"nodes"}).out;
  const std::string twice = "\n  one of 2 live nodes of this name\n";
  const std::size_t once = out.find(twice);
  CHECK(once != std::string::npos);
  CHECK(out.find(twice, once + 1) != std::string::npos);
  CHECK(out.find("\n  2 h 0 m ago: entry 7: it threw\\u001b[2J\n") != std::string::npos);
  CHECK(out.find("\nweb-2 ") > out.rfind(twice));

  SUBCASE("which a stale one does not count for") {
    pass(database, 2h);
    beat(database, second);
    CHECK(database.run({"nodes"}).out.find("one of") == std::string::npos);
  }
}

TEST_CASE("below the nodes stands what their refreshers suffer from") {
  const Database database;
  NodeReport first = report_of("web-1"), gone = report_of("web-2");
  first.troubles = {"it hangs\x1b[2J", "it fails"};
  gone.troubles = {"it fails"};
  beat(database, first);
  beat(database, gone);
  goodbye(database, gone);
  pass(database, 1h);
  CHECK(database.run({"nodes"}).out.ends_with("  1 h 0 m\n  it hangs\\u001b[2J\n  it fails\n"));
  NodeReport second = report_of("web-3");
  second.last_error = "it is " + std::string(30, 'x') + " " + std::string(40, 'y');
  beat(database, second);
  const std::string out = database.run({"nodes"}).out;
  CHECK(out.find("\n  it fails\nweb-3 ") != std::string::npos);  // beneath its node
  CHECK(out.find(std::string(30, 'x') + "\n    " + std::string(40, 'y') + "\n") !=
        std::string::npos);
  CHECK(database.run({"nodes", "--wide"}).out.find("x " + std::string(40, 'y')) !=
        std::string::npos);
}

TEST_CASE("nodes prints JSON") {
  const Database database;
  put_old(database, 12);
  NodeReport node = report_of("web-1\x1b", 9);
  node.durable = true;
  node.applied = 5;
  node.failed = 2;
  node.resyncs = 1;
  node.proof_age = 2h;
  node.canary = EntryId{8};
  node.troubles = {"it hangs\x1b", "it fails"};
  beat(database, node);
  const std::string head = "{\"name\":\"web-1\\u001b\",\"incarnation\":\"" +
                           node.incarnation.to_string() +
                           "\",\"state\":\"live\",\"role\":\"subscriber\",\"host\":\"vm-1\","
                           "\"pid\":17,\"application\":\"shop\",\"version\":\"1.2.3\","
                           "\"position\":9,\"lag\":3,\"behindMs\":";
  const std::string tail =
      "\"intervalMs\":3600000,\"pollerAlive\":true,\"stands\":false,\"pausedForMs\":null,"
      "\"pausedBy\":null,\"durable\":true,"
      "\"proofAgeMs\":#,\"canary\":8,\"troubles\":[\"it hangs\\u001b\",\"it "
      "fails\"],\"quarantined\":0,\"applied\":5,\"failed\":2,"
      "\"resyncs\":1,\"lastError\":";
  const Outcome outcome = database.run({"nodes", "--json"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out.starts_with(head));
  CHECK(without_proof_age(outcome.out).ends_with(tail + "null,\"lastErrorAgeMs\":null}\n"));

  node.last_error = "it threw";
  beat(database, node);
  CHECK(without_proof_age(database.run({"nodes", "--json"}).out)
            .find(tail + "\"it threw\",\"lastErrorAgeMs\":") != std::string::npos);
}

TEST_CASE("where no node is remembered, nodes says so") {
  const Database database;
  CHECK(database.run({"nodes"}) == Outcome{0, "", "crier: no node is remembered\n"});
  CHECK(database.run({"nodes", "--json"}) == Outcome{0, "", ""});
}

TEST_CASE("a node's line can't inject a terminal's escapes, however long its name") {
  const Database database;
  beat(database, report_of("web-1"));
  run_sql(database.path(),
          "UPDATE crierNode SET name = char(27) || '[2J' || printf('%.100000c', 'x'), "
          "host = char(27) || '[2J', lastError = char(10) || char(155)");
  const std::string out = database.run({"nodes", "--wide"}).out;
  CHECK(database.run({"nodes"}).out.find("\\u001b[2Jx…") != std::string::npos);
  CHECK(out.find('\x1b') == std::string::npos);
  CHECK(out.find("\\u001b[2Jxxx") != std::string::npos);
  CHECK(out.find("  \\u001b[2J/17\n") != std::string::npos);
  CHECK(out.find(": \\n\\u009b\n") != std::string::npos);
  CHECK(out.size() < 2000);
}

TEST_CASE("--forget forgets what is not live under a name") {
  const Database database;
  const NodeReport first = report_of("web-1"), second = report_of("web-1");
  beat(database, first);
  goodbye(database, first);
  beat(database, second);
  goodbye(database, second);
  beat(database, report_of("web-2"));
  CHECK(database.run({"nodes", "--forget", "web-1"}) ==
        Outcome{0, "forgot 2 rows under the name \"web-1\"\n", ""});
  CHECK(query(database.path(), "SELECT group_concat(name) FROM crierNode") == "web-2");
  const std::string nothing = "crier: nothing is remembered under the name \"web-1\"\n";
  CHECK(database.run({"nodes", "--forget", "web-1"}) == Outcome{3, "", nothing});
  CHECK(database.run({"nodes", "--forget", "web-1", "--json"}) ==
        Outcome{3, "{\"forgotten\":0}\n", nothing});
}

TEST_CASE("--forget takes a name that looks like an option") {
  const Database database;
  const NodeReport node = report_of("-x");
  beat(database, node);
  goodbye(database, node);
  CHECK(database.run({"nodes", "--forget=-x"}).code == 0);
}

TEST_CASE("--forget counts the position that was kept") {
  const Database database;
  const NodeReport node = report_of("web-1", 3);
  const auto store = open_store(database.url());
  store->connect(Access::read_write)->nodes().save_position(node, {node.position, {}}, false);
  SUBCASE("alone") {
    CHECK(database.run({"nodes", "--forget", "web-1"}) ==
          Outcome{0, "forgot 1 row under the name \"web-1\"\n", ""});
  }
  SUBCASE("with the node") {
    beat(database, node);
    goodbye(database, node);
    CHECK(database.run({"nodes", "--forget", "web-1", "--json"}) ==
          Outcome{0, "{\"forgotten\":2}\n", ""});
  }
  CHECK(database.run({"nodes", "--forget", "web-1"}).code == 3);
}

TEST_CASE("--forget leaves a live node, and says so") {
  const Database database;
  beat(database, report_of("web-1"));
  const std::string live =
      "crier: a node of the name \"web-1\" is live, and stays: stop it, or wait until it is "
      "stale\n";
  CHECK(database.run({"nodes", "--forget", "web-1"}) == Outcome{3, "", live});

  const NodeReport other = report_of("web-1");
  beat(database, other);
  goodbye(database, other);
  CHECK(database.run({"nodes", "--forget", "web-1"}) ==
        Outcome{0, "forgot 1 row under the name \"web-1\"\n", live});
  CHECK(query(database.path(), "SELECT count(*) FROM crierNode") == "1");
}

TEST_CASE("a malformed nodes is a usage error") {
  CHECK(run_tool({"nodes", "--forget", ""}, "", "/no/such/folder/x.db") ==
        Outcome{2, "", "crier: --forget: the node's name is empty\n"});
  CHECK(run_tool({"nodes", "web-1"}).code == 2);
}

}  // namespace
}  // namespace crier::test
