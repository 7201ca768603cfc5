// SPDX-License-Identifier: MIT
// What is left to the log, though a ring has brought it.
#include <crier/admin/resync_request.hpp>
#include <crier/codec.hpp>

#include "base/log_followers.hpp"
#include "unit/ahead_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace crier::test {
namespace {

TEST_CASE_FIXTURE(AheadFixture, "handed over: what does not go on from here is left to the log") {
  SUBCASE("an entry was not handed over") {
    store.write("other", refresh(2));
    append(refresh(3));
    CHECK(step() == Lines{"products refresh 2", "products refresh 3"});
  }
  SUBCASE("a ring without an entry") {
    append(refresh(2));
    CHECK(step() == Lines{"products refresh 2"});
    CHECK(looks == 0);
    store.write("other", refresh(3));
    CHECK(step() == Lines{"products refresh 3"});
  }
  SUBCASE("nothing can be handed over") {
    store.ring.is_on = false;
    append(refresh(2));
    CHECK(step() == Lines{"products refresh 2"});
  }
  CHECK(looks == 1);
  CHECK(observer->record.take().empty());
}

TEST_CASE_FIXTURE(AheadFixture, "handed over: it is taken for a ring that says so alone") {
  const Cursor end{{1}, store.rows().back().fingerprint()};
  store.ring.forge(end, {{2}, "2026-01-01 00:00:00.000", "restored away", 1, refresh(2)});
  SUBCASE("no ring") {}
  SUBCASE("a ring that asks for a look") { store.ring.ring(); }
  SUBCASE("one of each kind") {
    store.ring.ring_with_entries();
    store.ring.ring();
  }
  CHECK(step().empty());
  CHECK(looks == 1);
}

// Two chunks for one ring, of which the second is missing; and the other way round.
TEST_CASE_FIXTURE(AheadFixture, "handed over: as many are taken as the rings have brought") {
  std::vector<NewEntry> two{{"other", 1, refresh(2)}, {"other", 1, refresh(3)}};
  SUBCASE("several for one ring") {
    other->log().append(two);
    append(refresh(4));
    CHECK(step() == Lines{"products refresh 2", "products refresh 3", "products refresh 4"});
    CHECK(looks == 0);
  }
  SUBCASE("one is not there") {
    int nth = 0;
    store.ring.fate = [&] { return ++nth == 2 ? MemoryRing::Fate::late : MemoryRing::Fate::now; };
    other->log().append(two);
    CHECK(step() == Lines{"products refresh 2", "products refresh 3"});
    CHECK(looks == 1);
    CHECK(position.entry() == EntryId{3});
  }
  CHECK(observer->record.take().empty());
}

TEST_CASE_FIXTURE(AheadFixture, "handed over: no more than so many go ahead of a look") {
  for (int i = 0; i < 64; ++i) {
    append(refresh(i));
    CHECK(step().size() == 1);
  }
  CHECK(looks == 0);
  append(refresh(64));
  CHECK(step() == Lines{"products refresh 64"});
  CHECK(looks == 1);
  CHECK(position.entry() == EntryId{66});
}

TEST_CASE_FIXTURE(AheadFixture, "handed over: nothing goes ahead while somebody waits") {
  SUBCASE("from before") {
    const Position::Waiter waiter = position.waiter();
    append(refresh(2));
    CHECK(step() == Lines{"products refresh 2"});
    CHECK(looks == 1);
    CHECK(position.entry() == EntryId{2});
  }
  SUBCASE("and no more after") {
    { const Position::Waiter waiter = position.waiter(); }
    append(refresh(2));
    CHECK(step() == Lines{"products refresh 2"});
    CHECK(looks == 0);
  }
  // It may have seen that the node was not ahead yet.
  SUBCASE("who began while it was applied") {
    Position::Waiter waiter;
    products->before = [&](const std::string&) { waiter = position.waiter(); };
    append(refresh(2));
    CHECK(step() == Lines{"products refresh 2"});
    CHECK(looks == 1);
    CHECK(position.entry() == EntryId{2});
  }
}

TEST_CASE_FIXTURE(AheadFixture, "handed over: what has to stand in the log is left to it") {
  SUBCASE("a request to refresh everything") {
    append(row({to_instruction(ResyncRequest{})}));
    CHECK(step() == Lines{"orders all", "products all"});
  }
  SUBCASE("a canary") {
    append(make_canary("other").json_instruction);
    CHECK(step().empty());
    CHECK(position.state().canary == EntryId{2});
  }
  SUBCASE("what can't be read") {
    append("not JSON");
    CHECK(step() == Lines{"orders all", "products all"});
  }
  SUBCASE("what nobody takes") {
    append(row({Instruction::refresh_by_ids(Guid::random(), {3})}));
    CHECK(step().empty());
  }
  CHECK(looks > 0);
  CHECK(position.entry() == EntryId{2});
}

// It is none of those that nobody takes.
TEST_CASE_FIXTURE(AheadFixture, "handed over: a fallback gets no request to refresh everything") {
  registry.set_fallback(std::make_shared<RecordingFallback>(record));
  append(row({to_instruction(ResyncRequest{})}));
  CHECK(step() == Lines{"fallback all", "orders all", "products all"});
  CHECK(looks > 0);
  CHECK(position.entry() == EntryId{2});
}

// Else it would apply the first one again, after the second.
// A look that fails is tried again with the poller's pace, not at once.
TEST_CASE_FIXTURE(AheadFixture,
                  "handed over: a look that is overdue and fails is not due at once") {
  append(refresh(2));
  REQUIRE(step().size() == 1);
  now += 1s;
  store.before = [](std::string_view operation) {
    if (operation == "read_after") {
      throw Error("read", "it fails");
    }
  };
  CHECK_FALSE(ahead.step({}));
  CHECK_FALSE(ahead.next_due().has_value());
  store.before = nullptr;
  CHECK(step().empty());
  CHECK(position.entry() == EntryId{2});
}

// Each refresh takes a while: what held for the first need not hold for the second.
TEST_CASE_FIXTURE(AheadFixture, "handed over: what forbids it is looked at before each entry") {
  Position::Waiter waiter;
  SUBCASE("the time is over") {
    products->before = [&](const std::string&) { now += 100ms; };
  }
  SUBCASE("somebody waits") {
    products->before = [&](const std::string&) { waiter = position.waiter(); };
  }
  SUBCASE("a refresher is not well") {
    products->before = [&](const std::string&) {
      products->before = nullptr;
      throw std::runtime_error("not now");
    };
  }
  int looks_before_second = -1;
  orders->before = [&](const std::string&) { looks_before_second = looks; };
  append(refresh(2));
  append(row({Instruction::refresh_by_ids(kOrders, {3})}));
  step();
  CHECK(looks_before_second == 1);
}

TEST_CASE_FIXTURE(AheadFixture, "handed over: what is too much is counted in the log") {
  SUBCASE("of several rings") {
    for (int i = 0; i < 11; ++i) {
      append(refresh(i));
    }
    CHECK(step() == Lines{"products all"});
    CHECK(position.entry() == EntryId{12});
    return;
  }
  std::vector<Instruction> many;
  for (int i = 0; i < 11; ++i) {
    many.push_back(Instruction::refresh_by_ids(kProducts, {i}));
    many.push_back(Instruction::refresh_by_ids(kOrders, {i}));
  }
  const NewEntry entry{"other", 22, row(many)};
  other->log().append({&entry, 1});
  CHECK(step() == Lines{"orders all", "products all"});
  CHECK(looks > 0);
  CHECK(position.entry() == EntryId{2});
}

TEST_CASE_FIXTURE(AheadFixture, "handed over: what was applied ahead does not count as waiting") {
  for (int i = 0; i < 10; ++i) {
    append(refresh(i));
    CHECK(step().size() == 1);
  }
  append(refresh(10));
  CHECK(look() == Lines{"products refresh 10"});
  CHECK(position.entry() == EntryId{12});
}

TEST_CASE_FIXTURE(AheadFixture, "handed over: nothing is taken before a resync is over") {
  bool is_broken = true;
  products->before = [&](const std::string&) {
    if (is_broken) {
      throw std::runtime_error("not now");
    }
  };
  store.write("other", refresh(2));
  store.write("other", refresh(3));
  store.drop({2});
  CHECK(step() == Lines{"orders all"});
  append(refresh(4));
  looks = 0;
  step();
  CHECK(looks > 0);
  is_broken = false;
  CHECK(step(1h) == Lines{"products all"});
  CHECK(position.entry() == EntryId{4});
}

TEST_CASE_FIXTURE(AheadFixture, "handed over: who follows the log hears of it first") {
  const LogFollowers followers(registry);
  Poller::Settings following = settings();
  SUBCASE("it does") { following.followers = &followers; }
  SUBCASE("nothing may go ahead at all") { following.longest_ahead = 0ms; }
  Poller one(store, dispatcher, reporter, position, own, progress, std::move(following));
  one.poll_once();
  looks = 0;
  append(refresh(2));
  one.poll_once();
  CHECK(record.take() == Lines{"products refresh 2"});
  CHECK(looks == 1);
}

TEST_CASE_FIXTURE(AheadFixture, "handed over: after an error the log is read") {
  store.before = [](std::string_view operation) {
    if (operation == "read_after") {
      throw Error("read", "it fails");
    }
  };
  CHECK_FALSE(ahead.step({}));
  store.before = [this](std::string_view operation) { looks += operation == "read_after"; };
  append(refresh(2));
  CHECK(step() == Lines{"products refresh 2"});
  CHECK(looks > 0);
}

TEST_CASE_FIXTURE(AheadFixture,
                  "handed over: a refresher that is not well holds the position, as ever") {
  products->before = [&](const std::string& what) {
    if (what == "refresh 2") {
      products->before = nullptr;
      throw std::runtime_error("not now");
    }
  };
  append(refresh(2));
  CHECK(step().empty());
  CHECK(position.state().is_ahead);
  append(row({Instruction::refresh_by_ids(kOrders, {3})}));
  CHECK(step() == Lines{"orders refresh 3"});  // by the log: what waits is of entries that it holds
  CHECK(looks == 1);
  CHECK(position.entry() == EntryId{1});
  CHECK(look() == Lines{"products refresh 2"});
  CHECK(position.entry() == EntryId{3});
}

}  // namespace
}  // namespace crier::test
