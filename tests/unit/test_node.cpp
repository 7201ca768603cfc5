// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#include "node_fixture.hpp"
#include "support/eventually.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace crier::test {

TEST_CASE_FIXTURE(NodeFixture, "Node: what one publishes, the other applies, and itself but once") {
  Member a(options());
  Member b(options());
  a.node->start();
  b.node->start();
  const EntryId id = a.node->cache().refresh(kProducts, 42);
  CHECK(a.record.lines() == Lines{"products refresh 42"});  // at once
  REQUIRE(eventually([&] { return b.node->position() >= id && a.node->position() >= id; }));
  CHECK(b.record.lines() == Lines{"products refresh 42"});
  CHECK(a.record.lines() == Lines{"products refresh 42"});
  CHECK(a.node->counters().own_skipped == 1);
  CHECK(b.node->counters().applied == 1);
  CHECK(a.node->originated() != b.node->originated());
}

TEST_CASE_FIXTURE(NodeFixture,
                  "Node: re-entrancy: applying what others published never publishes it again") {
  Member a(options());
  Member b(options());
  a.node->start();
  b.node->start();
  // b reacts to what it applies by publishing something of its own: no deadlock, no echo.
  b.products->before = [&](const std::string& what) {
    if (what == "refresh 1") {
      b.node->cache().remove(kProducts, 2);
    }
  };
  a.node->cache().refresh(kProducts, 1);
  REQUIRE(eventually([&] { return a.record.size() == 2; }));
  REQUIRE(eventually([&] { return b.node->position() == EntryId{2}; }));
  CHECK(a.record.lines() == Lines{"products refresh 1", "products remove 2"});
  CHECK(a.node->counters().published == 1);
  CHECK(b.node->counters().published == 1);
}

TEST_CASE_FIXTURE(NodeFixture, "Node: publishing needs a node that runs") {
  Member a(options());
  CHECK_THROWS_WITH_AS(a.node->cache().refresh(kProducts, 1),
                       "the node does not run: publish between start() and stop()", Error);
  a.node->start();
  CHECK(a.node->running());
  a.node->cache().refresh(kProducts, 1);
  a.node->stop();
  a.node->stop();
  CHECK_FALSE(a.node->running());
  CHECK_THROWS_AS(a.node->cache().refresh(kProducts, 1), Error);
}

TEST_CASE_FIXTURE(NodeFixture, "Node: starts once; after a stop again, as a new incarnation") {
  Member a(options());
  CHECK(a.node->originated().empty());
  CHECK(a.node->position() == EntryId{0});
  a.node->start();
  CHECK_THROWS_WITH_AS(a.node->start(), ("node " + a.node->name() + " runs already").c_str(),
                       Error);
  const std::string first = a.node->originated();
  a.node->cache().refresh(kProducts, 1);
  a.node->stop();
  a.node->start();
  CHECK(a.node->originated() != first);
  CHECK(a.node->position() == EntryId{1});
  CHECK(a.node->cache().refresh(kProducts, 2) == EntryId{2});
}

TEST_CASE_FIXTURE(NodeFixture,
                  "Node: closes the database when it stops, and when its start fails") {
  const auto open_files = [this] {
    int count = 0;
    for (const auto& link : std::filesystem::directory_iterator("/proc/self/fd")) {
      std::error_code closed;
      const auto target = std::filesystem::read_symlink(link.path(), closed).string();
      count += target.starts_with(dir.path().string()) ? 1 : 0;
    }
    return count;
  };
  Options failing = options();
  bool fail = true;
  failing.fill_caches = [&] {
    if (fail) {
      throw std::runtime_error("no products");
    }
  };
  Member a(failing);
  CHECK_THROWS(a.node->start());
  CHECK(open_files() == 0);
  fail = false;
  a.node->start();
  const EntryId id = a.node->cache().refresh(kProducts, 1);
  REQUIRE(eventually([&] { return a.node->position() == id; }));
  CHECK(open_files() > 0);
  a.node->stop();
  CHECK(open_files() == 0);
  CHECK(a.node->position() == id);
  CHECK_FALSE(a.node->originated().empty());
}

TEST_CASE_FIXTURE(NodeFixture, "Node: the place in the log is taken before the caches are filled") {
  Member a(options());
  a.node->start();
  Options late = options();
  late.fill_caches = [&] { a.node->cache().refresh(kProducts, 7); };
  Member b(late);
  b.node->start();
  CHECK(eventually([&] { return b.record.lines() == Lines{"products refresh 7"}; }));
}

