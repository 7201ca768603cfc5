// SPDX-License-Identifier: MIT
// What a keeper does beside its beat: the quarantine, the canary, what a beat says of troubles.
#include <crier/codec.hpp>
#include <crier/error.hpp>

#include "unit/keeper_fixture.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

namespace crier::test {
namespace {

struct DutiesFixture : KeeperFixture {
  std::unique_ptr<Connection> eyes = store.connect(Access::read_only);

  // As where a row that concerns nobody in particular can't be read.
  static void give_up(Kept& node, std::int64_t entry) {
    node.dispatcher.give_up({FailureKind::unreadable, {{entry}, "x"}, 0, {}, {}, "is no JSON"}, {},
                            {});
  }
  static Keeper::Settings with_canary(std::chrono::milliseconds interval) {
    Keeper::Settings settings = Kept::defaults();
    settings.canary_interval = interval;
    return settings;
  }
  int canaries() {
    int count = 0;
    for (const Entry& row : store.rows()) {
      count += is_canary(row.json_instruction) ? 1 : 0;
    }
    return count;
  }
};

TEST_CASE_FIXTURE(DutiesFixture,
                  "what was given up is recorded before the position that passed it") {
  Keeper::Settings keeping = Kept::defaults();
  keeping.keep_position = KeepPosition::in_database;
  Kept a(*this, "a", keeping);
  a.step();
  static_cast<void>(a.keeper.claim_position());
  a.position.reset(place(3));
  give_up(a, 3);
  Lines calls;
  store.before = [&](std::string_view operation) {
    if (operation == "record" || operation == "save_position") {
      calls.emplace_back(operation);
    }
  };
  SUBCASE("with a beat") { a.step(); }
  SUBCASE("at the end") { a.keeper.leave(); }
  CHECK(calls == Lines{"record", "save_position"});
  const std::vector<FailureRecord> kept = eyes->failures().list();
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].entry == EntryId{3});
  CHECK(kept[0].node == "a");
  CHECK(kept[0].incarnation == a.settings.node.incarnation);
  CHECK(kept[0].error == "is no JSON");
}

TEST_CASE_FIXTURE(DutiesFixture, "what can't be recorded is kept, and so is the position") {
  Keeper::Settings keeping = Kept::defaults();
  keeping.keep_position = KeepPosition::in_database;
  Kept a(*this, "a", keeping);
  a.step();
  static_cast<void>(a.keeper.claim_position());
  a.position.reset(place(2));
  a.step();
  a.position.advance(place(3));
  give_up(a, 3);
  store.before = [](std::string_view operation) {
    if (operation == "record") {
      throw Error("record", "the disk is full");
    }
  };
  CHECK_FALSE(a.step());
  CHECK(store.kept_positions().at(0).position == EntryId{2});
  store.before = nullptr;
  CHECK(a.step());
  CHECK(eyes->failures().list().size() == 1);
  CHECK(store.kept_positions().at(0).position == EntryId{3});
  CHECK(a.step());
  CHECK(eyes->failures().list().size() == 1);
}

TEST_CASE_FIXTURE(DutiesFixture,
                  "the leader sends a canary with each interval, not with each beat") {
  Kept a(*this, "a", with_canary(60s));
  Kept b(*this, "b", with_canary(60s));
  a.step();
  b.step();
  const auto live = [&](std::chrono::milliseconds duration) {
    for (auto lived = 0ms; lived < duration; lived += 5s) {
      pass(5s);
      a.step();
      b.step();
    }
  };
  live(55s);
  CHECK(canaries() == 0);
  live(5s);
  CHECK(canaries() == 1);
  CHECK(store.rows().back().originated == "host/app");
  live(55s);
  CHECK(canaries() == 1);
  live(5s);
  CHECK(canaries() == 2);
}

TEST_CASE_FIXTURE(DutiesFixture,
                  "canaries: none where the interval is 0, and none of a subscriber's") {
  Keeper::Settings settings = with_canary(0ms);
  SUBCASE("0") {}
  SUBCASE("a subscriber") {
    settings = with_canary(5s);
    settings.fixed_role = Role::subscriber;
  }
  Kept a(*this, "a", settings);
  for (int i = 0; i < 30; ++i) {
    a.step();
    pass(5s);
  }
  CHECK(canaries() == 0);
}

