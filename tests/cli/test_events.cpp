// SPDX-License-Identifier: MIT
#include <crier/admin/history.hpp>

#include "cli/cluster.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

void record(const Database& database, std::string kind, const NodeReport& node, std::string detail,
            std::chrono::milliseconds age = 0ms) {
  EventRecord event;
  event.kind = std::move(kind);
  event.node = node.name;
  event.incarnation = node.incarnation;
  event.detail = std::move(detail);
  event.age = age;
  const auto store = open_store(database.url());
  store->connect(Access::read_write)->history().record({&event, 1});
}

// Without the times at the front of the lines.
std::string without_times(const std::string& out) {
  std::string text;
  for (std::size_t at = 0; at < out.size();) {
    const std::size_t end = out.find('\n', at) + 1;
    text += out.substr(at + 21, end - at - 21);
    at = end;
  }
  return text;
}

TEST_CASE("events are printed oldest first, with what there is to say") {
  const Database database;
  const NodeReport one = report_of("web-1"), two = report_of("web-2");
  record(database, "joined", one, "host vm-1", 2h);
  record(database, "resync", two, "every refresher (hole)\x1b[2J");
  CHECK(without_times(database.run({"events", "--wide"}).out) ==
        "migration   applied 0001_instruction_log, 0002_cluster, 0003_failures, "
        "0004_shared_cache, 0005_rights, "
        "0006_hybrid_caches, 0007_history, 0008_operators\n"
        "joined      web-1  host vm-1\n"
        "resync      web-2  every refresher (hole)\\u001b[2J\n");
  CHECK(without_times(database.run({"events", "--kind", "migration"}).out)
            .starts_with("migration   applied 0001_instruction_log, 0002_cluster,\n"
                         "            0003_failures, "));
  CHECK(without_times(database.run({"events", "--node", "web-1"}).out) ==
        "joined      web-1  host vm-1\n");
  CHECK(without_times(database.run({"events", "--kind", "resync"}).out).starts_with("resync "));
  CHECK(database.run({"events", "--since", "1h", "--node", "web-1"}).code == 2);
  CHECK(database.run({"events", "--since", "2130-01-01"}) ==
        Outcome{2, "",
                "crier: --since: \"2130-01-01\" is in the future: nothing has happened since\n"});
  const Outcome few = database.run({"events", "--limit", "1"});
  CHECK(without_times(few.out).starts_with("resync "));
  CHECK(few.err == "crier: the newest 1 are listed; see more with --limit\n");
  CHECK(database.run({"events", "--json", "--kind", "resync"})
            .out.find("\"kind\":\"resync\",\"node\":\"web-2\",\"incarnation\":\"" +
                      two.incarnation.to_string() + "\",\"detail\":\"every") != std::string::npos);
}

TEST_CASE("a kind or a node that is not known is named, with the nearest") {
  const Database database;
  beat(database, report_of("web-1"));
  CHECK(database.run({"events", "--kind", "resnc"}) ==
        Outcome{2, "", "crier: --kind: \"resnc\" is no kind of event; did you mean resync?\n"});
  CHECK(database.run({"events", "--kind", "x"}).err.find("there are: joined, silent, ") !=
        std::string::npos);
  CHECK(database.run({"events", "--node", "wbe-1"}) ==
        Outcome{2, "", "crier: --node: there is no node \"wbe-1\"; did you mean web-1?\n"});
  CHECK(database.run({"events", "--node", "web-1"}) ==
        Outcome{0, "", "crier: nothing of that kind is remembered\n"});
}

TEST_CASE("a node that runs and stops leaves its history and its names") {
  const Database database;
  RunningTool node({"node", "--name", "web-1"}, database.url());
  REQUIRE(node.says("from entry 0"));
  const auto told = [&] { return database.run({"events", "--node", "web-1"}).out; };
  CHECK(node.stop().code == 0);
  const std::string events = without_times(told());
  CHECK(events.find("joined      web-1  crier ") != std::string::npos);
  CHECK(events.find("lead        web-1  ") != std::string::npos);
  CHECK(events.find("stopped     web-1  it said goodbye\n") != std::string::npos);
  CHECK(database.run({"refreshers", "--all"}).out.find("(any other)") != std::string::npos);
}

}  // namespace
}  // namespace crier::test
