// SPDX-License-Identifier: MIT
// Regions that load again what changes.
#include <crier/cached_region.hpp>
#include <crier/error.hpp>

#include "region_shop.hpp"
#include "support/gate.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace crier::test {

TEST_CASE("CachedRegion: eager: what is cached is loaded again, and readers never miss it") {
  std::atomic<int> loads = 0;
  const auto reload = [&](const std::int64_t& id) -> std::shared_ptr<const std::string> {
    ++loads;
    if (id == 2) {
      return nullptr;
    }
    if (id == 3) {
      throw std::runtime_error("down");
    }
    return std::make_shared<const std::string>("new");
  };
  Shop<std::int64_t> shop({}, {.reload = reload});
  shop.fill({1, 2, 3});
  for (const std::int64_t id : {1, 2, 3, 4}) {
    shop.region.changed(id);
  }
  CHECK(loads == 3);
  CHECK(*shop.region.get(1) == "new");
  CHECK(shop.region.get(2) == nullptr);
  CHECK(shop.region.get(3) == nullptr);
  CHECK(shop.region.get(4) == nullptr);
  CHECK(shop.region.statistics().failed_loads == 1);
  CHECK(shop.node->counters().failed == 0);
  shop.node->cache().remove(kProducts, 1);
  CHECK(shop.region.get(1) == nullptr);
  shop.fill({1});
  shop.region.all_changed();
  CHECK(shop.region.get(1) == nullptr);
  CHECK(loads == 3);
}

TEST_CASE("CachedRegion: eager: a reload that began before another invalidation is not kept") {
  Gate gate;
  std::atomic<int> loads = 0;
  const auto reload = [&](const std::int64_t&) {
    const int nth = ++loads;
    if (nth == 1) {
      gate.pass();
    }
    return std::make_shared<const std::string>(std::to_string(nth));
  };
  Shop<std::int64_t> shop({}, {.reload = reload});
  shop.fill({1});
  auto first = std::async(std::launch::async, [&] { shop.region.changed(1); });
  REQUIRE(gate.wait_until_entered());
  CHECK(shop.region.get(1) != nullptr);
  shop.region.changed(1);
  CHECK(*shop.region.get(1) == "2");
  gate.open();
  first.get();
  // Either gone, or the newer: never the first, which had read before the second change.
  const auto left = shop.region.get(1);
  CHECK((left == nullptr || *left == "2"));
}

TEST_CASE(
    "CachedRegion: eager: a reload that gets its own key is told so, and the key is evicted") {
  using Region = CachedRegion<std::int64_t, std::string>;
  Region* self = nullptr;
  std::function<std::shared_ptr<const std::string>(Region&)> load;
  Shop<std::int64_t> shop({}, {.reload = [&](const std::int64_t&) { return load(*self); }});
  self = &shop.region;
  const auto other = [] { return std::string("other"); };
  const struct {
    const char* name;
    std::function<std::shared_ptr<const std::string>(Region&)> load;
  } ways[] = {
      {"from the cache", [](Region& region) { return region.get(1); }},
      {"with a loader", [&](Region& region) { return region.get(1, other); }},
      {"in the loader of another key",
       [&](Region& region) { return region.get(2, [&] { return region.get(1, other); }); }},
      {"by publishing it",
       [](Region& region) {
         region.changed(1);
         return std::make_shared<const std::string>("read before");
       }},
  };
  for (const auto& way : ways) {
    CAPTURE(way.name);
    load = way.load;
    shop.region.insert(1, std::string("old"));
    const std::uint64_t failed = shop.region.statistics().failed_loads;
    shop.region.changed(1);
    CHECK(shop.region.get(1) == nullptr);
    CHECK(shop.region.statistics().failed_loads > failed);
    CHECK(*shop.region.get(1, other) == "other");
  }
  // Other keys may be got, and so may this one by others.
  load = [&](Region& region) {
    CHECK(*std::async(std::launch::async, [&] { return region.get(1); }).get() == "other");
    return region.get(2, [] { return std::string("new"); });
  };
  shop.region.changed(1);
  CHECK(*shop.region.get(1) == "new");
}

namespace {

// A region that dies before its node.
struct Mortal {
  using Region = CachedRegion<std::int64_t, std::string>;

  Registry refreshers;
  std::unique_ptr<Region> region;
  std::unique_ptr<Node> node;

  explicit Mortal(decltype(Region::Options::reload) reload)
      : region(std::make_unique<Region>(refreshers, kProducts, "products",
                                        Region::Options{.reload = std::move(reload)})),
        node(std::make_unique<Node>(Options(), refreshers)) {
    node->start();
  }
};

}  // namespace

TEST_CASE("CachedRegion: eager: one that dies before its node takes along what it had") {
  const auto captured = std::make_shared<int>(0);
  const auto value = std::make_shared<const std::string>("value");
  Mortal mortal([captured](const std::int64_t&) {
    ++*captured;
    return std::make_shared<const std::string>("new");
  });
  mortal.region->insert(1, value);
  mortal.region->insert(2, value);
  mortal.node->cache().refresh(kProducts, 1);
  CHECK(*captured == 1);
  mortal.region.reset();
  CHECK(value.use_count() == 1);
  CHECK(captured.use_count() == 1);
  mortal.node->cache().refresh(kProducts, 2);
  mortal.node->cache().refresh_all(kProducts);
  CHECK(*captured == 1);
  CHECK(mortal.node->counters().failed == 0);
}

TEST_CASE("CachedRegion: eager: its end waits for a reload that runs") {
  Gate gate;
  std::atomic<bool> returned = false;
  Mortal mortal([&](const std::int64_t&) {
    gate.pass();
    returned = true;
    return std::make_shared<const std::string>("new");
  });
  mortal.region->insert(1, std::string("old"));
  auto refresh =
      std::async(std::launch::async, [&] { mortal.node->cache().refresh(kProducts, 1); });
  REQUIRE(gate.wait_until_entered());
  auto end = std::async(std::launch::async, [&] {
    mortal.region.reset();
    return returned.load();
  });
  CHECK(end.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout);
  gate.open();
  CHECK(end.get());
  refresh.get();
}

TEST_CASE("CachedRegion: eager: a reload may destroy its region, and keeps nothing") {
  const auto value = std::make_shared<const std::string>("new");
  std::unique_ptr<Mortal> mortal;
  const auto captured = std::make_shared<int>(0);
  mortal = std::make_unique<Mortal>([&mortal, &value, captured](const std::int64_t&) {
    mortal->region.reset();
    ++*captured;
    return value;
  });
  mortal->region->insert(1, std::string("old"));
  mortal->node->cache().refresh(kProducts, 1);
  CHECK(*captured == 1);
  CHECK(captured.use_count() == 1);
  CHECK(value.use_count() == 1);
  mortal->node->cache().refresh(kProducts, 1);
  CHECK(*captured == 1);
}

}  // namespace crier::test
