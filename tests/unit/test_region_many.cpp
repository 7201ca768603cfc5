// SPDX-License-Identifier: MIT
// Many keys at once, how fresh a call asks values to be, and how long it waits for another's load.
#include <crier/cached_region.hpp>
#include <crier/error.hpp>
#include <crier/sqlitecpp.hpp>

#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "support/gate.hpp"
#include "unit/node_fixture.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

using Names = CachedRegion<std::int64_t, std::string>;
using Ids = std::vector<std::int64_t>;

struct ManyFixture {
  Names names{"names"};
  std::vector<Ids> asked;

  auto loader() {
    return [this](const Ids& missing) {
      asked.push_back(missing);
      std::vector<std::string> found;
      for (const std::int64_t id : missing) {
        found.push_back("name " + std::to_string(id));
      }
      return found;
    };
  }
  Lines get(const Ids& ids) {
    Lines lines;
    for (const auto& name : names.get_many(ids, loader())) {
      lines.push_back(name == nullptr ? "nothing" : *name);
    }
    return lines;
  }
};

TEST_CASE_FIXTURE(ManyFixture, "many: what is missing is loaded in one call, each key once") {
  CHECK(get({}).empty());
  CHECK(asked.empty());
  CHECK(get({1, 2}) == Lines{"name 1", "name 2"});
  CHECK(get({3, 2, 3, 1}) == Lines{"name 3", "name 2", "name 3", "name 1"});
  CHECK(asked == std::vector<Ids>{{1, 2}, {3}});
  const CacheStatistics did = names.statistics();
  CHECK(did.hits == 2);
  CHECK(did.misses == 3);
  CHECK(did.loads == 3);
  CHECK(did.loads_running == 0);
  CHECK(did.entries == 3);
}

TEST_CASE_FIXTURE(ManyFixture, "many: a map may lack some, which is nothing") {
  const auto found = names.get_many(Ids{1, 2}, [](const Ids&) {
    return std::map<std::int64_t, std::string>{{2, "two"}, {9, "nobody asked"}};
  });
  CHECK(found.at(0) == nullptr);
  CHECK(*found.at(1) == "two");
  CHECK(names.get(1) == nullptr);
  CHECK(names.get(9) == nullptr);
}

TEST_CASE_FIXTURE(ManyFixture,
                  "many: a loader that fails, or gives too few, leaves nothing behind") {
  CHECK_THROWS_AS(names.get_many(Ids{1, 2},
                                 [](const Ids&) -> std::vector<std::string> {
                                   throw std::runtime_error("no database");
                                 }),
                  std::runtime_error);
  const Error error = error_of([&] {
    names.get_many(Ids{1, 2}, [](const Ids&) { return std::vector<std::string>{"one"}; });
  });
  CHECK(error.invalid_argument());
  CHECK(std::string(error.what()) ==
        "the loader of cache names was asked for 2 keys, and gave 1 values");
  CHECK(names.statistics().failed_loads == 4);
  CHECK(names.statistics().loads_running == 0);
  CHECK(get({1}) == Lines{"name 1"});
}

TEST_CASE_FIXTURE(ManyFixture, "many: a key that is invalidated while it is loaded is not kept") {
  static_cast<void>(names.get_many(Ids{1, 2}, [&](const Ids&) {
    names.evict(1);
    return std::vector<std::string>{"old", "two"};
  }));
  CHECK(get({1, 2}) == Lines{"name 1", "two"});
}

TEST_CASE_FIXTURE(ManyFixture, "many: calls that cross each other load each key once") {
  Gate gate;
  std::thread other([&] {
    static_cast<void>(names.get_many(Ids{1, 2}, [&](const Ids&) {
      gate.pass();
      return std::vector<std::string>{"one", "two"};
    }));
  });
  CHECK(gate.wait_until_entered());
  std::thread opener([&] {
    CHECK(eventually([&] { return names.statistics().misses == 5; }));
    gate.open();
  });
  CHECK(get({3, 2, 1}) == Lines{"name 3", "two", "one"});
  other.join();
  opener.join();
  CHECK(asked == std::vector<Ids>{{3}});
  CHECK(names.statistics().loads == 3);
}

TEST_CASE_FIXTURE(ManyFixture, "many: a loader that gets a key of its own is refused") {
  CHECK(error_of([&] {
          names.get_many(Ids{1, 2}, [&](const Ids&) {
            static_cast<void>(names.get(2, [] { return "two"; }));
            return std::vector<std::string>{"one", "two"};
          });
        }).operation() == "load");
}

TEST_CASE_FIXTURE(ManyFixture, "a get() without a loader counts its misses") {
  CHECK(names.get(1) == nullptr);
  names.insert(1, "one");
  CHECK(*names.get(1) == "one");
  CHECK(names.statistics().misses == 1);
  CHECK(names.statistics().hits == 1);
  CHECK(*names.get(2, [] { return "two"; }) == "two");
  CHECK(names.statistics().misses == 2);
}

TEST_CASE_FIXTURE(ManyFixture,
                  "who waits for a load that does not end gets an error, or loads itself") {
  Gate gate;
  std::thread stuck([&] {
    static_cast<void>(names.get(1, [&] {
      gate.pass();
      return "late";
    }));
  });
  CHECK(gate.wait_until_entered());
  CHECK(names.statistics().loads_running == 1);
  const Error error = error_of([&] {
    names.get(
        1, [] { return "own"; }, KeepFor{.patience = 5ms});
  });
  CHECK(error.retryable());
  CHECK(std::string(error.what()) ==
        "key 1 of cache names is being loaded by another call, which has not ended in 5ms");
  const KeepFor itself{.patience = 5ms, .then_load = true};
  CHECK(*names.get(
            1, [] { return "own"; }, itself) == "own");
  CHECK(names.statistics().waits_given_up == 2);
  CHECK(*names.get(
            1, [] { return "again"; }, itself) == "own");  // it was kept
  // Many wait as long for one of theirs.
  names.evict(1);
  gate.open();
  stuck.join();
  CHECK(names.statistics().loads_running == 0);
  CHECK(names.get(1) == nullptr);  // what came late was outdated
  CHECK(error_of([&] {
          names.get(
              1, [] { return ""; }, KeepFor{.patience = 0ms});
        }).invalid_argument());
}