TEST_CASE_FIXTURE(DutiesFixture, "a canary that could not be sent is sent with the next beat") {
  Kept a(*this, "a", with_canary(60s));
  a.step();
  for (int i = 0; i < 11; ++i) {
    pass(5s);
    a.step();
  }
  store.before = [](std::string_view operation) {
    if (operation == "send_canary") {
      throw Error("send", "the database is locked");
    }
  };
  pass(5s);
  CHECK_FALSE(a.step());
  store.before = nullptr;
  pass(1s);
  CHECK(a.step());
  CHECK(canaries() == 1);
}

TEST_CASE_FIXTURE(DutiesFixture,
                  "a beat says what is wrong with refreshers, and how old the proof is") {
  Kept a(*this, "a");
  const auto products = std::make_shared<RecordingRefresher>(kProducts, "products", a.log);
  a.registry.add(products);
  products->before = [](const std::string&) { throw std::runtime_error("broken"); };
  now = Position::Clock::now();
  a.position.looked(now, true);
  a.position.saw_canary(place(4).id);
  a.position.reset(place(4));
  a.dispatcher.apply(Instruction::refresh_by_id(kProducts, 7), 0, {{4}, "x"}, {1, {}});
  pass(3s);
  a.step();
  const NodeRecord record = node("a");
  REQUIRE(record.troubles.size() == 1);
  CHECK(record.troubles[0].find("(products)") != std::string::npos);
  CHECK(record.troubles[0].find("entry 4") != std::string::npos);
  CHECK(record.troubles[0].find("broken") != std::string::npos);
  CHECK(record.proof_age >= 3s);
  CHECK(record.proof_age < 1h);
  CHECK(record.canary == EntryId{4});

  products->before = nullptr;
  pass(1h);
  a.dispatcher.refresh(kProducts, {}, {});
  a.dispatcher.run_due(1);
  a.step();
  CHECK(node("a").troubles.empty());
}

TEST_CASE_FIXTURE(DutiesFixture, "a beat says that a node is not woken, and that it is again") {
  Kept a(*this, "a");
  a.reporter.wakeup_trouble("the file is somebody's");
  a.step();
  CHECK(node("a").troubles == Lines{"not woken at once, only by polling: the file is somebody's"});
  a.reporter.wakeup_trouble("");
  a.step();
  CHECK(node("a").troubles.empty());
}

TEST_CASE_FIXTURE(DutiesFixture, "a beat has room for ten troubles, and for so much of each") {
  Kept a(*this, "a");
  for (int i = 0; i < 12; ++i) {
    const auto broken = std::make_shared<RecordingRefresher>(Guid::random(), "r", a.log);
    broken->before = [](const std::string&) { throw std::runtime_error(std::string(5000, 'x')); };
    a.registry.add(broken);
  }
  a.dispatcher.refresh_everything({}, {});
  a.dispatcher.run_due(1);
  CHECK(a.dispatcher.troubles().size() == 12);
  a.step();
  CHECK(node("a").troubles.size() == 10);
  CHECK(node("a").troubles[0].size() == 500);
}

TEST_CASE_FIXTURE(DutiesFixture, "a keeper that only reads writes nothing, and says nothing") {
  Keeper::Settings reading = with_canary(1ms);
  reading.read_only = true;
  Kept a(*this, "a", reading);
  give_up(a, 1);
  a.log.take();
  a.told();
  Lines calls;
  store.before = [&](std::string_view operation) { calls.emplace_back(operation); };
  CHECK_FALSE(a.keeper.claim_position());
  for (int i = 0; i < 5; ++i) {
    CHECK(a.step());
    pass(1h);
  }
  CHECK(a.role() == Role::unknown);
  a.keeper.leave();
  CHECK(calls.empty());
  CHECK(store.connects == 1);  // ours
  CHECK(a.log.lines().empty());
  CHECK(a.told().empty());
}

}  // namespace
}  // namespace crier::test
