// SPDX-License-Identifier: MIT
// What a ring has brought is applied ahead of the look at the log, and proves nothing.
#include "node/applied_wait.hpp"
#include "unit/ahead_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

namespace crier::test {
namespace {

TEST_CASE_FIXTURE(AheadFixture,
                  "handed over: it is applied without a look, which follows in time") {
  const auto proved_at = position.state().proved_at;
  append(refresh(2));
  append(refresh(3));
  CHECK(step(10ms) == Lines{"products refresh 2", "products refresh 3"});
  CHECK(looks == 0);
  CHECK(position.entry() == EntryId{1});
  CHECK(position.state().read == EntryId{1});
  CHECK(position.state().is_ahead);
  CHECK(position.state().proved_at == proved_at);
  CHECK(ahead.next_due() == now + 100ms);
  append(refresh(4));
  CHECK(step(99ms) == Lines{"products refresh 4"});
  CHECK(looks == 0);
  CHECK(ahead.next_due() == now + 1ms);
  append(refresh(5));
  CHECK(step(1ms) == Lines{"products refresh 5"});
  CHECK(looks == 1);
  CHECK(position.entry() == EntryId{5});
  CHECK_FALSE(position.state().is_ahead);
  CHECK(position.state().proved_at == now);
  CHECK_FALSE(ahead.next_due().has_value());
}

// Each of these is an entry that was applied, and that the log does not hold.
TEST_CASE_FIXTURE(AheadFixture, "handed over: what the log does not hold is refreshed for") {
  append(refresh(2));
  append(refresh(3));
  REQUIRE(step().size() == 2);
  const Entry second = store.rows()[1];
  SUBCASE("it ends before") { store.restore({2}); }
  SUBCASE("another entry has its place") {
    store.restore({2});
    store.write("other", refresh(30));
  }
  // Fingerprints can be made to agree by who wants that.
  SUBCASE("another entry with the same fingerprint before it") {
    store.restore({1});
    store.write("other", refresh(20));
    store.write("other", refresh(3));
  }
  CHECK(look() == Lines{"orders all", "products all"});
  const Lines told = observer->record.take();
  REQUIRE(told.size() == 1);
  CHECK(told.front().starts_with("resync anchor_changed"));
  CHECK(position.entry() == store.rows().back().id);
  CHECK_FALSE(position.state().is_ahead);
  looks = 0;
  CHECK(step().empty());
  CHECK(looks == 1);
}

TEST_CASE_FIXTURE(AheadFixture,
                  "handed over: a forged entry hides no row, whatever it looks like") {
  const Cursor end{{1}, store.rows().back().fingerprint()};
  Entry forged{{2}, "2026-01-01 00:00:00.000", "nobody", 1, refresh(666)};
  store.ring.forge(end, forged);
  store.ring.ring_with_entries();
  CHECK(step() == Lines{"products refresh 666"});
  SUBCASE("before the true one comes") {
    CHECK(look() == Lines{"orders all", "products all"});
    append(refresh(2));
    CHECK(look() == Lines{"products refresh 2"});
  }
  SUBCASE("and then the true one") {
    append(refresh(2));
    CHECK(look() == Lines{"orders all", "products all"});
    CHECK(position.entry() == EntryId{2});
  }
  SUBCASE("and one that is the same but for a text") {
    forged.originated = "somebody";
    store.write(forged.originated, forged.json_instruction);
    CHECK(look() == Lines{"orders all", "products all"});
  }
}

// Else it would wait until the look is due.
TEST_CASE_FIXTURE(AheadFixture,
                  "handed over: who waits for what was applied ahead asks for a look") {
  const EntryId id = append(refresh(2));
  const EntryId known = id.with(store.rows().back().fingerprint());
  CHECK(step() == Lines{"products refresh 2"});
  int rings = 0;
  int loud = 0;  // which all hear
  const WaitSources sources{
      .position = position,
      .dispatcher = dispatcher,
      .look = [&](EntryId entry,
                  std::chrono::milliseconds) { return standing_of(other->log(), entry); },
      .ring = [&] { ++loud; },
      .hurry = [&] { ++rings; }};
  AppliedWait wait(known, {}, now, now + 1s, position.waiter());
  CHECK_FALSE(wait.step(sources, now).has_value());
  CHECK(rings == 1);
  CHECK_FALSE(wait.step(sources, now).has_value());
  CHECK(rings == 1);
  CHECK(loud == 0);
  SUBCASE("and has it") {
    CHECK(step().empty());
    CHECK(wait.step(sources, now) == WaitEnd::applied);
  }
  SUBCASE("which tells that the log was restored") {
    store.restore({2});
    store.write("other", refresh(20));
    CHECK(step() == Lines{"orders all", "products all"});
    CHECK(wait.step(sources, now) == WaitEnd::not_in_log);
  }
}

TEST_CASE_FIXTURE(AheadFixture,
                  "handed over: a value does not know of what a refresher failed at") {
  products->before = [&](const std::string&) {
    products->before = nullptr;
    throw std::runtime_error("not now");
  };
  const EntryId id = append(refresh(2));
  const EntryId known = id.with(store.rows().back().fingerprint());
  step();
  CHECK(position.state().is_ahead);
  CHECK_FALSE(dispatcher.standing(kProducts, known, position).has_entry);
  CHECK(dispatcher.standing(kOrders, known, position).has_entry);
}

TEST_CASE_FIXTURE(AheadFixture, "handed over: a value knows of what was applied ahead") {
  const EntryId id = append(refresh(2));
  const EntryId known = id.with(store.rows().back().fingerprint());
  CHECK_FALSE(dispatcher.standing(kProducts, known, position).has_entry);
  CHECK(step() == Lines{"products refresh 2"});
  CHECK(dispatcher.standing(kProducts, known, position).has_entry);
  for (const EntryId& other_one : {EntryId{id.value}, EntryId{id.value, known.check + 1}}) {
    CHECK_FALSE(dispatcher.standing(kProducts, other_one, position).has_entry);
  }
}

TEST_CASE_FIXTURE(AheadFixture, "handed over: a node that is paused stands where it says") {
  append(refresh(2));
  CHECK(step() == Lines{"products refresh 2"});
  const auto pause = [&] {
    position.pause().hear({.until = 1ms, .left = 1h, .by = "operator"}, now);
  };
  SUBCASE("heard before") {
    pause();
    append(refresh(3));
    CHECK(step().empty());
  }
  SUBCASE("heard meanwhile") {
    products->before = [&](const std::string&) { pause(); };
    append(refresh(3));
    CHECK(step() == Lines{"products refresh 3"});
    CHECK(position.entry() == EntryId{3});
    CHECK(position.pause().stands());
    return;
  }
  CHECK(position.pause().stands());
  CHECK(position.entry() == EntryId{2});
}

TEST_CASE_FIXTURE(AheadFixture, "handed over: what this node has written is passed, and no more") {
  const NewEntry mine{own.originated(), 1, refresh(2)};
  {
    OwnEntries::Append append(own, {&mine, 1});
    append.ended(other->log().append({&mine, 1}));
  }
  append(refresh(3));
  CHECK(step() == Lines{"products refresh 3"});
  CHECK(looks == 0);
  SUBCASE("another process bears its origin") {
    append(refresh(4), own.originated());
    CHECK(step() == Lines{"orders all", "products all"});
    CHECK(looks > 0);
    CHECK(observer->record.take() == Lines{"resync cloned 4"});
  }
  SUBCASE("another entry has an id that was given to it") {
    OwnEntries::Append append(own, {&mine, 1});
    append.ended(store.write(own.originated(), refresh(2)));
    store.restore({4});
    this->append(refresh(5));
    CHECK(step() == Lines{"orders all", "products all"});
    CHECK(observer->record.take() == Lines{"resync anchor_changed 4"});
  }
}

TEST_CASE_FIXTURE(AheadFixture, "handed over: the look that proves asks nobody besides") {
  int questions = 0;
  store.before = [&](std::string_view operation) { questions += operation == "position_requests"; };
  append(refresh(2));
  REQUIRE(step().size() == 1);
  look();
  CHECK(position.entry() == EntryId{2});
  CHECK(questions == 0);
  append(refresh(3));
  REQUIRE(step(10ms).size() == 1);
  store.ring.ring();
  step();
  CHECK(questions == 1);
}

TEST_CASE_FIXTURE(AheadFixture, "handed over: who takes over knows what had begun") {
  append(refresh(2));
  REQUIRE(step().size() == 1);
  std::unique_ptr<Poller> next;
  products->before = [&](const std::string&) {
    products->before = nullptr;
    next =
        std::make_unique<Poller>(store, dispatcher, reporter, position, own, progress, settings());
  };
  append(refresh(3));
  step();
  REQUIRE(next != nullptr);
  SUBCASE("and refreshes for it if the log does not hold it") {
    store.restore({3});
    next->poll_once();
    CHECK(record.take() == Lines{"orders all", "products all"});
    CHECK(observer->record.take() == Lines{"resync anchor_changed 2"});
  }
  SUBCASE("and applies it anew if it does") {
    next->poll_once();
    CHECK(record.take() == Lines{"products refresh 3"});
    CHECK(position.entry() == EntryId{3});
  }
  CHECK_FALSE(position.state().is_ahead);
}

// The cursor has passed it already.
TEST_CASE_FIXTURE(AheadFixture,
                  "handed over: who takes over in the middle of a proof is not ahead") {
  append(refresh(2));
  REQUIRE(step().size() == 1);
  ReadProgress passed = progress.reading();
  passed.cursor = {{2}, store.rows().back().fingerprint()};
  REQUIRE(progress.put(ahead.number(), passed, [] {}));
  Poller next(store, dispatcher, reporter, position, own, progress, settings());
  next.poll_once();
  CHECK(record.take().empty());
  CHECK(observer->record.take().empty());
  CHECK_FALSE(position.state().is_ahead);
}

TEST_CASE_FIXTURE(AheadFixture,
                  "handed over: who takes over a poller that hangs knows what it applied") {
  append(refresh(2));
  append(refresh(3));
  REQUIRE(step().size() == 2);
  Poller next(store, dispatcher, reporter, position, own, progress, settings());
  store.write("other", refresh(4));
  next.poll_once();
  CHECK(record.take() == Lines{"products refresh 4"});
  CHECK(position.entry() == EntryId{4});
  CHECK_FALSE(position.state().is_ahead);
  Poller last(store, dispatcher, reporter, position, own, progress, settings());
  store.restore({4});
  store.write("other", refresh(5));
  last.poll_once();
  CHECK(observer->record.take() == Lines{"resync anchor_changed 4"});
}

}  // namespace
}  // namespace crier::test
