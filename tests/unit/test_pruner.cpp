// SPDX-License-Identifier: MIT
#include <crier/error.hpp>

#include "unit/keeper_fixture.hpp"

#include <doctest/doctest.h>

namespace crier::test {
namespace {

struct PrunerFixture : KeeperFixture {
  Kept leader{*this, "leader"};

  void write(int count) {
    for (int i = 0; i < count; ++i) {
      store.write("x", "[]");
    }
  }
  void stand_at_newest(Kept& node) {
    node.position.reset(store.connect(Access::read_only)->log().newest());
  }
  // What is left of the log: its first id and its last.
  std::pair<std::int64_t, std::int64_t> bounds() {
    const auto found = store.connect(Access::read_only)->log().bounds();
    return {found->oldest.value, found->newest.value};
  }
  // Beats as often as the leader must to keep its lease.
  void live(std::chrono::milliseconds duration) {
    for (auto lived = 0ms; lived < duration; lived += 5s) {
      pass(5s);
      leader.step();
    }
  }
};

TEST_CASE_FIXTURE(PrunerFixture, "the leader prunes what is older than the retention") {
  write(10);
  pass(49h);
  write(5);
  stand_at_newest(leader);
  leader.step();
  live(60s);
  CHECK(bounds() == std::pair<std::int64_t, std::int64_t>{11, 15});
  CHECK(leader.reporter.counters().pruned == 10);
}

TEST_CASE_FIXTURE(PrunerFixture, "a new leader gives the others a whole interval to beat") {
  write(10);
  pass(49h);
  write(1);
  stand_at_newest(leader);
  leader.step();
  live(55s);
  CHECK(bounds().first == 1);
  // Out of its lease, it begins anew.
  pass(20s);
  leader.step();
  live(55s);
  CHECK(bounds().first == 1);
  live(5s);
  CHECK(bounds().first == 11);
}

TEST_CASE_FIXTURE(PrunerFixture, "a leader whose beat came late looks on for an interval again") {
  // As after a nap of the whole machine that was shorter than the lease.
  write(10);
  pass(49h);
  write(1);
  stand_at_newest(leader);
  leader.step();
  live(55s);
  pass(10s);
  leader.step();
  live(55s);
  CHECK(bounds().first == 1);
  live(5s);
  CHECK(bounds().first == 11);
}

TEST_CASE_FIXTURE(PrunerFixture, "a break that the leader may not have noticed makes nobody dead") {
  Keeper::Settings quick = Kept::defaults();
  quick.node.interval = 1s;
  Kept follower(*this, "follower", quick);
  follower.position.reset(place(4));
  write(6);
  pass(49h);
  write(1);
  stand_at_newest(leader);
  leader.step();
  for (auto lived = 0ms; lived < 55s; lived += 5s) {
    pass(5s);
    leader.step();
    follower.step();
  }
  pass(5s);  // five beats of the follower's, and one of the leader's
  leader.step();
  CHECK(node("follower").state == NodeState::stale);
  CHECK(bounds().first == 4);
}

TEST_CASE_FIXTURE(PrunerFixture,
                  "after a break, one that beats rarely gets the time to beat again") {
  Keeper::Settings slow = Kept::defaults();
  slow.node.interval = 10min;
  Kept follower(*this, "follower", slow);
  follower.position.reset(place(4));
  write(6);
  pass(49h);
  write(1);
  stand_at_newest(leader);
  leader.step();
  follower.step();
  pass(2h);  // the machine was suspended
  leader.step();
  live(5min);
  CHECK(node("follower").state == NodeState::stale);
  CHECK(bounds().first == 4);
  live(30min);
  CHECK(bounds().first == 11);
}

TEST_CASE_FIXTURE(PrunerFixture, "between two rounds there is an interval") {
  write(2);
  pass(49h);
  write(1);
  stand_at_newest(leader);
  leader.step();
  live(60s);
  CHECK(bounds().first == 3);
  int prunes = 0;
  store.before = [&](std::string_view operation) { prunes += operation == "prune" ? 1 : 0; };
  live(300s);
  CHECK(prunes == 5);
}

TEST_CASE_FIXTURE(PrunerFixture, "a large backlog goes in chunks, one with each tick, at once") {
  write(2500);
  pass(49h);
  write(1);
  stand_at_newest(leader);
  leader.step();
  live(55s);
  pass(5s);
  const auto rung = [&](std::uint64_t mark) { return leader.bell.wait(mark, 0ms); };
  for (const std::int64_t oldest : {1001, 2001}) {
    const std::uint64_t mark = leader.bell.mark();
    leader.step();
    CHECK(bounds().first == oldest);
    CHECK(rung(mark));
  }
  const std::uint64_t mark = leader.bell.mark();
  leader.step();
  CHECK(bounds().first == 2501);
  CHECK_FALSE(rung(mark));
}

TEST_CASE_FIXTURE(PrunerFixture,
                  "a node that is behind holds the leader back as long as it lives") {
  Kept behind(*this, "behind");
  write(10);
  pass(49h);
  write(1);
  stand_at_newest(leader);
  behind.position.reset(place(4));
  leader.step();
  behind.step();
  for (int i = 0; i < 20; ++i) {
    live(10s);
    behind.step();
  }
  CHECK(bounds().first == 4);
  // It dies, and with that stops counting.
  live(120s);
  CHECK(bounds().first == 11);
}

TEST_CASE_FIXTURE(PrunerFixture, "a subscriber prunes nothing") {
  Keeper::Settings settings = Kept::defaults();
  settings.fixed_role = Role::subscriber;
  Kept follower(*this, "follower", settings);
  write(10);
  pass(49h);
  write(1);
  stand_at_newest(follower);
  for (int i = 0; i < 30; ++i) {
    pass(5s);
    follower.step();
  }
  CHECK(bounds().first == 1);
}

TEST_CASE_FIXTURE(PrunerFixture,
                  "a leader that slept past its lease in the middle of a tick prunes nothing") {
  write(10);
  pass(49h);
  write(1);
  stand_at_newest(leader);
  leader.step();
  live(55s);
  store.before = [&](std::string_view operation) {
    if (operation == "prune") {
      store.now += 16s;
    }
  };
  pass(5s);
  leader.step();
  CHECK(bounds().first == 1);
}

TEST_CASE_FIXTURE(PrunerFixture, "nodes that were not heard of for long are forgotten") {
  Kept crashed(*this, "crashed");
  crashed.step();
  leader.step();
  stand_at_newest(leader);
  live(120s);
  CHECK(nodes().size() == 2);
  live(58min);
  CHECK(nodes().size() == 2);
  live(5min);
  CHECK(nodes().size() == 1);
  crashed.step();
  CHECK(nodes().size() == 2);
  pass(2h);  // a break, in which it could not be heard
  leader.step();
  live(30min);
  CHECK(nodes().size() == 2);
  live(31min);
  CHECK(nodes().size() == 1);
  crashed.step();
  pass(48h);
  leader.step();
  live(60s);
  CHECK(nodes().size() == 1);
}

TEST_CASE_FIXTURE(PrunerFixture, "the leader deletes what has gone from the shared cache") {
  const auto connection = store.connect(Access::read_write);
  SharedCacheTable& cache = connection->cache();
  for (int i = 0; i < 1500; ++i) {
    cache.set(std::to_string(i), "x", {.after = 1min});
  }
  cache.set("kept", "x", {.after = 500h});
  write(1);
  stand_at_newest(leader);
  leader.step();
  live(60s);
  CHECK(cache.stats().gone == 1500);
  pass(SharedCache::kRemembers);
  leader.step();
  live(60s - 5s);
  pass(5s);
  const auto rung = [&](std::uint64_t mark) { return leader.bell.wait(mark, 0ms); };
  std::uint64_t mark = leader.bell.mark();
  leader.step();
  CHECK(cache.stats().gone == 500);
  CHECK(rung(mark));  // the rest at once
  mark = leader.bell.mark();
  leader.step();
  CHECK(cache.stats().gone == 0);
  CHECK_FALSE(rung(mark));
  CHECK(cache.get("kept") == "x");
}

TEST_CASE_FIXTURE(PrunerFixture, "who does not lead any more deletes nothing of the shared cache") {
  const auto connection = store.connect(Access::read_write);
  connection->cache().set("a", "x", {.after = 1min});
  write(1);
  pass(10min);
  stand_at_newest(leader);
  leader.step();
  live(55s);
  store.before = [&](std::string_view operation) {
    if (operation == "cache forget") {
      store.now += 16s;
    }
  };
  pass(5s);
  leader.step();
  store.before = {};
  CHECK(connection->cache().stats().gone == 1);
}

}  // namespace
}  // namespace crier::test
