// SPDX-License-Identifier: MIT
#include <crier/error.hpp>

#include "unit/keeper_fixture.hpp"

#include <doctest/doctest.h>

namespace crier::test {
namespace {

TEST_CASE_FIXTURE(KeeperFixture, "a beat shows who the node is and how far it has come") {
  Kept a(*this, "a");
  a.position.reset(place(1));
  store.write("x", "[]");
  a.reporter.failed(
      {FailureKind::refresher_threw, {{1}, "x"}, 0, kProducts, "products", "it broke"});
  a.reporter.resynced({ResyncReason::hole, "", {1}});
  a.reporter.applied(Instruction::refresh_all(kProducts), {});
  a.reporter.applied(Instruction::refresh_all(kProducts), {});
  REQUIRE(a.step());
  pass(2s);

  const NodeRecord record = node("a");
  CHECK(record.state == NodeState::live);
  CHECK(record.incarnation == a.settings.node.incarnation);
  CHECK(record.host == "host-a");
  CHECK(record.pid == 17);
  CHECK(record.position == EntryId{1});
  CHECK(record.lag == 1);
  CHECK(record.beat_age == 2s);
  CHECK(record.failed == 1);
  CHECK(record.resyncs == 1);
  CHECK(record.applied == 2);
  CHECK(record.last_error.find("it broke") != std::string::npos);
  CHECK(record.poller_alive);
  CHECK_FALSE(record.durable);
  // Registered as unknown, then at once with its role.
  CHECK(record.role == Role::single);
  CHECK(a.reporter.counters().beats == 1);
}

TEST_CASE_FIXTURE(KeeperFixture, "a place in another log is not shown as one in this") {
  Kept a(*this, "a");
  a.position.reset(place(3));
  a.step();
  CHECK(node("a").position == EntryId{3});
  SUBCASE("shorter") { store.clear(); }
  SUBCASE("as long, and another") {
    store.put({{3}, "2020-01-01 00:00:00.000", "restored", 1, "[]"});
  }
  a.step();
  CHECK(node("a").position == EntryId{0});
  a.position.reset(place(3));
  a.step();
  CHECK(node("a").position == EntryId{3});
}

TEST_CASE_FIXTURE(KeeperFixture, "a poller that does not come forward is shown as stalled") {
  Kept a(*this, "a");
  now = Position::Clock::now();
  a.position.still_here();
  pass(29s);
  a.step();
  CHECK(node("a").poller_alive);
  pass(2s);
  a.step();
  CHECK_FALSE(node("a").poller_alive);
  a.position.still_here();
  now = Position::Clock::now();
  a.step();
  CHECK(node("a").poller_alive);
}

TEST_CASE_FIXTURE(KeeperFixture, "alone it is single; with others one leads and the rest follow") {
  Kept a(*this, "a");
  Kept b(*this, "b");
  CHECK(a.role() == Role::unknown);
  a.step();
  CHECK(a.role() == Role::single);
  b.step();
  CHECK(b.role() == Role::subscriber);
  a.step();
  CHECK(a.role() == Role::scheduling_publisher);
  CHECK(a.told() == Lines{"unknown -> single", "single -> scheduling_publisher"});
  CHECK(node("a").role == Role::scheduling_publisher);
  CHECK(node("b").role == Role::subscriber);
}

TEST_CASE_FIXTURE(KeeperFixture, "a leader that stops hands over with the other's next beat") {
  Kept a(*this, "a");
  Kept b(*this, "b");
  a.step();
  b.step();
  a.keeper.leave();
  CHECK(node("a").state == NodeState::stopped);
  b.step();
  CHECK(b.role() == Role::single);
  CHECK(b.told() == Lines{"unknown -> subscriber", "subscriber -> single"});
}

TEST_CASE_FIXTURE(KeeperFixture, "a leader that dies is succeeded when its lease has expired") {
  Kept a(*this, "a");
  Kept b(*this, "b");
  a.step();
  b.step();
  pass(14s);
  b.step();
  CHECK(b.role() == Role::subscriber);
  pass(2s);
  b.step();
  CHECK(b.role() == Role::single);
}

TEST_CASE_FIXTURE(KeeperFixture,
                  "a role lapses by itself when it could not be renewed for a lease") {
  Kept a(*this, "a");
  a.step();
  pass(14s);
  CHECK(a.role() == Role::single);
  pass(1s);
  CHECK(a.role() == Role::unknown);

  store.before = [](std::string_view operation) {
    if (operation == "hold") {
      throw Error("hold", "the disk is full");
    }
  };
  CHECK_FALSE(a.step());
  CHECK(a.told() == Lines{"unknown -> single", "beat failed: the lease failed: the disk is full",
                          "single -> unknown"});
  CHECK(node("a").role == Role::unknown);  // and the others see that
}

TEST_CASE_FIXTURE(KeeperFixture,
                  "a beat that fails is counted, said once, tried again, and heals") {
  Kept a(*this, "a");
  a.step();
  a.told();
  std::string trouble = "the disk is full";
  store.before = [&](std::string_view operation) {
    if (operation == "beat" && !trouble.empty()) {
      throw Error("beat", trouble);
    }
  };
  CHECK_FALSE(a.step());
  CHECK_FALSE(a.step());
  trouble = "the database is locked";
  CHECK_FALSE(a.step());
  trouble.clear();
  CHECK(a.step());
  CHECK(a.reporter.counters().beats == 2);
  CHECK(a.reporter.counters().beats_failed == 3);
  CHECK(a.log.lines() == Lines{"the beat failed and is tried again: the disk is full",
                               "the beat failed and is tried again: the database is locked",
                               "the beat works again"});
  const std::string failed = "beat failed: the beat failed: ";
  CHECK(a.told() == Lines{failed + "the disk is full", failed + "the disk is full",
                          failed + "the database is locked", "beat recovered"});
  CHECK(node("a").last_error == "the beat failed: the database is locked");
}

TEST_CASE_FIXTURE(KeeperFixture, "after a failure the connection is opened anew") {
  Kept a(*this, "a");
  a.step();
  a.step();
  CHECK(store.connects == 1);
  store.before = [](std::string_view operation) {
    if (operation == "beat") {
      throw 7;  // NOLINT(hicpp-exception-baseclass)
    }
  };
  CHECK_FALSE(a.step());
  CHECK(a.told().back() == "beat failed: the beat failed: threw what is not a std::exception");
  CHECK(store.connects == 2);  // for what came after the beat
  store.before = nullptr;
  a.step();
  CHECK(store.connects == 2);
}

TEST_CASE_FIXTURE(KeeperFixture, "each step of a beat may fail, and the next goes well") {
  for (const std::string_view failing :
       {"connect", "beat", "hold", "save_position", "prune", "forget_older"}) {
    CAPTURE(failing);
    KeeperFixture world;
    Keeper::Settings settings = Kept::defaults();
    settings.keep_position = KeepPosition::in_database;
    settings.pruning.interval = 1ms;
    Kept a(world, "a", settings);
    a.step();
    static_cast<void>(a.keeper.claim_position());
    a.position.reset({});
    world.pass(1s);
    int failures = 0;
    world.store.before = [&](std::string_view operation) {
      if (operation == failing && failures++ == 0) {
        throw Error("x", "no");
      }
    };
    if (failing == "connect") {
      a.keeper.leave();
    }
    a.step();
    CHECK(failures >= 1);
    world.pass(1s);
    CHECK(a.step());
    CHECK(a.role() == Role::single);
  }
}

TEST_CASE_FIXTURE(KeeperFixture,
                  "a farewell is made of steps: where one fails the others are taken") {
  for (const std::string_view failing : {"save_position", "release"}) {
    CAPTURE(failing);
    KeeperFixture world;
    Keeper::Settings settings = Kept::defaults();
    settings.keep_position = KeepPosition::in_database;
    Kept a(world, "a", settings);
    a.step();
    static_cast<void>(a.keeper.claim_position());
    a.position.reset({});
    world.store.before = [&](std::string_view operation) {
      if (operation == failing) {
        throw Error("x", "no");
      }
    };
    a.keeper.leave();
    CHECK(world.node("a").state == NodeState::stopped);
    CHECK(world.store.connect(Access::read_only)->leases().holder().has_value() ==
          (failing == "release"));
  }
}

TEST_CASE_FIXTURE(KeeperFixture, "a fixed role is borne whoever has the lease") {
  Keeper::Settings subscriber = Kept::defaults();
  subscriber.fixed_role = Role::subscriber;
  Kept a(*this, "a", subscriber);
  a.step();
  CHECK(a.role() == Role::subscriber);
  CHECK_FALSE(store.connect(Access::read_only)->leases().holder());

  Keeper::Settings publisher = Kept::defaults();
  publisher.fixed_role = Role::scheduling_publisher;
  Kept b(*this, "b", publisher);
  Kept c(*this, "c", publisher);
  b.step();
  c.step();
  CHECK(b.role() == Role::scheduling_publisher);
  CHECK(c.role() == Role::scheduling_publisher);
  CHECK(store.connect(Access::read_only)->leases().holder()->holder == b.settings.node.incarnation);
  pass(1h);
  CHECK(c.role() == Role::scheduling_publisher);
}

TEST_CASE_FIXTURE(KeeperFixture, "two that are live under one name hear of each other, once") {
  Kept first(*this, "a");
  first.step();
  pass(1s);
  Kept second(*this, "a");
  second.step();
  CHECK(second.log.size() == 0);  // the first may have died a moment ago
  pass(1s);
  first.step();
  first.step();
  second.step();
  second.step();
  const std::string warning =
      "another node bears the name a: host host-a, pid 17; both get every instruction, but give "
      "each its own name";
  CHECK(first.log.lines() == Lines{warning});
  CHECK(second.log.lines() == Lines{warning});
  second.keeper.leave();
  first.step();
  CHECK(first.log.lines().back() == "no other node bears the name a any more");
}

TEST_CASE_FIXTURE(KeeperFixture, "one that died is no namesake of its successor") {
  Kept first(*this, "a");
  first.step();
  pass(1s);
  Kept second(*this, "a");
  for (int i = 0; i < 5; ++i) {
    second.step();
    pass(5s);
  }
  CHECK(second.log.size() == 0);
  REQUIRE(nodes().size() == 2);
  CHECK(nodes()[0].state == NodeState::stopped);
}

TEST_CASE_FIXTURE(KeeperFixture,
                  "a node whose beats fail proves nothing any more, until one arrives") {
  Kept a(*this, "a");
  pass(1s);
  const auto look = [&] {
    a.position.looked(now, true);
    return now - a.position.state().proved_at;
  };
  CHECK(look() > 0ms);  // nobody has heard of it
  a.step();
  CHECK(look() == 0ms);
  store.before = [](std::string_view operation) {
    if (operation == "beat") {
      throw Error("beat", "no");
    }
  };
  pass(3 * a.settings.node.interval);
  a.step();
  CHECK(look() == 0ms);  // till now others wait for it
  pass(1s);
  a.step();
  CHECK(look() == 1s);
  store.before = nullptr;
  a.step();
  CHECK(look() == 0ms);
}

TEST_CASE_FIXTURE(KeeperFixture,
                  "a node that only reads proves what it reads: nobody waits for it") {
  Keeper::Settings reading = Kept::defaults();
  reading.read_only = true;
  Kept a(*this, "a", reading);
  a.step();
  pass(1h);
  a.position.looked(now, true);
  CHECK(a.position.state().proved_at == now);
}

TEST_CASE_FIXTURE(KeeperFixture, "under a new name a node proves nothing before others know that") {
  Kept a(*this, "a");
  a.step();
  a.keeper.rename(Guid::random());
  store.before = [](std::string_view operation) {
    if (operation == "beat") {
      throw Error("beat", "no");
    }
  };
  a.step();
  a.position.looked(now + 1ms, true);
  CHECK(a.position.state().proved_at != now + 1ms);
}

}  // namespace
}  // namespace crier::test
