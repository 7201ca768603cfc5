// SPDX-License-Identifier: MIT
// A keeper's duties fail one by one: each in turn, while all of them have something to do.
#include <crier/error.hpp>

#include "unit/keeper_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

namespace crier::test {
namespace {

struct OneDuty {
  std::string_view operation;  // by which it is seen in the store
  std::string name;
};

const std::vector<OneDuty> kDuties = {
    {"beat", "the beat"},
    {"hold", "the lease"},
    {"record", "recording what was given up"},
    {"save_position", "saving the position"},
    {"assign_pending_ids", "the settling of pending entries"},
    {"send_canary", "the canary"},
    {"prune", "the pruning"},
    {"cache forget", "the cleaning of the shared cache"},
};

// A durable node that leads, and has something to do for each duty in each step.
struct BusyNode : KeeperFixture {
  Kept node{*this, "a", busy()};
  std::set<std::string, std::less<>> failing;  // operations
  std::set<std::string, std::less<>> tried;    // since the last step began
  std::int64_t given_up = 0;

  BusyNode() {
    node.step();
    static_cast<void>(node.keeper.claim_position());
    node.position.reset(place(1));
    store.before = [this](std::string_view operation) {
      tried.emplace(operation);
      if (failing.contains(operation)) {
        throw Error("x", "it broke");
      }
    };
    step();
    node.log.take();
    node.told();
  }

  static Keeper::Settings busy() {
    Keeper::Settings settings = Kept::defaults();
    settings.keep_position = KeepPosition::in_database;
    settings.canary_interval = 1s;
    settings.pruning.interval = 1s;
    return settings;
  }

  bool step() {
    pass(1s);
    node.dispatcher.give_up({FailureKind::unreadable, {{++given_up}, "x"}, 0, {}, {}, "no JSON"},
                            {}, {});
    node.log.take();  // that it was given up
    tried.clear();
    return node.step();
  }
  [[nodiscard]] Lines troubles() { return KeeperFixture::node("a").troubles; }
};

TEST_CASE("each duty may fail alone: it is named, the others are done, and it recovers") {
  for (const OneDuty& duty : kDuties) {
    CAPTURE(duty.name);
    BusyNode world;
    world.failing.emplace(duty.operation);
    for (int tick = 0; tick < 2; ++tick) {
      CAPTURE(tick);
      CHECK_FALSE(world.step());
      for (const OneDuty& other : kDuties) {
        CAPTURE(other.name);
        // The position has passed what is not recorded; who has not beaten has not looked on.
        const bool depends = (duty.operation == "record" && other.operation == "save_position") ||
                             (duty.operation == "beat" && other.operation == "prune");
        CHECK(world.tried.contains(other.operation) == !depends);
      }
      // Said with the first failure in a row.
      CHECK(world.node.log.take() ==
            (tick == 0 ? Lines{duty.name + " failed and is tried again: it broke"} : Lines{}));
      CHECK(world.node.told() == Lines{"beat failed: " + duty.name + " failed: it broke"});
    }
    CHECK(world.node.reporter.last_error() == duty.name + " failed: it broke");
    CHECK(world.node.role() == Role::single);
    if (duty.operation != "beat") {
      CHECK(world.troubles() == Lines{duty.name + " failed and is tried again: it broke"});
    }
    world.failing.clear();
    CHECK(world.step());
    CHECK(world.node.log.take() == Lines{duty.name + " works again"});
    CHECK(world.node.told() == Lines{"beat recovered"});
    CHECK(world.step());
    CHECK(world.troubles().empty());
  }
}

TEST_CASE_FIXTURE(BusyNode, "a duty recovers while another one still fails") {
  failing = {"prune", "send_canary"};
  CHECK_FALSE(step());
  CHECK(node.told().size() == 2);
  failing = {"send_canary"};
  CHECK_FALSE(step());
  CHECK(node.log.take() == Lines{"the pruning works again"});
  CHECK(node.told() == Lines{"beat failed: the canary failed: it broke"});
  CHECK_FALSE(step());
  CHECK(node.told().size() == 1);
  CHECK(troubles() == Lines{"the canary failed and is tried again: it broke"});
  failing.clear();
  CHECK(step());
  CHECK(node.log.take() == Lines{"the canary works again"});
  CHECK(node.told() == Lines{"beat recovered"});
}

TEST_CASE_FIXTURE(BusyNode, "a lease that can't be renewed ends in time, and the others are told") {
  failing = {"hold"};
  for (int i = 0; i < 14; ++i) {
    step();
    CHECK(node.role() == Role::single);
    CHECK(tried.contains("send_canary"));  // as long as it leads
  }
  step();
  CHECK(node.role() == Role::unknown);
  CHECK(KeeperFixture::node("a").role == Role::unknown);
  CHECK_FALSE(tried.contains("send_canary"));
  CHECK_FALSE(tried.contains("prune"));
  CHECK(tried.contains("record"));
  failing.clear();
  step();
  CHECK(node.role() == Role::single);
  CHECK(KeeperFixture::node("a").role == Role::single);
}

TEST_CASE_FIXTURE(BusyNode, "what was saved stays before what could not be recorded") {
  const EntryId before = store.kept_positions().at(0).position.value();
  failing = {"record"};
  node.position.advance(place(5));
  step();
  CHECK(store.kept_positions().at(0).position == before);
  node.keeper.leave();
  CHECK(store.kept_positions().at(0).position == before);
}

TEST_CASE_FIXTURE(BusyNode, "what can't be recorded for long does not hold the position for ever") {
  failing = {"record"};
  node.position.advance(place(5));
  for (int i = 0; i < 10; ++i) {
    step();
    CHECK_FALSE(tried.contains("save_position"));
  }
  step();
  CHECK(store.kept_positions().at(0).position == EntryId{5});
}

TEST_CASE_FIXTURE(BusyNode, "what a keeper failed at is no trouble of the next one") {
  failing = {"goodbye"};
  node.keeper.leave();
  CHECK(node.log.take().back() == "the goodbye failed and is tried again: it broke");
  CHECK(node.reporter.duty_troubles().size() == 1);
  const Keeper next(store, node.reporter, node.position, node.dispatcher, node.own, node.settings);
  CHECK(node.reporter.duty_troubles().empty());
}

TEST_CASE_FIXTURE(BusyNode, "a farewell to a database that is gone is said once") {
  failing = {"connect", "record"};
  step();
  node.log.take();
  node.told();
  failing = {"connect"};
  node.keeper.leave();
  CHECK(node.told() == Lines{"beat failed: the keeper's connection failed: it broke"});
}

}  // namespace
}  // namespace crier::test
