// SPDX-License-Identifier: MIT
// Regions that load again what changes.
#include <crier/cached_region.hpp>
#include <crier/error.hpp>

#include "region_shop.hpp"
#include "support/gate.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>

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

}  // namespace crier::test
