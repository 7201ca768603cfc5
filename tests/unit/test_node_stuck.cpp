// SPDX-License-Identifier: MIT
// A node whose refresher does not return.
#include "unit/stuck_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE_FIXTURE(StuckFixture,
                  "stop() leaves a refresher that hangs, names it, and says goodbye") {
  start();
  hang();
  node->stop();
  CHECK_FALSE(node->running());
  CHECK(is_logged("the thread of the poller was left to itself at stop(): refresher " +
                  kProducts.to_string() + " (hanging) at entry 1 has not returned"));
  CHECK_FALSE(is_logged("keeper"));
  CHECK(connect()->nodes().list().at(0).state == NodeState::stopped);
  CHECK(node->position() == EntryId{0});
  CHECK(node->freshness().applied_through == EntryId{0});
}

TEST_CASE_FIXTURE(StuckFixture,
                  "stop() without time for refreshers ends threads that idle as ever") {
  quick.stop_deadline = 0ms;
  start();
  CHECK(node->wait_applied(write({Instruction::refresh_by_id(kOrders, 1)}), 20s));
  node->stop();
  CHECK_FALSE(is_logged("left to itself"));
  CHECK(connect()->nodes().list().at(0).state == NodeState::stopped);
}

TEST_CASE_FIXTURE(StuckFixture, "a node that is gone calls nothing from a refresher that returns") {
  start();
  write({Instruction::refresh_by_ids(kProducts, {1, 2}), Instruction::refresh_by_id(kOrders, 1)});
  CHECK(outside->gate.wait_until_entered());
  node.reset();
  const int events = outside->events;
  const std::size_t logged = outside->log.size();
  outside->gate.open();
  CHECK(eventually([&] { return refresher.expired(); }));
  CHECK(outside->calls.lines() == Lines{"enters 1", "leaves 1"});
  CHECK(record.lines().empty());
  CHECK(outside->events == events);
  CHECK(outside->log.size() == logged);
}

TEST_CASE_FIXTURE(StuckFixture, "a refresher may stop its node, which may be destroyed at once") {
  quick.stop_deadline = 20s;  // nobody waits for whoever stops
  start();
  outside->at_refresh_2 = [this] { node->stop(); };
  write({Instruction::refresh_by_id(kProducts, 2), Instruction::refresh_by_id(kOrders, 1)});
  CHECK(eventually([&] { return !node->running(); }));
  CHECK(connect()->nodes().list().at(0).state == NodeState::stopped);
  node.reset();
  CHECK(eventually([&] { return refresher.expired(); }));
  CHECK(record.lines().empty());
}

TEST_CASE_FIXTURE(StuckFixture, "past its deadline others go on without it, on another thread") {
  quick.refresher_deadline = 300ms;
  start();
  hang();
  CHECK(eventually([&] { return record.lines() == Lines{"orders refresh 1"}; }));
  // Told once the others go on.
  CHECK(eventually([&] { return node->counters().stuck == 1; }));
  CHECK(node->counters().replaced == 1);
  CHECK(is_logged("the poller was replaced by one on a new thread and connection: refresher " +
                  kProducts.to_string() + " (hanging) at entry 1 has not returned for 300ms"));
  const Freshness freshness = node->freshness();
  REQUIRE(freshness.troubles.size() == 1);
  CHECK(freshness.troubles[0].state == RefresherState::stuck);
  CHECK(freshness.troubles[0].name == "hanging");
  CHECK(freshness.applied_through == EntryId{0});
  CHECK(eventually([&] {
    const NodeRecord shown = connect()->nodes().list().at(0);
    return shown.poller_alive && shown.troubles.size() == 1;
  }));

  outside->gate.open();
  CHECK(node->wait_applied({1}, 20s));
  CHECK(outside->calls.lines() == Lines{"enters 1", "leaves 1", "all"});
  CHECK(eventually([&] { return node->freshness().proved_at > freshness.proved_at; }));
  CHECK(node->freshness().troubles.empty());
}

TEST_CASE_FIXTURE(StuckFixture, "what hangs from an earlier start is not taken for the poller's") {
  quick.refresher_deadline = 2s;
  quick.stop_deadline = 1ms;
  start();
  hang();
  node->stop();
  node->start();
  CHECK(eventually([&] { return node->counters().stuck == 1; }));
  const std::uint64_t polls = node->counters().polls;
  CHECK(eventually([&] { return node->counters().polls > polls + 20; }));
  CHECK(node->counters().replaced == 0);
  write({Instruction::refresh_by_id(kOrders, 2)});
  CHECK(eventually([&] { return record.lines() == Lines{"orders refresh 2"}; }));
}

TEST_CASE_FIXTURE(NodeFixture, "freshness: proved with each look, from the start to the end") {
  Member a(options());
  const auto made = a.node->freshness();
  CHECK(made.applied_through == EntryId{0});
  a.node->start();
  CHECK(eventually([&] { return a.node->freshness().proved_at > made.proved_at; }));
  const EntryId id = a.node->cache().refresh(kProducts, 1);
  CHECK(eventually([&] { return a.node->freshness().applied_through == id; }));
  CHECK(a.node->freshness().troubles.empty());
  a.node->stop();
  const auto ended = a.node->freshness();
  CHECK(ended.applied_through == id);
  CHECK(a.node->freshness().proved_at == ended.proved_at);

  Member alone{Options{}};
  alone.node->start();
  CHECK(alone.node->freshness().age == 0ms);
}

}  // namespace
}  // namespace crier::test
