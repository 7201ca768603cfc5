// SPDX-License-Identifier: MIT
// What became of a key whose entries were not run as they stand: they were given up, or a full
// refresh superseded them, or nobody was asked.
#include <crier/admin/history.hpp>
#include <crier/admin/resync_request.hpp>
#include <crier/codec.hpp>

#include "cli/story.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using cli::Json;
using namespace std::chrono_literals;

FailureRecord failure_of(const NodeReport& node, std::int64_t entry, std::size_t index = 0) {
  FailureRecord failure;
  failure.entry = {entry};
  failure.index = index;
  failure.originated = kOrigin;
  failure.refresher = Guid::parse(kProducts).value();
  failure.node = node.name;
  failure.incarnation = node.incarnation;
  failure.attempts = 4;
  failure.error = "no disk\x1b[2J";
  return failure;
}

TEST_CASE("explain: what was given up is told, if it is this entry and of this node") {
  const Story story;
  const NodeReport node = story.join("web-1", 9), other = story.join("web-2", 9);
  story.told(node, {mark(2, 0), mark(9, 12)});
  story.told(other, {mark(2, 0), mark(9, 12)});
  FailureRecord elsewhere = failure_of(node, 7);
  elsewhere.originated = "web-9/shop [P1/D1] 0123456789ABCDEF0123456789ABCDEF";
  FailureRecord orders = failure_of(node, 9);
  orders.refresher = Guid::parse(kOrders).value();
  quarantine(story.database, {failure_of(node, 3), failure_of(node, 5, 1), elsewhere, orders});
  run_sql(story.database.path(),
          "UPDATE crierFailure SET failedMs = " + std::to_string(moment(10).count()));
  const Json three = story.on("web-1", 3);
  CHECK(three["fate"] == "given_up");
  CHECK(three["failure"] == 1);
  CHECK(three["by"] == "2020-11-21 10:00:12.000");
  CHECK(std::string(three["detail"]).starts_with("after 4 attempts at 2020-11-21 10:00:10: "));
  CHECK(story.fate("web-2", 3) == "applied");
  CHECK(story.fate("web-1", 5) == "applied");  // another instruction of it
  CHECK(story.fate("web-1", 7) == "applied");  // another log's
  CHECK(story.fate("web-1", 9) == "applied");  // another refresher's
  const std::string shown = story.database.run({"explain", kProducts, "42", "--node", "web-1"}).out;
  CHECK(shown.find("disk\\u001b[2J (see crier failures, 1)\n") != std::string::npos);
  CHECK(shown.find('\x1b') == std::string::npos);
  run_sql(story.database.path(), "UPDATE crierFailure SET failedMs = 0");
  CHECK(story.fate("web-1", 3) == "applied");  // it was given up before it was written
}

TEST_CASE("explain: what was given up is told, whatever bytes its writer's name has") {
  const Story story;
  const NodeReport node = story.join("web-1", 9);
  story.told(node, {mark(2, 0), mark(9, 12)});
  run_sql(story.database.path(),
          "UPDATE crierCacheInstruction SET originated = CAST(x'636166e9' AS TEXT) WHERE id = 3");
  FailureRecord failure = failure_of(node, 3);
  failure.originated = "caf\xe9";
  quarantine(story.database, {failure});
  run_sql(story.database.path(),
          "UPDATE crierFailure SET failedMs = " + std::to_string(moment(10).count()));
  CHECK(story.fate("web-1", 3) == "given_up");
}

TEST_CASE("explain: what a node has published and given up may be another one's") {
  const Story story;
  NodeReport node = report_of("web-1", 9);
  node.incarnation = Guid::parse("0123456789ABCDEF0123456789ABCDEF").value();  // of kOrigin
  declare(story.database, node, {{kProducts, "Products"}});
  story.told(node, {mark(2, 0), mark(9, 12)});
  CHECK(story.fate("web-1", 3) == "applied");
  CHECK(std::string(story.on("web-1", 3)["detail"]).ends_with("; it published it"));
  CHECK(story.explain()[0]["writer"] == "web-1");
  FailureRecord failure = failure_of(node, 0);
  failure.json_instruction = ids_of(kProducts, "[1,42]");
  quarantine(story.database, {failure});
  const Json three = story.on("web-1", 3);
  CHECK(three["fate"] == "not_known");
  CHECK(three["failure"] == 1);
}

