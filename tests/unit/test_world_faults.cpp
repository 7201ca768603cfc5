// SPDX-License-Identifier: MIT
// What <crier/testing.hpp> promises of what goes wrong.
#include <crier/error.hpp>
#include <crier/hybrid_cache.hpp>

#include "world_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace crier::test {

using namespace std::chrono_literals;
using testing::StoreFault;
using testing::World;

TEST_CASE_FIXTURE(WorldFixture, "TestNode: one that is held does nothing, and publishes") {
  world.settle();
  one.hand->hold();
  two.node.cache().refresh(kProducts, 1);
  world.advance(1min);
  CHECK(one.record.lines().empty());
  const EntryId id = publish(2);
  world.settle();
  CHECK(two.hand->position() == id);
  one.hand->step();
  CHECK(one.record.take() == Lines{"products refresh 2", "products refresh 1"});
  two.node.cache().refresh(kProducts, 3);
  world.settle();
  CHECK(one.record.lines().empty());
  one.hand->release();
  world.settle();
  CHECK(one.record.lines() == Lines{"products refresh 3"});
}

TEST_CASE("TestNode: one that has crashed says no goodbye") {
  World world;
  Resident two(world, "web-2");
  std::optional<Resident> one(std::in_place, world, "web-1");
  world.advance(10s);
  one->hand->crash();
  CHECK_THROWS_AS(one->node.cache().refresh(kProducts, 1), Error);
  two.node.cache().refresh(kProducts, 2);
  world.advance(2s);
  CHECK(one->node.counters().polls_failed == 0);             // it does not even try
  CHECK(one->record.take() == Lines{"products refresh 1"});  // its own, and no more
  one.reset();
  const auto state_of_one = [&] {
    const std::vector<NodeRecord> nodes = two.node.nodes();
    return std::ranges::find(nodes, "web-1", &NodeRecord::name)->state;
  };
  CHECK(state_of_one() == NodeState::live);
  world.advance(1min);
  CHECK(state_of_one() == NodeState::stale);

  one.emplace(world, "web-1");
  one->node.stop();
  world.advance(1s);
  const std::vector<NodeRecord> nodes = two.node.nodes();
  CHECK(std::ranges::any_of(
      nodes, [](const NodeRecord& node) { return node.state == NodeState::stopped; }));
}

TEST_CASE("TestNode: only one that has crashed counts as a process that is gone") {
  World world;
  std::optional<Resident> one(std::in_place, world, "web-1");
  one->hand->crash();
  one.reset();
  Resident two(world, "web-2");
  Resident namesake(world, "web-2");
  world.advance(1min);
  const std::vector<NodeRecord> nodes = two.node.nodes();
  CHECK(std::ranges::count_if(nodes, [](const NodeRecord& node) {
          return node.name == "web-2" && node.state == NodeState::live;
        }) == 2);
}

TEST_CASE("TestNode: one that has crashed goes on where it was, if it keeps its position") {
  World world;
  Options durable;
  durable.keep_position = KeepPosition::in_database;
  Resident two(world, "web-2");
  std::optional<Resident> one(std::in_place, world, "web-1", durable);
  two.node.cache().refresh(kProducts, 1);
  world.advance(10s);
  one->hand->crash();
  one.reset();
  two.node.cache().refresh(kProducts, 2);
  one.emplace(world, "web-1", durable);
  world.settle();
  CHECK(one->record.lines() == Lines{"products refresh 2"});
  CHECK(one->hand->resyncs().empty());
}

TEST_CASE_FIXTURE(WorldFixture, "World: no node reaches the store") {
  world.settle();
  world.fail(StoreFault::unreachable);
  CHECK_THROWS_AS(publish(), Error);
  CHECK(one.record.take() == Lines{"products refresh 7"});  // local delivery comes first
  world.append(std::vector{Instruction::refresh_by_id(kProducts, 8)});
  world.advance(1min);
  CHECK(two.record.lines().empty());
  CHECK(two.node.counters().polls_failed > 0);
  world.mend();
  world.advance(6s);
  CHECK(two.record.lines() == Lines{"products refresh 8"});
  const std::vector<std::string> messages = two.hand->messages();
  CHECK(std::ranges::find(messages,
                          "polling failed and is tried again: memory: the connection was "
                          "lost: try again") != messages.end());
  CHECK(std::ranges::find(messages, "polling works again") != messages.end());
}

TEST_CASE_FIXTURE(WorldFixture, "TestNode: one alone does not reach the store") {
  world.settle();
  two.hand->fail(StoreFault::unreachable);
  const EntryId id = publish();
  world.settle();
  CHECK(one.hand->position() == id);
  CHECK(two.hand->position() < id);
  CHECK_THROWS_AS(two.node.cache().refresh(kProducts, 8), Error);
  two.hand->mend();
  world.advance(6s);
  CHECK(two.hand->position() >= id);
}

