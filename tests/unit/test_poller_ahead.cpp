// SPDX-License-Identifier: MIT
// What a ring has brought is applied ahead of the look at the log, and proves nothing.
#include <crier/admin/resync_request.hpp>
#include <crier/codec.hpp>

#include "base/log_followers.hpp"
#include "node/applied_wait.hpp"
#include "unit/poller_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

struct AheadFixture : PollerFixture {
  int looks = 0;  // at the log
  Poller ahead{store, dispatcher, reporter, position, own, progress, settings()};
  std::unique_ptr<Connection> other = store.connect(Access::read_write);

  AheadFixture() {
    store.ring.is_on = true;
    store.write("other", refresh(1));
    ahead.start(ColdStart::start_at_newest);
    look();
    looks = 0;
    store.before = [this](std::string_view operation) { looks += operation == "read_after"; };
  }

  Poller::Settings settings() {
    Poller::Settings settings{10};
    settings.longest_ahead = 100ms;
    settings.longest_unasked = 1h;
    settings.clock = [this] { return now; };
    return settings;
  }
  /// As another node's messenger does; its entry is handed over.
  EntryId append(const std::string& json, const std::string& originated = "other") {
    const NewEntry entry{originated, 1, json};
    return other->log().append({&entry, 1});
  }
  /// One step.
  Lines step(std::chrono::milliseconds pause = 0ms) {
    now += pause;
    ahead.poll_once();
    return record.take();
  }
  /// So much later that it reads the log.
  Lines look() { return step(1s); }
};

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
  SUBCASE("and refreshes for it if the log does not hold it") {
    products->before = [&](const std::string&) {
      products->before = nullptr;
      next = std::make_unique<Poller>(store, dispatcher, reporter, position, own, progress,
                                      settings());
    };
    append(refresh(3));
    step();
    REQUIRE(next != nullptr);
    store.restore({3});
    next->poll_once();
    CHECK(record.take() == Lines{"orders all", "products all"});
    CHECK(observer->record.take() == Lines{"resync anchor_changed 2"});
  }
  SUBCASE("and applies it anew if it does") {
    products->before = [&](const std::string&) {
      products->before = nullptr;
      next = std::make_unique<Poller>(store, dispatcher, reporter, position, own, progress,
                                      settings());
    };
    append(refresh(3));
    step();
    REQUIRE(next != nullptr);
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
