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

TEST_CASE_FIXTURE(HistoryFixture, "when something has happened does not depend on a slow step") {
  Kept a(*this, "a");
  a.step();
  const auto before = Keeper::Time::clock::now();
  a.reporter.resynced({ResyncReason::hole, "", EntryId{9}});
  store.before = [&](std::string_view operation) {
    while (operation == "beat" && Keeper::Time::clock::now() < before + 20ms) {
    }
  };
  a.step();
  CHECK(events("a").back().age >= 20ms);
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

// What the history knows of a node and an entry.
Passage passage(HistoryFixture& world, const Kept& kept, std::int64_t entry) {
  const auto passages = world.store.connect(Access::read_only)->history().passages({entry});
  const auto found =
      std::ranges::find(passages, kept.settings.node.incarnation, &Passage::incarnation);
  REQUIRE(found != passages.end());
  return *found;
}

TEST_CASE_FIXTURE(HistoryFixture, "a node tells with a beat how far it is, if it has moved") {
  Kept a(*this, "a");
  const auto began_at = store.now;
  a.step();  // it has no place yet
  CHECK(calls("record_progress") == 0);
  a.position.reset(place(3));
  a.position.advance(place(5));
  pass(5s);
  a.step();
  CHECK(calls("record_progress") == 1);
  CHECK(passage(*this, a, 3).after == ProgressMark{{3}, began_at});  // where it began
  CHECK(passage(*this, a, 3).before == std::nullopt);
  CHECK(passage(*this, a, 4).before == ProgressMark{{3}, began_at});
  CHECK(passage(*this, a, 4).after == ProgressMark{{5}, began_at + 5s});
  for (int i = 0; i < 10; ++i) {
    pass(5s);
    a.step();
  }
  CHECK(calls("record_progress") == 1);
  a.position.advance(place(6));
  a.keeper.want_answer();
  a.step();  // an answer is no beat
  CHECK(calls("record_progress") == 1);
  CHECK(passage(*this, a, 6).position == EntryId{6});
  pass(5s);
  a.step();
  CHECK(calls("record_progress") == 2);
  CHECK(passage(*this, a, 6).before == ProgressMark{{5}, began_at + 5s});
  CHECK(passage(*this, a, 6).after == ProgressMark{{6}, began_at + 60s});
}

TEST_CASE_FIXTURE(HistoryFixture,
                  "a node tells at its stop what it has handled since its last beat") {
  Kept a(*this, "a");
  a.position.reset(place(3));
  a.step();
  pass(2s);
  a.position.advance(place(5));
  a.keeper.leave();
  CHECK(passage(*this, a, 5).after == ProgressMark{{5}, store.now});
  CHECK(passage(*this, a, 5).position == EntryId{5});
  CHECK(node("a").state == NodeState::stopped);
}

TEST_CASE_FIXTURE(HistoryFixture, "a node whose store is out of reach stops all the same") {
  Kept a(*this, "a");
  a.position.reset(place(3));
  a.step();
  a.position.advance(place(4));
  operations.clear();
  SUBCASE("for its last beat alone") {
    store.before = [this](std::string_view operation) {
      operations.emplace_back(operation);
      if (operation == "beat") {
        throw Error("beat", "the database is locked", Error::Kind::retryable);
      }
    };
    a.keeper.leave();
    CHECK(a.log.take() == Lines{"the last beat failed and is tried again: the database is locked"});
    CHECK(node("a").state == NodeState::stopped);
  }
  SUBCASE("for all it does") {
    store.before = [this](std::string_view operation) {
      operations.emplace_back(operation);
      throw Error("connect", "no server", Error::Kind::retryable);
    };
    a.keeper.leave();
    CHECK(operations.size() <= 2);  // it tries to connect once
    store.before = nullptr;
    CHECK(node("a").state == NodeState::live);
  }
  store.before = nullptr;
  CHECK(node("a").position == EntryId{3});
}

TEST_CASE_FIXTURE(HistoryFixture, "a node that has not beaten makes no row at its stop") {
  Kept a(*this, "a");
  a.position.reset(place(3));
  SUBCASE("yet") {}
  SUBCASE("under its new name") {
    a.step();
    a.keeper.rename(Guid::random());
    a.position.advance(place(4));
  }
  const std::size_t before = nodes().size();
  a.keeper.leave();
  CHECK(nodes().size() == before);
  CHECK(calls("beat") == 2 * before);  // a leader's first tick beats twice
  CHECK((before == 0 || node("a").position == EntryId{3}));
}

TEST_CASE_FIXTURE(HistoryFixture, "what a node has told of a log that was replaced is forgotten") {
  Kept a(*this, "a");
  a.step();
  a.position.reset(place(7));
  pass(5s);
  a.step();
  CHECK(passage(*this, a, 5).after == ProgressMark{{7}, store.now - 5s});
  store.clear();
  pass(5s);
  a.step();  // nobody has noticed, but the place is gone
  CHECK(passage(*this, a, 5).position == EntryId{0});
  a.position.lose();
  const Cursor two = place(2);
  a.position.reset(two);
  a.position.advance(place(4));
  pass(5s);
  a.step();
  CHECK(passage(*this, a, 5).after == std::nullopt);
  CHECK(passage(*this, a, 3).before == ProgressMark{{2}, store.now - 5s});
  CHECK(passage(*this, a, 3).after == ProgressMark{{4}, store.now});
  a.position.advance(place(7));
  pass(5s);
  a.step();
  CHECK(passage(*this, a, 5).after == ProgressMark{{7}, store.now});
}

TEST_CASE_FIXTURE(HistoryFixture, "a position that can't be recorded comes with the next") {
  Kept a(*this, "a");
  bool refuses = true;
  store.before = [&](std::string_view operation) {
    if (operation == "record_progress" && refuses) {
      throw Error("record", "no right");
    }
  };
  a.position.reset(place(1));
  CHECK_FALSE(a.step());
  a.position.advance(place(2));
  pass(5s);
  CHECK_FALSE(a.step());
  CHECK(node("a").position == EntryId{2});  // it hurts nothing else
  refuses = false;
  pass(5s);
  CHECK(a.step());
  // It leads from the first tick on, which beats twice: both had told it.
  CHECK(passage(*this, a, 1).after == ProgressMark{{1}, 0s});
  CHECK(passage(*this, a, 2).after == ProgressMark{{2}, store.now});
}

}  // namespace
}  // namespace crier::test