TEST_CASE_FIXTURE(NodeFixture,
                  "Node: fill_caches may publish; where it throws, the node does not run") {
  Options throwing = options();
  Node* self = nullptr;
  bool fail = true;
  throwing.fill_caches = [&] {
    self->cache().refresh(kProducts, 1);
    if (fail) {
      throw std::runtime_error("no products");
    }
  };
  Member a(throwing);
  self = a.node.get();
  CHECK_THROWS_WITH_AS(a.node->start(), "no products", std::runtime_error);
  CHECK_FALSE(a.node->running());
  CHECK_THROWS_AS(a.node->cache().refresh(kProducts, 1), Error);
  fail = false;
  a.node->start();
  CHECK(a.node->running());
}

TEST_CASE_FIXTURE(NodeFixture, "Node: cold_start refresh_all refreshes everything inside start") {
  Options cold = options();
  cold.cold_start = ColdStart::refresh_all;
  Member a(cold);
  a.node->start();
  CHECK(a.record.lines() == Lines{"products all"});
  CHECK(a.observer->record.lines() == Lines{"resync first_start 0"});
}

TEST_CASE_FIXTURE(NodeFixture,
                  "Node: refuses a database that was not migrated, unless it is to migrate") {
  Options strict = options();
  strict.migrate_on_start = false;
  Member a(strict);
  CHECK_THROWS_AS(a.node->start(), Error);
  static_cast<void>(open_store(strict.store)->connect(Access::create));
  try {
    a.node->start();
    FAIL("started");
  } catch (const Error& error) {
    CHECK(std::string(error.what()).find("migrate") != std::string::npos);
  }
  Member b(options());
  b.node->start();
  a.node->start();
  CHECK(a.node->running());
}

TEST_CASE_FIXTURE(NodeFixture,
                  "Node: notifications tell of what was published here and elsewhere") {
  Member a(options());
  Member b(options());
  Record told;
  const auto tell = [&told](const std::string& who) {
    return [&told, who](const CacheUpdated& updated) {
      told.add(who + " " + std::string(updated.name) + " " +
               std::to_string(updated.source.entry.value));
    };
  };
  const Subscription here = a.node->on_cache_updated(tell("a"));
  const Subscription there = b.node->on_cache_updated(tell("b"));
  a.node->start();
  b.node->start();
  a.node->cache().refresh(kProducts, 1);
  REQUIRE(eventually([&] { return told.size() == 2; }));
  CHECK(told.lines() == Lines{"a products 0", "b products 1"});
}

TEST_CASE("Node: a single server needs no store") {
  Member a{Options{}};
  a.node->start();
  CHECK(a.node->cache().refresh(kProducts, 1) == EntryId{0});
  CHECK(a.record.lines() == Lines{"products refresh 1"});
  CHECK(a.node->position() == EntryId{0});
  CHECK(a.node->counters().polls == 0);
  a.node->stop();
  CHECK_THROWS_AS(a.node->cache().refresh(kProducts, 1), Error);
}

TEST_CASE_FIXTURE(NodeFixture, "Node: many threads publish while the node is stopped and started") {
  Member a(options());
  a.node->start();
  std::atomic<bool> done = false;
  std::atomic<int> acknowledged = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (std::int64_t id = 0; !done; ++id) {
        try {
          a.node->cache().refresh(kProducts, id);
          ++acknowledged;
        } catch (const Error&) {  // the node is between two incarnations
          std::this_thread::yield();
        }
      }
    });
  }
  for (int i = 0; i < 5; ++i) {
    const int before = acknowledged;
    REQUIRE(eventually([&] { return acknowledged > before; }));
    a.node->stop();
    a.node->start();
  }
  done = true;
  threads.clear();
  const auto connection = open_store(options().store)->connect(Access::read_only);
  CHECK(connection->log().newest().id.value == acknowledged);
  REQUIRE(eventually([&] { return a.node->position().value == acknowledged; }));
}

TEST_CASE_FIXTURE(NodeFixture, "Node: a database that is replaced under it leads to a resync") {
  Member a(options());
  a.node->start();
  a.node->cache().refresh(kProducts, 1);
  REQUIRE(eventually([&] { return a.node->position() == EntryId{1}; }));
  a.record.take();
  for (const char* file : {"shop.db", "shop.db-wal", "shop.db-shm"}) {
    std::filesystem::remove(dir / file);
  }
  Member b(options());
  b.node->start();
  b.node->cache().refresh(kProducts, 2);
  // Once more if it looks between the steps of the new file's migration: one alters a table.
  REQUIRE(eventually([&] { return a.node->counters().resyncs >= 1; }));
  CHECK(a.record.lines().front() == "products all");
  // The first publish is refused, since its connection is to the file that is gone; not lost.
  CHECK_THROWS_AS(a.node->cache().refresh(kProducts, 3), Error);
  const EntryId id = a.node->cache().refresh(kProducts, 4);
  CHECK(eventually([&] { return b.node->position() >= id; }));
  CHECK(b.record.lines().back() == "products refresh 4");
}

}  // namespace crier::test