TEST_CASE_FIXTURE(WorldFixture, "World: a store that can only be read is read") {
  world.settle();
  world.fail(StoreFault::read_only);
  CHECK_THROWS_AS(publish(), Error);
  const EntryId id = world.append(std::vector{Instruction::refresh_by_id(kProducts, 8)});
  world.settle();
  CHECK(two.record.lines() == Lines{"products refresh 8"});
  CHECK(two.hand->position() == id);
  CHECK(!two.node.nodes().empty());
  CHECK(!two.node.shared_cache().get("key"));
  CHECK_THROWS_AS(two.node.shared_cache().set("key", "value", {}), Error);
  world.advance(10s);
  CHECK(two.node.counters().beats_failed > 0);
  CHECK(two.node.counters().polls_failed == 0);
}

TEST_CASE_FIXTURE(WorldFixture, "World: a slow store takes its time by the clock") {
  world.settle();
  const auto begin = world.now();
  world.slow_down(300ms);
  publish();
  CHECK(world.now() - begin >= 300ms);
  CHECK(world.now() - begin < 5s);
  world.mend();
  one.hand->slow_down(6s);
  CHECK_THROWS_WITH_AS(publish(), "memory: no answer within 5s; try again", Error);
  const auto then = world.now();
  two.node.cache().refresh(kProducts, 1);
  CHECK(world.now() == then);
}

TEST_CASE_FIXTURE(WorldFixture, "World: a log that is restored leads to a resync") {
  const EntryId backup = publish(1);
  publish(2);
  const EntryId last = publish(3);
  world.settle();
  two.record.take();
  world.restore_to(backup);
  CHECK(world.newest() == backup);
  world.advance(1s);
  CHECK(two.record.take() == Lines{"products all"});
  const std::vector<Resync> resyncs = two.hand->resyncs();
  REQUIRE(resyncs.size() == 1);
  CHECK(resyncs[0].reason == ResyncReason::anchor_gone);
  CHECK(resyncs[0].entry == backup);
  CHECK(publish(4).value == backup.value + 1);
  CHECK(last.value == backup.value + 2);
  world.settle();
  CHECK(two.record.lines() == Lines{"products refresh 4"});
}

TEST_CASE_FIXTURE(WorldFixture, "World: rows that are pruned before a node read them") {
  publish(1);
  world.settle();
  two.record.take();
  two.hand->hold();
  publish(2);
  publish(3);
  publish(4);
  world.prune_through(EntryId{100});
  CHECK(world.log().size() == 1);  // the newest
  two.hand->release();
  world.settle();
  CHECK(two.record.lines() == Lines{"products all"});
  REQUIRE(two.hand->resyncs().size() == 1);
  CHECK(two.hand->resyncs()[0].reason == ResyncReason::pruned);
}

TEST_CASE_FIXTURE(WorldFixture, "World: a row that can't be decoded has everything refreshed") {
  world.append_row("{ no JSON", "a stranger");
  world.settle();
  CHECK(two.record.lines() == Lines{"products all"});
  const std::vector<std::string> messages = two.hand->messages();
  CHECK(std::ranges::any_of(messages, [](const std::string& message) {
    return message.find("entry 1") != std::string::npos;
  }));
}

namespace {

struct HybridNode {
  HybridNode(World& world, const std::string& name)
      : options(world.options(name)),
        cache(registry, kOrders, "orders", world.node(name).shared_cache(),
              {.clock = world.clock()}),
        node(options, registry) {
    node.start();
  }
  std::string get() {
    return *cache.get("key", [&] {
      ++made;
      return std::string("value");
    });
  }

  int made = 0;
  Options options;
  Registry registry;
  HybridCache<std::string> cache;
  Node node;
};

}  // namespace

TEST_CASE("World: hybrid caches share a half, whose faults are each node's own") {
  World world;
  HybridNode one(world, "web-1");
  HybridNode two(world, "web-2");
  world.settle();
  one.get();
  two.get();
  CHECK(one.made == 1);
  CHECK(two.made == 0);
  one.cache.remove("key");
  world.settle();
  world.node("web-2").fail(StoreFault::unreachable);
  one.get();
  two.get();
  CHECK(one.made == 2);
  CHECK(two.made == 1);  // it goes on alone
  world.node("web-2").mend();
  two.cache.remove("key");
  world.advance(10s);
  one.get();
  two.get();
  CHECK(one.made + two.made == 4);
}

}  // namespace crier::test
