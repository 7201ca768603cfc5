// SPDX-License-Identifier: MIT
#include <crier/cached_region.hpp>
#include <crier/error.hpp>
#include <crier/node.hpp>
#include <crier/payload_refresher.hpp>
#include <crier/sqlitecpp.hpp>

#include "region_shop.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Transaction.h>
#include <doctest/doctest.h>

#include <string>

namespace crier::test {

TEST_CASE("CachedRegion: what changes is evicted here at once, and on every other node") {
  const auto check = [](auto key, auto other) {
    using Key = decltype(key);
    NodeFixture fixture;
    Shop<Key> a(fixture.options());
    Shop<Key> b(fixture.options());
    a.fill({key, other});
    b.fill({key, other});
    const EntryId id = a.region.changed(key);
    CHECK(a.region.get(key) == nullptr);
    CHECK(a.region.get(other) != nullptr);
    REQUIRE(b.node->wait_applied(id, std::chrono::seconds(20)));
    CHECK(b.region.get(key) == nullptr);
    CHECK(b.region.get(other) != nullptr);
    CHECK(b.get(key) == "loaded");
    CHECK(b.region.get(key) != nullptr);

    REQUIRE(b.node->wait_applied(a.region.all_changed(), std::chrono::seconds(20)));
    CHECK(a.region.statistics().entries == 0);
    CHECK(b.region.statistics().entries == 0);
    CHECK(a.node->counters().failed == 0);
    CHECK(b.node->counters().failed == 0);
  };
  check(std::int64_t{-42}, std::int64_t{43});
  check(kOrders, kUnknown);
  check(std::string("caf\xC3\xA9 \"1\""), std::string("tea"));
}

TEST_CASE("CachedRegion: an instruction that is not of its kind of key clears it") {
  Shop<std::int64_t> ids({});
  Shop<Guid> guids({});
  Shop<std::string> texts({});
  const auto clears = [](auto& shop, auto key, auto publish) {
    shop.fill({key});
    publish(shop.node->cache());
    CHECK(shop.region.get(key) == nullptr);
  };
  const auto by_guid = [](DistributedCache& cache) { cache.refresh(kProducts, kOrders); };
  const auto by_json = [](DistributedCache& cache) {
    cache.refresh_by_json(kProducts, R"([{"sku":"A-1"}])");
  };
  const auto by_id = [](DistributedCache& cache) { cache.refresh(kProducts, 7); };
  const auto by_removal = [](DistributedCache& cache) { cache.remove(kProducts, 7); };
  clears(ids, std::int64_t{1}, by_guid);
  clears(ids, std::int64_t{1}, by_json);
  clears(ids, std::int64_t{7}, by_removal);
  clears(guids, kUnknown, by_id);
  clears(guids, kUnknown, by_removal);
  clears(guids, kUnknown, by_json);
  clears(texts, std::string("a"), by_id);
  clears(texts, std::string("a"), by_removal);
  clears(texts, std::string("a"), by_guid);
  clears(texts, std::string("a"), by_json);
  texts.fill({"a", "b", "c"});
  texts.node->cache().refresh_by_json(kProducts, R"(["a","b"])");
  CHECK(texts.region.statistics().entries == 1);
}

TEST_CASE_FIXTURE(NodeFixture, "CachedRegion: a change in a transaction or a batch") {
  Shop<std::int64_t> a(options());
  Shop<std::int64_t> b(options());
  SQLite::Database database(dir / "shop.db", SQLite::OPEN_READWRITE, 20'000);
  a.fill({1, 2, 3});
  b.fill({1, 2, 3});
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  TransactionBatch batch = a.node->cache().batch_in(database);
  a.region.changed(1, batch);
  const EntryId id = batch.write().value();
  CHECK(a.region.get(1) != nullptr);
  transaction.commit();
  batch.committed();
  CHECK(a.region.get(1) == nullptr);
  REQUIRE(b.node->wait_applied(id, std::chrono::seconds(20)));
  CHECK(b.region.get(1) == nullptr);
  CHECK(b.region.get(2) != nullptr);
  Batch all = b.node->cache().batch();
  b.region.all_changed(all);
  all.commit();
  CHECK(b.region.statistics().entries == 0);
}

TEST_CASE("CachedRegion: as the first level of a cache: a stamp guards what was read elsewhere") {
  CachedRegion<std::string, std::string> local("local");
  for (const bool invalidated : {false, true}) {
    const CacheStamp before = local.stamp("k");
    if (invalidated) {
      local.evict("k");
    }
    CHECK(local.insert("k", std::string("read"), before) == !invalidated);
    CHECK((local.get("k") == nullptr) == invalidated);
  }
  const CacheStamp before_all = local.stamp("k");
  local.clear();
  CHECK_FALSE(local.insert("k", std::string("read"), before_all));
  local.insert("a", std::string("red"));
  local.insert("b", std::string("blue"));
  CHECK(local.evict_if([](const std::string& key, const std::string* value) {
    return key == "a" && *value == "red";
  }) == 1);
  CHECK(local.get("b") != nullptr);
  CHECK_THROWS_WITH_AS(
      local.changed("b"),
      "region local belongs to no node: make a Node with the registry that it is in", Error);
}

TEST_CASE("CachedRegion: a loader may publish, even what it loads; that is then not kept") {
  Shop<std::int64_t> shop({});
  CHECK(*shop.region.get(1, [&](const std::int64_t& id) {
    shop.region.changed(id);
    return std::string("read before");
  }) == "read before");
  CHECK(shop.region.get(1) == nullptr);
  CHECK_THROWS_WITH_AS(shop.region.get(1, [&] { return *shop.region.get(1, [] { return "a"; }); }),
                       "loading key 1 of cache products waits for itself on one thread: its loader "
                       "gets the same key",
                       Error);
}

TEST_CASE_FIXTURE(NodeFixture, "CachedRegion: what it missed between two starts is not served") {
  Registry refreshers;
  CachedRegion<std::int64_t, int> region(refreshers, kProducts, "products");
  Node node(options(), refreshers);
  SUBCASE("stopped") {
    node.start();
    region.insert(7, 1);
    node.stop();
  }
  SUBCASE("not started yet") { region.insert(7, 1); }
  node.start();
  CHECK(region.get(7) == nullptr);
}

TEST_CASE("CachedRegion: bad input, and nodes that come and go") {
  Registry refreshers;
  CachedRegion<std::string, int> region(refreshers, kProducts, "products");
  using Again = CachedRegion<std::string, int>;
  CHECK_THROWS_AS(Again(refreshers, kProducts, "again"), Error);
  CHECK_THROWS_AS(Again(refreshers, Guid(), "empty"), Error);
  CHECK_THROWS_AS(Again(refreshers, kOrders, "none", {.limits = {.max_entries = 0}}), Error);
  CHECK_THROWS_AS(
      Again(refreshers, kOrders, "none", {.keep = {.sliding = std::chrono::milliseconds(0)}}),
      Error);
  CHECK_THROWS_AS(static_cast<void>(region.get("")), Error);
  CHECK_THROWS_AS(region.changed("\xFF"), Error);
  CHECK_THROWS_AS(region.changed("k"), Error);
  {
    const Node node(Options(), refreshers);
    CHECK_THROWS_WITH_AS(
        Node(Options(), refreshers),
        "region products belongs to another node already: each node has regions of its own", Error);
    CHECK_THROWS_AS(region.changed("k"), Error);  // it does not run
  }
  CHECK_THROWS_AS(region.changed("k"), Error);
  Node node(Options(), refreshers);
  node.start();
  region.insert("k", 1);
  region.changed("k");
  CHECK(region.get("k") == nullptr);
}

}  // namespace crier::test