TEST_CASE("explain: a full refresh supersedes what lies between the marks around it") {
  const Story story;
  const NodeReport node = story.join("web-1", 9), backlog = story.join("web-2", 9);
  story.told(node, {mark(2, 0), mark(6, 8), mark(9, 12)});
  story.told(backlog, {mark(2, 0), mark(9, 12)});
  story.happened(node, "resync",
                 "every refresher (hole): entry (asked); going on from entry 1; going on from "
                 "entry 5",
                 moment(6));
  story.happened(backlog, "missed", "entries after 4 through 8-0c7f3a: too many", moment(9));
  const Json three = story.on("web-1", 3);
  CHECK(three["fate"] == "superseded");
  CHECK(three["by"] == "2020-11-21 10:00:06.000");
  CHECK(std::string(three["detail"]).ends_with(" (hole)"));
  CHECK(story.fate("web-1", 5) == "superseded");
  CHECK(story.fate("web-1", 7) == "applied");
  CHECK(story.fate("web-2", 3) == "applied");
  CHECK(story.fate("web-2", 5) == "superseded");
  CHECK(story.fate("web-2", 7) == "superseded");
  CHECK(story.fate("web-2", 9) == "applied");
  // A node writes what has happened a moment after the beat.
  story.happened(node, "resync", "every refresher (hole): x; going on from entry 9",
                 moment(12) + 900ms);
  CHECK(story.fate("web-1", 9) == "superseded");
}

TEST_CASE("explain: a resync that does not fit the marks supersedes nothing") {
  const Story story;
  const NodeReport node = story.join("web-1", 9);
  story.told(node, {mark(2, 0), mark(6, 8), mark(9, 12)});
  const auto resync = [&](const std::string& reason, const std::string& entry, int seconds) {
    story.happened(node, "resync",
                   "every refresher (" + reason + "): why; going on from entry " + entry,
                   moment(seconds));
  };
  resync("asked", "5", 6);         // what came before it was applied
  resync("anchor_gone", "90", 6);  // of another log
  resync("anchor_gone", "5", 30);  // at another time
  resync("hole", "five", 6);       // not crier's words
  story.happened(node, "missed", "entries after through 7: x", moment(6));
  story.happened(node, "missed", "entries after 9 through 3: x", moment(6));
  story.happened(node, "joined", "every refresher (hole): x; going on from entry 5", moment(6));
  CHECK(story.fate("web-1", 3) == "applied");
  CHECK(story.fate("web-1", 5) == "applied");
}

TEST_CASE("explain: who has no such refresher, or was not asked, has nothing to do with it") {
  const Story story;
  const NodeReport orders = report_of("web-1", 9), any = report_of("web-2", 9);
  declare(story.database, orders, {{kOrders, "Orders"}});
  declare(story.database, any, {{"", "fallback"}});
  const NodeReport silent = report_of("web-3", 9);
  beat(story.database, silent);  // and says nothing of what it has
  for (const NodeReport& node : {orders, any, silent}) {
    story.told(node, {mark(2, 0), mark(9, 12)});
  }
  CHECK(story.fate("web-1", 3) == "no_refresher");
  CHECK(story.fate("web-2", 3) == "applied");
  CHECK(story.fate("web-3", 3) == "not_known");
  CHECK(story.fate("web-3", 1) == "before_start");
  const auto request = to_instruction(ResyncRequest{"web-2", {}});
  story.database.put(12, encode({&request, 1}));
  beat(story.database, any);
  CHECK(story.fate("web-2", 12) == "not_yet");
  CHECK(story.fate("web-1", 12) == "not_asked");
  const std::string shown = story.database.run({"explain", kProducts, "42", "--limit", "1"}).out;
  CHECK(shown.find("resync of web-2") != std::string::npos);
  CHECK(shown.find("web-1  ") == std::string::npos);
}

}  // namespace
}  // namespace crier::test