struct FreshFixture : NodeFixture {
  Registry registry;
  Names names{registry, kOrders, "names"};
  std::shared_ptr<RecordingRefresher> products;
  Record record;
  std::unique_ptr<Node> node;
  std::string now = "old";

  FreshFixture() {
    products = std::make_shared<RecordingRefresher>(kProducts, "products", record);
    registry.add(products);
    Options slow = options();
    slow.poll_interval = 1h;
    slow.canary_interval = 0s;
    slow.log = [](LogLevel, std::string_view) {};
    node = std::make_unique<Node>(slow, registry);
    node->start();
    CHECK(eventually([&] { return node->counters().polls > 0; }));
    CHECK(get() == "old");
    now = "new";
  }
  std::string get() {
    return *names.get(1, [&] { return now; });
  }
  std::string get(const FreshEnough& fresh) {
    return *names.get(
        1, [&] { return now; }, fresh);
  }
};

TEST_CASE_FIXTURE(FreshFixture,
                  "fresh: a reader meets the write that he asks for, before the node does") {
  // Written by another program, which rings nobody.
  SQLite::Database(dir / "shop.db", SQLite::OPEN_READWRITE, 20'000)
      .exec("INSERT INTO crierCacheInstruction (jsonInstruction, originated) VALUES ('[]', 'sql')");
  const EntryId written{1};
  CHECK(get() == "old");
  FreshEnough strict = at_least(written);
  strict.or_throw = true;
  CHECK(error_of([&] { get(strict); }).retryable());
  CHECK(get(at_least(EntryId{0})) == "old");
  CHECK(get(at_least(written)) == "new");
  CHECK(get() == "new");  // it was kept
  now = "newer";
  CHECK(get(at_least(written)) == "newer");  // the node is still behind
  CHECK(node->wait_applied(written, 20s));
  CHECK(get(at_least(written)) == "newer");
  now = "not asked for";
  CHECK(get(at_least(written)) == "newer");
}

TEST_CASE_FIXTURE(FreshFixture,
                  "fresh: an entry counts as applied though another refresher fails at it") {
  products->before = [](const std::string&) { throw std::runtime_error("broken"); };
  const EntryId id = node->cache().refresh(kProducts, 1);
  CHECK(node->wait_applied(id, 20s, {kOrders}));
  CHECK(node->position() < id);
  CHECK(get(at_least(id)) == "old");
  EntryId other = id;
  other.check ^= 1;  // of another log: there is nothing to wait for
  CHECK(get(at_least(other)) == "old");
}

TEST_CASE_FIXTURE(FreshFixture, "fresh: a value may not be older than what a call allows") {
  CHECK(get(no_older_than(1h)) == "old");
  CHECK(error_of([&] { get(no_older_than(0ms)); }).invalid_argument());
  // Neither the node's last look nor the value's load is so young.
  CHECK(eventually([&] { return get(no_older_than(20ms)) == "new"; }));
  CHECK(get(no_older_than(1h)) == "new");
  node->stop();
  now = "newest";
  CHECK(get(no_older_than(1h)) == "new");  // the value itself is young enough
  CHECK(eventually([&] { return get(no_older_than(20ms)) == "newest"; }));
}

TEST_CASE_FIXTURE(FreshFixture, "many: changed() of many is one entry") {
  names.insert(2, "two");
  names.insert(3, "three");
  const EntryId before = node->cache().refresh(kProducts, 1);
  CHECK(names.changed(Ids{1, 2})->value == before.value + 1);
  CHECK_FALSE(names.changed(Ids{}));
  CHECK(names.statistics().entries == 1);
  Registry guids;
  CachedRegion<std::string, int> texts(guids, kProducts, "texts");
  Node alone({}, guids);
  alone.start();
  texts.insert("a", 1);
  texts.insert("b", 2);
  texts.insert("c", 3);
  CHECK(texts.changed(std::vector<std::string>{"a", "b"}));
  CHECK(texts.statistics().entries == 1);
  CHECK(error_of([&] { texts.changed(std::vector<std::string>{"c", ""}); }).invalid_argument());
  CHECK(texts.statistics().entries == 1);
}

TEST_CASE_FIXTURE(FreshFixture, "what is loaded within a transaction is neither kept nor shared") {
  SQLite::Database app(dir / "shop.db", SQLite::OPEN_READWRITE, 20'000);
  names.evict(1);
  CHECK_THROWS_AS(node->cache().transact(app,
                                         [&](auto&) {
                                           CHECK(get() == "new");
                                           CHECK(*names.get_many(Ids{1}, [](const Ids&) {
                                             return std::vector<std::string>{"many"};
                                           })[0] == "many");
                                           CHECK(get({.entry = EntryId{9}}) == "new");
                                           throw std::runtime_error("rolled back");
                                         }),
                  std::runtime_error);
  CHECK(names.get(1) == nullptr);
  CHECK(get() == "new");
  node->cache().transact(app, [&](auto&) {
    now = "not asked for";
    CHECK(get() == "new");  // a hit is a hit
  });
}

}  // namespace
}  // namespace crier::test
