// SPDX-License-Identifier: MIT
// What became of a key, by what nodes have told of how far they are.
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

TEST_CASE("explain: a node has applied an entry between two of its beats") {
  const Story story;
  const NodeReport node = story.join("web-1", 9);
  story.told(node, {mark(2, 0), mark(4, 5), mark(9, 12)});
  const Json three = story.on("web-1", 3);
  CHECK(three["fate"] == "applied");
  CHECK(three["after"] == "2020-11-21 10:00:00.000");
  CHECK(three["by"] == "2020-11-21 10:00:05.000");
  CHECK(three["state"] == "live");
  CHECK(three["incarnation"] == node.incarnation.to_string());
  CHECK(story.on("web-1", 9)["after"] == "2020-11-21 10:00:05.000");
  CHECK(story.on("web-1", 9)["by"] == "2020-11-21 10:00:12.000");
  const Json one = story.on("web-1", 1);
  CHECK(one["fate"] == "before_start");
  CHECK(one["by"].is_null());
  CHECK(one["detail"] == "it began at entry 2");
  CHECK(story.explain().size() == 5);
}

TEST_CASE("explain: people read entries, instructions and nodes") {
  const Story story;
  const NodeReport one = story.join("web-1", 9);
  story.told(one, {mark(6, 0), mark(9, 12)});
  story.join("a-node-with-a-name-of-many-letters", 9);
  const Outcome outcome =
      story.database.run({"explain", "products", "42", "--utc", "--limit", "1"});
  CHECK(outcome == Outcome{0,
                           "entry 9  2020-11-21 10:00:09  from web-1/shop [P42/D1]\n"
                           "  Products refresh_by_ids 1,42\n"
                           "  a-node-wi…-letters  not known      it has not told when it "
                           "handled what; it\n"
                           "                                     last told that it stood at "
                           "entry 9\n"
                           "  web-1               applied        by 2020-11-21 10:00:12\n",
                           "crier: the newest 1 are explained; see more with --limit\n"});
  for (const Json& line : story.explain({"--node", "web-1"})) {
    REQUIRE(line["nodes"].size() == 1);
    CHECK(line["nodes"][0]["name"] == "web-1");
  }
}

TEST_CASE("explain: what a node has told later than the entry was written proves nothing earlier") {
  const Story story;
  const NodeReport node = story.join("web-1", 9);
  story.told(node, {mark(2, 0), mark(9, 4)});  // entry 9 is of 10:00:09
  CHECK(story.fate("web-1", 3) == "applied");
  const Json nine = story.on("web-1", 9);
  CHECK(nine["fate"] == "not_known");
  CHECK(std::string(nine["detail"]).find("before the entry was written") != std::string::npos);
  run_sql(story.database.path(), "UPDATE crierCacheInstruction SET utcStamp = 'soon' WHERE id = 9");
  CHECK(story.fate("web-1", 9) == "applied");  // such a stamp says nothing
  run_sql(story.database.path(),
          "UPDATE crierNode SET position = 3");  // it has found another log
  CHECK(story.fate("web-1", 3) == "not_known");
}

TEST_CASE("explain: where a node began is of its log only if it was there after the entry") {
  const Story story;
  const NodeReport node = story.join("web-1", 9);
  story.told(node, {mark(7, 0)});
  CHECK(story.fate("web-1", 5) == "before_start");
  run_sql(story.database.path(),
          "UPDATE crierNode SET beatMs = " + std::to_string(moment(3).count()));
  CHECK(story.fate("web-1", 3) == "before_start");
  CHECK(story.fate("web-1", 5) == "not_known");
}

TEST_CASE("explain: an entry that a node has not told of may be on its way, or be done") {
  const Story story;
  NodeReport node = story.join("web-1", 4);
  story.told(node, {mark(2, 0), mark(4, 5)});
  CHECK(story.fate("web-1", 5) == "not_yet");
  story.database.put(11, ids_of(kProducts, "[42]"));
  CHECK(story.fate("web-1", 11) == "not_known");  // it has not beaten since
  node.troubles = {"refresher Orders fails"};
  beat(story.database, node);
  const Json held = story.on("web-1", 5);  // Products may be further
  CHECK(held["fate"] == "not_known");
  CHECK(std::string(held["detail"]).ends_with("held back: refresher Orders fails"));
  node.troubles = {};
  node.poller_alive = false;
  beat(story.database, node);
  CHECK(story.fate("web-1", 5) == "not_known");
  node.poller_alive = true;
  node.position = {9};
  beat(story.database, node);  // without a mark of it
  const Json now = story.on("web-1", 5);
  CHECK(now["fate"] == "applied");
  CHECK(now["after"] == "2020-11-21 10:00:05.000");
  CHECK(now["by"].is_null());
}

