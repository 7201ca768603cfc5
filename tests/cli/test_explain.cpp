// SPDX-License-Identifier: MIT
// What became of a key, by what nodes have told.
#include <crier/admin/history.hpp>
#include <crier/admin/resync_request.hpp>
#include <crier/codec.hpp>

#include "cli/cluster.hpp"
#include "json.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <sstream>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using cli::Json;
using namespace std::chrono_literals;

// The time of an entry's stamp: long ago, whatever the clock of this machine says.
std::chrono::milliseconds at(int seconds) {
  return (std::chrono::sys_days(std::chrono::year(2020) / 11 / 21) + 10h +
          std::chrono::seconds(seconds))
      .time_since_epoch();
}

// Entries 1 to 9, of which the odd ones concern product 42, and nodes that have told of them.
struct Story {
  Database database;

  Story() {
    for (std::int64_t id = 1; id <= 9; ++id) {
      database.put(id, ids_of(kProducts, id % 2 == 0 ? "[7]" : "[1,42]"));
    }
    run_sql(database.path(),
            "UPDATE crierCacheInstruction SET utcStamp = replace(utcStamp, '2026', '2020')");
  }

  // It has the refresher, stands at `position`, and has told so.
  NodeReport join(const std::string& name, std::int64_t position) const {
    NodeReport node = report_of(name, position);
    declare(database, node, {{kProducts, "Products"}});
    return node;
  }
  void told(const NodeReport& node, const std::vector<ProgressMark>& marks) const {
    with([&](Connection& connection) { connection.history().record_progress(node, marks, false); });
  }
  void happened(const NodeReport& node, const std::string& kind, const std::string& detail,
                std::chrono::milliseconds when) const {
    with([&](Connection& connection) {
      EventRecord event;
      event.kind = kind;
      event.node = node.name;
      event.incarnation = node.incarnation;
      event.detail = detail;
      connection.history().record({&event, 1});
    });
    run_sql(database.path(), "UPDATE crierEvent SET atMs = " + std::to_string(when.count()) +
                                 " WHERE id = (SELECT max(id) FROM crierEvent)");
  }
  template <class Body>
  void with(Body body) const {
    const auto store = open_store(database.url());
    body(*store->connect(Access::read_write));
  }

  [[nodiscard]] std::vector<Json> explain(Args options = {}) const {
    Args args{"explain", kProducts, "42", "--json"};
    args.insert(args.end(), options.begin(), options.end());
    const Outcome outcome = database.run(args);
    CHECK_MESSAGE(outcome.code == 0, outcome.err);
    std::vector<Json> lines;
    std::istringstream text(outcome.out);
    for (std::string line; std::getline(text, line);) {
      lines.push_back(Json::parse(line));
    }
    return lines;
  }
  // What became of an entry on a node, its latest start.
  [[nodiscard]] Json on(const std::string& name, std::int64_t entry) const {
    Json fate;
    for (const Json& line : explain()) {
      for (const Json& node : line["nodes"]) {
        if (line["entry"] == entry && node["name"] == name) {
          fate = node;
        }
      }
    }
    return fate;
  }
  [[nodiscard]] std::string fate(const std::string& name, std::int64_t entry) const {
    return on(name, entry)["fate"];
  }
};

ProgressMark mark(std::int64_t position, int seconds) { return {{position}, at(seconds)}; }

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
  run_sql(story.database.path(), "UPDATE crierNode SET beatMs = " + std::to_string(at(3).count()));
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
          "UPDATE crierFailure SET failedMs = " + std::to_string(at(10).count()));
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
          "UPDATE crierFailure SET failedMs = " + std::to_string(at(10).count()));
  CHECK(story.fate("web-1", 3) == "given_up");
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
                 at(6));
  story.happened(backlog, "missed", "entries after 4 through 8-0c7f3a: too many", at(9));
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
                 at(12) + 900ms);
  CHECK(story.fate("web-1", 9) == "superseded");
}

TEST_CASE("explain: a resync that does not fit the marks supersedes nothing") {
  const Story story;
  const NodeReport node = story.join("web-1", 9);
  story.told(node, {mark(2, 0), mark(6, 8), mark(9, 12)});
  const auto resync = [&](const std::string& reason, const std::string& entry, int seconds) {
    story.happened(node, "resync",
                   "every refresher (" + reason + "): why; going on from entry " + entry,
                   at(seconds));
  };
  resync("asked", "5", 6);         // what came before it was applied
  resync("anchor_gone", "90", 6);  // of another log
  resync("anchor_gone", "5", 30);  // at another time
  resync("hole", "five", 6);       // not crier's words
  story.happened(node, "missed", "entries after through 7: x", at(6));
  story.happened(node, "missed", "entries after 9 through 3: x", at(6));
  story.happened(node, "joined", "every refresher (hole): x; going on from entry 5", at(6));
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
