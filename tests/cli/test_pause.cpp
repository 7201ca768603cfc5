// SPDX-License-Identifier: MIT
#include <crier/admin/cluster.hpp>

#include "cli/cluster.hpp"
#include "support/eventually.hpp"
#include "user.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

void send(const Database& database, const std::string& id) {
  CHECK(database.run({"send", "--refresher", kProducts, "--id", id, "--force"}).code == 0);
}

TEST_CASE("pause: the node stands until it is resumed, and who looks is told") {
  const Database database;
  RunningTool first({"node", "--name", "web-1", "--json"}, database.url());
  RunningTool second({"node", "--name", "web-2", "--json"}, database.url());
  REQUIRE(first.says("following"));
  REQUIRE(second.says("following"));
  const Outcome paused =
      database.run({"pause", "web-1", "--for", "1h", "--by", "alice", "--timeout", "1m"});
  CAPTURE(paused);
  CHECK(paused.code == 0);
  CHECK(paused.err.empty());
  CHECK(paused.out.starts_with("node web-1 ("));
  CHECK(holds(paused.out, " stands at entry "));
  CHECK(paused.out.ends_with("; end that with: crier resume web-1\n"));
  send(database, "42");
  CHECK(second.prints("\"ids\":[42]"));
  CHECK_FALSE(holds(first.out(), "\"ids\":[42]"));

  const Outcome status = database.run({"status"});
  CHECK(status.code == 3);
  CHECK(holds(status.out, "1 of 2 nodes are fresh"));
  CHECK(holds(status.out, "problem node-paused: node web-1 ("));
  CHECK(holds(status.out, " is paused by alice for 59 m "));
  CHECK(holds(status.out, ": it stands at entry "));
  CHECK(holds(status.out, "\n  next: crier resume web-1\n"));
  CHECK_FALSE(holds(status.out, "node-behind"));
  const std::string nodes = database.run({"nodes"}).out;
  CHECK(holds(nodes, "  paused  "));
  CHECK(holds(nodes, "\n  paused by alice for 59 m "));
  CHECK(holds(database.run({"nodes", "--json"}).out, "\"stands\":true,\"pausedForMs\":3"));
  CHECK(holds(database.run({"metrics"}).out, "crier_node_paused{node=\"web-1\"} 1\n"));
  CHECK(holds(database.run({"metrics"}).out, "crier_node_paused{node=\"web-2\"} 0\n"));
  const Outcome waited = database.run({"wait", "newest", "--timeout", "1ms"});
  CHECK(waited.code == 3);
  CHECK(holds(waited.err, "; it is paused by alice for 59 m "));
  CHECK(holds(waited.err, ": crier resume web-1\n"));

  const Outcome resumed = database.run({"resume", "web-1", "--timeout", "1m"});
  CAPTURE(resumed);
  CHECK(resumed.code == 0);
  CHECK(resumed.err.empty());
  CHECK(holds(resumed.out, " reads again; it was at entry "));
  CHECK(first.prints("\"ids\":[42]"));
  CHECK(eventually([&] {  // with its next beats
    const std::string events = database.run({"events", "--node", "web-1"}).out;
    return holds(events, "paused      web-1  by alice, for ") &&
           holds(events, "resumed     web-1  by " + cli::user_at_host());
  }));
  CHECK(database.run({"wait", "newest", "--timeout", "1m"}).code == 0);
}

TEST_CASE("pause: it ends by itself, and the node catches up at once") {
  const Database database;
  RunningTool node({"node", "--name", "web-1", "--json"}, database.url());
  REQUIRE(node.says("following"));
  const Outcome paused =
      database.run({"pause", "web-1", "--for", "300ms", "--timeout", "1m", "--json"});
  if (paused.code == 0) {  // else it was over before anybody looked
    CHECK(holds(paused.out, "{\"node\":\"web-1\",\"forMs\":300,\"done\":true,\"stands\":[{"));
  }
  send(database, "7");
  CHECK(node.prints("\"ids\":[7]"));
  CHECK(database.run({"pause", "web-1", "--timeout", "1m"}).code == 0);
  const Outcome resumed = database.run({"resume", "--all", "--timeout", "1m", "--json"});
  CHECK(resumed.code == 0);
  CHECK(holds(resumed.out, "{\"done\":true,\"reading\":[{\"name\":\"web-1\""));
  CHECK(database.run({"resume", "--all"}) == Outcome{3, "", "crier: no node is paused\n"});
  CHECK(database.run({"resume", "web-1"}) ==
        Outcome{3, "", "crier: node \"web-1\" is not paused\n"});
}

TEST_CASE("pause: a node that stops or restarts is paused no more") {
  const Database database;
  {
    RunningTool node({"node", "--name", "web-1", "--json"}, database.url());
    REQUIRE(node.says("following"));
    CHECK(database.run({"pause", "web-1", "--timeout", "1m"}).code == 0);
    send(database, "1");
    CHECK(node.stop().code == 0);
  }
  RunningTool again({"node", "--name", "web-1", "--json"}, database.url());
  REQUIRE(again.says("following"));
  CHECK(database.run({"status"}).code == 0);
  send(database, "2");
  CHECK(again.prints("\"ids\":[2]"));
}