TEST_CASE("explain: a node that an operator has paused says so") {
  const Story story;
  NodeReport node = story.join("web-1", 4);
  story.told(node, {mark(2, 0), mark(4, 5)});
  story.with([](Connection& connection) {
    CHECK(connection.nodes().pause("web-1", 1h, "alice@ops\x1b[1m") == 1);
  });
  CHECK(story.fate("web-1", 5) == "not_yet");  // it has not heard of that
  node.stands = true;
  beat(story.database, node);
  const Json five = story.on("web-1", 5);
  CHECK(five["fate"] == "paused");
  const std::string detail = five["detail"];
  CHECK(detail.starts_with("by alice@ops\x1b[1m until 20"));
  CHECK(detail.ends_with("; it last told that it stood at entry 4"));
  CHECK(story.fate("web-1", 3) == "applied");
  story.database.put(11, ids_of(kProducts, "[42]"));
  CHECK(story.fate("web-1", 11) == "paused");  // it has read nothing since its last beat
  const std::string shown = story.database.run({"explain", kProducts, "42", "--limit", "1"}).out;
  CHECK(shown.find("  web-1               paused         by alice@ops\\u001b[1m until 20") !=
        std::string::npos);
  CHECK(shown.find('\x1b') == std::string::npos);
  node.troubles = {"refresher Orders fails at postgresql://u:hunter2@db/shop"};
  beat(story.database, node);
  CHECK(story.fate("web-1", 5) == "not_known");  // Products was further, maybe, when it was paused
  CHECK(std::string(story.on("web-1", 5)["detail"]).find("hunter2") == std::string::npos);
  node.troubles = {};
  beat(story.database, node);
  story.with([](Connection& connection) { CHECK(connection.nodes().resume("web-1", "bob") == 1); });
  CHECK(story.fate("web-1", 5) == "not_yet");
}

TEST_CASE("explain: a node that is silent or gone has told what it has told") {
  const Story story;
  const NodeReport gone = story.join("web-1", 4);
  story.told(gone, {mark(2, 0), mark(4, 5)});
  pass(story.database, 4h);
  CHECK(story.fate("web-1", 3) == "applied");
  const Json five = story.on("web-1", 5);
  CHECK(five["fate"] == "not_known");
  CHECK(five["state"] == "stale");
  CHECK(std::string(five["detail"]).starts_with("it has not beaten for 4 h "));
  goodbye(story.database, gone);
  CHECK(story.fate("web-1", 3) == "applied");
  CHECK(std::string(story.on("web-1", 5)["detail"]).starts_with("it has stopped; "));
  const NodeReport next = story.join("web-1", 6);
  story.told(next, {mark(6, 20)});
  const auto told = [&](const std::string& option, const std::string& value) {
    return story.database.run({"explain", kProducts, "42", "--utc", "--limit", "3", option, value})
        .out;
  };
  const std::string all = told("--since", "2020-01-01");
  // Of entry 5 the new start alone, since the earlier one has had no part in it.
  CHECK(all.find("entry 5  ") != std::string::npos);
  CHECK(all.find("it has stopped") == std::string::npos);
  CHECK(all.find("before start   it began at entry 6") != std::string::npos);
  CHECK(told("--node", "web-1").find("not known      an earlier start: it has") !=
        std::string::npos);
}

TEST_CASE("explain: of two starts of a node the earlier one is named as that") {
  const Story story;
  const NodeReport first = story.join("web-1", 9);
  story.told(first, {mark(2, 0), mark(9, 12)});
  const NodeReport second = story.join("web-1", 9);
  story.told(second, {mark(2, 0), mark(9, 13)});
  const std::string shown = story.database.run({"explain", kProducts, "42", "--utc"}).out;
  CHECK(shown.find("an earlier start: by 2020-11-21 10:00:12") != std::string::npos);
  CHECK(story.on("web-1", 3)["detail"] == "by 2020-11-21 10:00:13");
}

TEST_CASE("explain: who interrupts it gets no answer, rather than half of one") {
  const Story story;
  cli::Interrupt interrupt;
  interrupt.trigger();
  std::istringstream in;
  std::ostringstream out, err;
  const Args args{"explain", kProducts, "42"};
  CHECK(cli::run(args, {in, out, err}, {.store = story.database.url()}, interrupt) == 130);
  CHECK(out.str().empty());
  CHECK(err.str().find("nothing is explained") != std::string::npos);
}

}  // namespace
}  // namespace crier::test
