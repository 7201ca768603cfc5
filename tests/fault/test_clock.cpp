// SPDX-License-Identifier: MIT
// The database's clock jumps by a day, forth and back, between any two steps of two nodes.
#include <crier/codec.hpp>

#include "fault/life.hpp"
#include "support/memory_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// Two nodes on one log. Their steady clock never jumps.
struct ClockFixture {
  MemoryStore store;
  Keeper::Time now = Position::Clock::now();
  Numbers truth;
  Numbers caches[2];
  SteppedNode a{store, truth, caches[0], "a"};
  SteppedNode b{store, truth, caches[1], "b"};
  std::int64_t number = 0;

  ClockFixture() {
    a.start(now);
    b.start(now);
  }

  void round() {
    now += 2s;
    store.now += 2s;
    truth.insert(++number);
    a.publish(number);
    truth.insert(++number);
    b.publish(number);
    a.tick(now);
    b.tick(now);
    a.poll();
    b.poll();
  }
  [[nodiscard]] int leaders() {
    int leaders = 0;
    for (const NodeRecord& node : store.connect(Access::read_only)->nodes().list()) {
      CHECK(node.state == NodeState::live);
      leaders += node.role == Role::scheduling_publisher ? 1 : 0;
    }
    return leaders;
  }
};

TEST_CASE_FIXTURE(ClockFixture, "the clock jumps by a day: nothing is lost, and one leads") {
  const std::vector<std::chrono::hours> jumps{24h, -24h, -24h, 24h, 48h, -48h};
  std::size_t pruned = 0;
  for (const std::chrono::hours jump : jumps) {
    CAPTURE(jump.count());
    for (int i = 0; i < 3; ++i) {
      round();
    }
    store.now += jump;
    for (int i = 0; i < 12; ++i) {
      round();
    }
    CHECK(leaders() == 1);
    CHECK(caches[0] == truth);
    CHECK(caches[1] == truth);
    pruned = store.rows().empty() ? 0 : static_cast<std::size_t>(store.rows().front().id.value - 1);
  }
  // Nobody was overtaken: no resync beside the two of the start.
  CHECK(a.counters().resyncs == 1);
  CHECK(b.counters().resyncs == 1);
  CHECK(pruned > 0);  // what had grown old by then
}

TEST_CASE_FIXTURE(ClockFixture,
                  "the clock jumps while a node is away: it is not overtaken unseen") {
  for (const std::chrono::hours jump : {24h, -24h}) {
    CAPTURE(jump.count());
    round();
    // b stands still; a goes on, and what b has not read grows old at once.
    for (int i = 0; i < 40; ++i) {
      store.now += i % 20 == 0 ? jump : 0h;
      now += 5s;
      store.now += 5s;
      truth.insert(++number);
      a.publish(number);
      a.tick(now);
      a.poll();
    }
    b.poll();
    b.tick(now);
    b.poll();
    CHECK(caches[1] == truth);
  }
}

}  // namespace
}  // namespace crier::test