TEST_CASE("pause: a node that says nothing stays asked to, and who waits is told") {
  const Database database;
  beat(database, report_of("web-1", 0));
  const Outcome silent = database.run({"pause", "web-1", "--timeout", "1ms"});
  CHECK(silent.code == 3);
  CHECK(silent.out.empty());
  CHECK(
      holds(silent.err, "node web-1 (vm-1, pid 17) has not said that it stands: it is at entry 0"));
  CHECK(holds(silent.err, "; it is asked to until 20"));
  CHECK(holds(silent.err, "; end that with: crier resume web-1\n"));
  CHECK(holds(database.run({"status"}).out, ": it has not said yet that it stands\n"));
  CHECK(holds(database.run({"pause", "web-1", "--timeout", "1ms", "--json"}).out,
              "\"done\":false,\"stands\":[],\"waiting\":[{\"name\":\"web-1\""));
  NodeReport standing = report_of("web-2", 0);
  beat(database, standing);
  CHECK(database.run({"pause", "web-2", "--timeout", "1ms"}).code == 3);
  standing.stands = true;
  beat(database, standing);
  // What it said of the pause before says nothing of this one, nor of its end: it may be dead.
  const Outcome again = database.run({"pause", "web-2", "--timeout", "1ms"});
  CHECK(again.code == 3);
  CHECK(holds(again.err, "node web-2 (vm-1, pid 17) has not said that it stands: "));
  const Outcome resumed = database.run({"resume", "web-2", "--timeout", "1ms"});
  CHECK(resumed.code == 3);
  CHECK(holds(resumed.err, "node web-2 (vm-1, pid 17) has not said that it reads again: "));
  CHECK(database.run({"pause", "web-2", "--timeout", "1ms"}).code == 3);
  CHECK(holds(database.run({"resume", "web-2", "--timeout", "1ms", "--json"}).out,
              "{\"done\":false,\"reading\":[],\"waiting\":[{\"name\":\"web-2\""));
}

TEST_CASE("pause: a node that is not there, or silent, is refused") {
  const Database database;
  const NodeReport stopped = report_of("web-1", 0);
  beat(database, stopped);
  goodbye(database, stopped);
  CHECK(database.run({"pause", "web-1"}) ==
        Outcome{3, "", "crier: node web-1 (vm-1, pid 17) has stopped, so that it reads nothing\n"});
  beat(database, report_of("web-2", 0));
  pass(database, 4h);
  const Outcome stale = database.run({"pause", "web-2"});
  CHECK(stale.code == 3);
  CHECK(holds(stale.err, "is stale, its last beat was 4 h 0 m ago: it would not hear of a pause"));
  CHECK_FALSE(holds(database.run({"nodes", "--json"}).out, "\"pausedForMs\":3"));
}

TEST_CASE("pause: what is wrong is said before anything is written") {
  const Database database;
  beat(database, report_of("web-1", 0));
  const auto refused = [&](const std::vector<std::string>& arguments, const std::string& why) {
    const Outcome outcome = database.run(arguments);
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    CHECK_MESSAGE(holds(outcome.err, why), outcome.err);
  };
  refused({"pause"}, "NODE");
  refused({"pause", ""}, "the node's name is empty");
  refused({"pause", "web-2"}, "is remembered; did you mean \"web-1\"?");
  refused({"resume", "web-2"}, "is remembered; did you mean \"web-1\"?");
  refused({"pause", "web-1", "--for", "25h"},
          "--for: a pause lasts from 1ms through 1d, and not \"25h\"");
  refused({"pause", "web-1", "--for", "0ms"}, "--for: a pause lasts");
  refused({"pause", "web-1", "--for", "-1s"}, "--for");
  refused({"pause", "web-1", "--timeout", "soon"}, "--timeout");
  refused({"pause", "web-1", "--by", ""}, "--by: say who pauses the node");
  refused({"resume"}, "give the name of a node, or --all");
  refused({"resume", "web-1", "--all"}, "give the name of a node, or --all");
  refused({"resume", "web-1", "--by", ""}, "--by: say who resumes the node");
  CHECK(holds(database.run({"nodes", "--json"}).out, "\"pausedForMs\":null,\"pausedBy\":null"));
}

TEST_CASE("pause: hostile names and texts are shown, and do nothing") {
  const Database database;
  beat(database, report_of("-x \x1b[2J", 0));
  CHECK(database.run({"pause", "--timeout", "1ms", "--by", "\x1b[31mme\n", "--", "-x \x1b[2J"})
            .code == 3);
  const Outcome status = database.run({"status"});
  CHECK_FALSE(holds(status.out, "\x1b"));
  CHECK(holds(status.out, "next: crier resume -- '-x "));
  CHECK_FALSE(holds(database.run({"nodes"}).out, "\x1b"));
}

}  // namespace
}  // namespace crier::test
