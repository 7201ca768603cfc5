// SPDX-License-Identifier: MIT
// What a keeper writes into the history.
#include <crier/admin/history.hpp>

#include "unit/keeper_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace crier::test {
namespace {

struct HistoryFixture : KeeperFixture {
  std::vector<std::string> kinds(const std::string& node) {
    std::vector<std::string> kinds;
    for (const EventRecord& event : events(node)) {
      kinds.push_back(event.kind);
    }
    return kinds;
  }
  std::vector<EventRecord> events(const std::string& node) {
    EventQuery query;
    query.node = node;
    return store.connect(Access::read_only)->history().events(query);
  }
  // How often something was written into it, and looked for.
  std::size_t calls(const std::string& operation) {
    return static_cast<std::size_t>(std::ranges::count(operations, operation));
  }
  std::vector<std::string> operations;

  HistoryFixture() {
    store.before = [this](std::string_view operation) { operations.emplace_back(operation); };
  }
};

using Kinds = std::vector<std::string>;

TEST_CASE_FIXTURE(HistoryFixture, "a node tells that it joined, leads and stopped") {
  Kept a(*this, "a");
  CHECK(a.step());
  CHECK(kinds("a") == Kinds{"joined", "lead"});
  CHECK(events("a")[0].detail.find("host host-a, pid 17") != std::string::npos);
  CHECK(events("a")[0].incarnation == a.settings.node.incarnation);
  a.keeper.leave();
  CHECK(kinds("a") == Kinds{"joined", "lead", "stopped"});
}

TEST_CASE_FIXTURE(HistoryFixture, "an idle node writes nothing into the history") {
  Kept a(*this, "a"), b(*this, "b");
  a.step();
  b.step();
  pass(1s);
  operations.clear();
  for (int i = 0; i < 10; ++i) {
    a.step();
    b.step();
    pass(5s);
  }
  CHECK(calls("record_events") == 0);
  CHECK(calls("declare") == 0);
  CHECK(calls("record_silent") == 10);  // a look, and by the leader alone
}

TEST_CASE_FIXTURE(HistoryFixture, "a node says once which refreshers it has") {
  Keeper::Settings settings = Kept::defaults();
  const Guid products = Guid::random();
  settings.refreshers = {{.refresher = products, .name = "Products"}};
  Kept a(*this, "a", settings);
  bool refuses = true;
  store.before = [&](std::string_view operation) {
    operations.emplace_back(operation);
    if (operation == "declare" && refuses) {
      throw Error("declare", "no right");
    }
  };
  CHECK_FALSE(a.step());
  CHECK(node("a").name == "a");  // it hurts nothing else
  refuses = false;
  pass(5s);
  CHECK(a.step());
  const std::vector<RefresherRecord> all = store.connect(Access::read_only)->history().refreshers();
  REQUIRE(all.size() == 1);
  CHECK(all[0].refresher == products);
  CHECK(all[0].name == "Products");
  CHECK(all[0].node == "a");
  pass(5s);
  a.step();
  CHECK(calls("declare") == 2);
}

TEST_CASE_FIXTURE(HistoryFixture, "what happens to refreshers and to the log is told") {
  Kept a(*this, "a");
  a.step();
  const Guid products = Guid::random();
  const auto becomes = [&](RefresherState state) {
    a.reporter.refresher_changed({products, "Products", state, EntryId{7}, "no disk"});
  };
  becomes(RefresherState::retrying);
  becomes(RefresherState::well);  // it was tried again, and no more
  becomes(RefresherState::stuck);
  becomes(RefresherState::stale);
  becomes(RefresherState::well);
  a.reporter.resynced({ResyncReason::hole, "entry 5 follows 3", EntryId{9}});
  a.reporter.missed({EntryId{1}, EntryId{9}}, ResyncReason::backlog);
  a.reporter.missed({EntryId{1}, EntryId{9}}, ResyncReason::hole);  // a resync follows, and tells
  Pruned pruned;
  pruned.rows = 3;
  pruned.through = EntryId{4};
  pruned.more = true;
  a.reporter.pruned(pruned);
  pruned.through = EntryId{7};
  pruned.more = false;
  a.reporter.pruned(pruned);
  pass(5s);
  a.step();
  CHECK(kinds("a") ==
        Kinds{"joined", "lead", "stuck", "failing", "well", "resync", "missed", "pruned"});
  CHECK(events("a")[5].detail ==
        "every refresher (hole): entry 5 follows 3; going on from entry 9");
  CHECK(events("a")[7].detail == "through entry 7");
}

TEST_CASE_FIXTURE(HistoryFixture,
                  "the leader tells who fell silent, and that node that it is back") {
  Kept a(*this, "a"), b(*this, "b");
  a.step();
  b.step();
  for (int i = 0; i < 8; ++i) {
    pass(5s);
    a.step();
  }
  CHECK(kinds("b") == Kinds{"joined", "silent"});
  b.step();
  CHECK(kinds("b") == Kinds{"joined", "silent", "back"});
  CHECK(events("b")[2].detail == "after 40.0 s without a beat");
}

TEST_CASE_FIXTURE(HistoryFixture, "what can't be written is tried a few times, then dropped") {
  Kept a(*this, "a");
  bool refuses = true;
  store.before = [&](std::string_view operation) {
    operations.emplace_back(operation);
    if (operation == "record_events" && refuses) {
      throw Error("record", "no right");
    }
  };
  for (int i = 0; i < 10; ++i) {
    a.step();
    pass(5s);
  }
  CHECK(calls("record_events") == 3);
  CHECK(a.role() == Role::single);
  refuses = false;
  a.reporter.resynced({ResyncReason::hole, "", EntryId{9}});
  a.step();
  CHECK(kinds("a") == Kinds{"resync"});
}

TEST_CASE_FIXTURE(HistoryFixture, "a clone goes on as another start, which has its refreshers") {
  Kept a(*this, "a");
  a.step();
  a.keeper.rename(Guid::random());
  a.step();
  CHECK(kinds("a") == Kinds{"joined", "lead", "clone", "joined"});
  CHECK(calls("declare") == 2);
}

}  // namespace
}  // namespace crier::test
