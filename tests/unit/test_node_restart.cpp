// SPDX-License-Identifier: MIT
// A node that starts again, or starts at all, while a refresher does not return.
#include "support/eventually.hpp"
#include "unit/node_fixture.hpp"
#include "unit/stuck_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE_FIXTURE(StuckFixture,
                  "what comes after the next start waits behind a call that stop() has left") {
  start();
  hang();
  node->stop();
  node->start();
  CHECK(node->freshness().troubles.at(0).state == RefresherState::stuck);
  const EntryId id =
      write({Instruction::refresh_by_id(kProducts, 2), Instruction::refresh_by_id(kOrders, 2)});
  CHECK(eventually([&] { return record.lines() == Lines{"orders refresh 2"}; }));
  CHECK(outside->calls.lines() == Lines{"enters 1"});
  CHECK(node->position() == EntryId{1});

  outside->gate.open();
  CHECK(node->wait_applied(id, 20s));
  CHECK(outside->calls.lines() == Lines{"enters 1", "leaves 1", "all"});
  CHECK(node->freshness().troubles.empty());
}

TEST_CASE_FIXTURE(
    StuckFixture,
    "a call that hangs from an earlier start holds the position where the next began") {
  start();
  hang();
  node->stop();
  const Freshness ended = node->freshness();
  CHECK(ended.applied_through == EntryId{0});
  write({Instruction::refresh_by_id(kOrders, 7)});
  node->start();
  CHECK(node->position() == EntryId{2});
  write({Instruction::refresh_by_id(kOrders, 8)});
  CHECK(eventually([&] { return record.lines() == Lines{"orders refresh 8"}; }));
  const std::uint64_t polls = node->counters().polls;
  CHECK(eventually([&] { return node->counters().polls > polls + 2; }));
  CHECK(node->position() == EntryId{2});
  // Its work is not done: no start, and no look, proves anything.
  CHECK(node->freshness().proved_at == ended.proved_at);
}

TEST_CASE_FIXTURE(StuckFixture, "a refresher that hangs in start() is told of, and not replaced") {
  quick.cold_start = ColdStart::refresh_all;
  quick.refresher_deadline = 300ms;
  outside->at_refresh_all = [outside = outside.get()] { outside->gate.pass(); };
  make();
  std::jthread starting([&] { node->start(); });
  CHECK(outside->gate.wait_until_entered());
  CHECK(eventually([&] { return node->counters().stuck == 1; }));
  CHECK_FALSE(node->running());
  CHECK(node->freshness().troubles.at(0).state == RefresherState::stuck);
  CHECK(node->counters().replaced == 0);
  outside->gate.open();
  starting.join();
  CHECK(node->wait_applied(write({Instruction::refresh_by_id(kOrders, 1)}), 20s));
  CHECK(node->freshness().troubles.empty());
}

TEST_CASE_FIXTURE(NodeFixture, "caches that outlive their node are not proved by its start") {
  for (const KeepPosition where : {KeepPosition::in_database, KeepPosition::in_file}) {
    Options durable = options();
    durable.keep_position = where;
    durable.position_file = dir / "position";
    std::vector<std::chrono::milliseconds> ages;
    Member* member = nullptr;
    durable.fill_caches = [&] {
      ages.push_back(member->node->freshness().age);
      ages.push_back(member->node->nodes().back().proof_age);
    };
    Member a(durable);
    member = &a;
    const auto made = std::chrono::steady_clock::now();
    CHECK(a.node->freshness().proved_at < made);
    a.node->start();
    // Longer than there was any node.
    for (const std::chrono::milliseconds age : ages) {
      CHECK(age >= made.time_since_epoch() - 1s);
    }
    CHECK(ages.size() == 2);
    CHECK(eventually([&] { return a.node->freshness().proved_at > made; }));
    a.node->stop();
    a.node->start();
    CHECK(ages.back() < made.time_since_epoch());
  }
}

}  // namespace
}  // namespace crier::test
