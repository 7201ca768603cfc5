// SPDX-License-Identifier: MIT
// A poller that hangs, and the one that takes over from it.
#include "unit/takeover_fixture.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <string_view>

namespace crier::test {
namespace {

TEST_CASE_FIXTURE(TakeoverFixture,
                  "a takeover goes on with the next instruction: nothing twice, nothing lost") {
  first->start(ColdStart::start_at_newest);
  products->before = [&](const std::string& what) {
    if (what == "refresh 1") {
      gate.pass();
    }
  };
  store.write(
      "other",
      row({Instruction::refresh_by_id(kOrders, 1), Instruction::refresh_by_id(kProducts, 1),
           Instruction::refresh_by_id(kOrders, 2), Instruction::refresh_by_id(kProducts, 2)}));
  store.write("other", row({Instruction::refresh_by_id(kOrders, 3)}));
  hang();
  CHECK(take_over() == Lines{"orders refresh 1", "orders refresh 2", "orders refresh 3"});
  CHECK(position.entry() == EntryId{0});
  const Position::State before = position.state();

  CHECK(let_go() == Lines{"products refresh 1"});
  CHECK(position.entry() == EntryId{0});
  CHECK(position.state().alive_at == before.alive_at);
  CHECK(position.state().looked_at == before.looked_at);
  CHECK(go_on() == Lines{"products all"});  // for what came while it hung
  CHECK(position.entry() == EntryId{2});
  CHECK(ear.counters().entries == 2);
  CHECK(ear.counters().stuck == 1);
  CHECK(ear.counters().failed == 0);
}

TEST_CASE_FIXTURE(TakeoverFixture, "a takeover of one that hangs in its last instruction") {
  first->start(ColdStart::start_at_newest);
  products->before = [&](const std::string& what) {
    if (what == "refresh 1") {
      gate.pass();
    }
  };
  store.write("other", refresh(1));
  hang();
  CHECK(take_over().empty());
  CHECK(position.entry() == EntryId{0});
  CHECK(let_go() == Lines{"products refresh 1"});
  CHECK(go_on().empty());
  CHECK(position.entry() == EntryId{1});
}

TEST_CASE_FIXTURE(TakeoverFixture, "a takeover in a resync: the rest is refreshed, and told once") {
  first->start(ColdStart::start_at_newest);
  orders->before = [&](const std::string&) { gate.pass(); };
  store.write("other", refresh(1));
  store.write("other", refresh(2));
  store.drop({1});
  hang();
  CHECK(take_over() == Lines{"products all"});
  CHECK(ears->record.take() == Lines{"missed 0 to 2 hole", "resync hole"});
  CHECK(position.state().resets == 1);  // as at start: orders still hangs
  CHECK(let_go() == Lines{"orders all"});
  CHECK(position.state().resets == 1);
  CHECK(go_on().empty());
  CHECK(position.state().resets == 2);
  CHECK(position.entry() == EntryId{2});
  CHECK(ears->record.take().empty());
}

TEST_CASE_FIXTURE(TakeoverFixture, "a takeover of one that hangs in a call on the database") {
  store.write("other", refresh(1));
  first->start(ColdStart::start_at_newest);
  std::atomic<bool> hangs = true;
  std::string in;
  SUBCASE("reading") { in = "read_after"; }
  SUBCASE("looking who waits") { in = "position_requests"; }
  store.before = [&](std::string_view operation) {
    if (operation == in && hangs.exchange(false)) {
      gate.pass();
    }
  };
  hang();
  store.write("other", refresh(2));
  store.write("other", refresh(3));
  CHECK(take_over() == Lines{"products refresh 2", "products refresh 3"});
  CHECK(position.entry() == EntryId{3});
  // To the old one it now looks as if it had missed something.
  store.drop({1});
  store.drop({2});
  const Position::State before = position.state();
  CHECK(let_go().empty());
  CHECK(position.entry() == EntryId{3});
  CHECK(position.state().alive_at == before.alive_at);
  CHECK(position.state().looked_at == before.looked_at);
  CHECK(ears->record.take().empty());
  CHECK(go_on().empty());
}

TEST_CASE_FIXTURE(TakeoverFixture, "one that was replaced does not lose the other's place") {
  store.write("other", refresh(1));
  first->start(ColdStart::start_at_newest);
  store.write("other", refresh(2));
  store.drop({1});
  std::atomic<bool> hangs = true;
  std::string in;
  SUBCASE("asking how far the log was pruned") { in = "pruned_through"; }
  SUBCASE("asking for the newest") { in = "newest"; }
  store.before = [&](std::string_view operation) {
    if (operation == in && hangs.exchange(false)) {
      gate.pass();
    }
  };
  hang();
  CHECK(take_over() == Lines{"orders all", "products all"});
  CHECK(position.entry() == EntryId{2});
  CHECK(ears->record.take() == Lines{"missed 1 to 2 anchor_gone", "resync anchor_gone"});
  CHECK(let_go().empty());
  CHECK(position.entry() == EntryId{2});
  CHECK(go_on().empty());
  CHECK(ears->record.take().empty());
}

TEST_CASE_FIXTURE(TakeoverFixture,
                  "an observer that hangs as it is told of a resync holds up one") {
  first->start(ColdStart::start_at_newest);
  ears->at_missed = true;
  store.write("other", refresh(1));
  store.write("other", refresh(2));
  store.drop({1});
  hang();
  CHECK(take_over() == Lines{"orders all", "products all"});
  CHECK(ears->record.take() == Lines{"missed 0 to 2 hole", "resync hole"});
  CHECK(position.entry() == EntryId{2});
  CHECK(let_go().empty());
  CHECK(ears->record.take().empty());
}

TEST_CASE_FIXTURE(TakeoverFixture,
                  "an observer that hangs as it is told of a row loses no refresh") {
  first->start(ColdStart::start_at_newest);
  ears->at_failure = true;
  store.write("other", "{");
  hang();
  CHECK(take_over() == Lines{"orders all", "products all"});
  CHECK(position.entry() == EntryId{1});
  CHECK(let_go().empty());
  CHECK(ears->record.take() == Lines{"failed", "resync unreadable_entry"});
}

TEST_CASE_FIXTURE(TakeoverFixture,
                  "FencedProgress: numbers are never used twice, and begin where they are told") {
  FencedProgress later(7);
  CHECK(later.take() == 8);
  CHECK_FALSE(later.put(7, {}, [] { FAIL("not the holder"); }));
  CHECK(later.put(8, {{}, {}, 3, false, {}, {}}, [] {}));
  CHECK(later.take() == 9);
  CHECK_FALSE(later.put(8, {}, [] { FAIL("not the holder"); }));
  CHECK(later.reading().begun == 3);
}

}  // namespace
}  // namespace crier::test
