// SPDX-License-Identifier: MIT
// KeepFor::stale_if_error: loads that fail, and what an invalidation has taken away.
#include <crier/error.hpp>

#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "unit/failing_source.hpp"
#include "unit/region_shop.hpp"

#include <doctest/doctest.h>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

const KeepFor kStale{.absolute = 10ms, .stale_if_error = 20ms};

struct StaleFixture : FailingSource {
  Region region{"names", options(kStale)};

  // "load 1", and its time has passed.
  void expire() {
    REQUIRE(get(region) == "load 1");
    ms = 10;
    is_down = true;
  }
};

TEST_CASE_FIXTURE(
    StaleFixture,
    "stale: if a load fails, the last value comes, until it has expired for too long") {
  expire();
  CHECK(get(region) == "load 1");
  CHECK(told == std::vector<std::string>{"1: down"});
  CHECK(region.get(1) == nullptr);  // nothing was loaded, so nothing failed
  ms = 29;
  CHECK(get(region) == "load 1");
  CacheStatistics did = region.statistics();
  CHECK(did.stale_after_errors == 2);
  CHECK(did.failed_loads == 2);
  CHECK(did.expirations == 1);
  CHECK(did.hits == 0);
  CHECK(did.entries == 1);
  ms = 30;
  CHECK(get(region) == "error: down");
  CHECK(told.size() == 2);
  did = region.statistics();
  CHECK(did.expirations == 1);
  CHECK(did.entries == 0);
  is_down = false;
  CHECK(get(region) == "load 5");
}

TEST_CASE_FIXTURE(StaleFixture, "stale: a load that works takes the place of what has expired") {
  expire();
  CHECK(get(region) == "load 1");
  is_down = false;
  CHECK(get(region) == "load 3");
  CHECK(get(region) == "load 3");
  CHECK(region.statistics().entries == 1);
  ms = 20;
  CHECK(region.get(1, [] { return nullptr; }) == nullptr);  // "nothing" is an answer
  is_down = true;
  CHECK(get(region) == "error: down");
}

TEST_CASE_FIXTURE(StaleFixture,
                  "stale: only calls that want it get it, and no older than they say") {
  expire();
  ms = 14;
  CHECK(get(region, 1, KeepFor{}) == "error: down");
  CHECK(get(region, 1, KeepFor{.stale_if_error = 4ms}) == "error: down");
  CHECK(get(region, 1, KeepFor{.stale_if_error = 5ms}) == "load 1");
}

TEST_CASE_FIXTURE(StaleFixture,
                  "stale: a sliding time that has passed, and a nothing that is kept") {
  const KeepFor sliding{.sliding = 10ms, .nothing_too = true, .stale_if_error = 20ms};
  CHECK(get(region, 1, sliding) == "load 1");
  CHECK(region.get(
            2, [] { return nullptr; }, sliding) == nullptr);
  is_down = true;
  ms = 29;
  CHECK(get(region, 1, sliding) == "load 1");
  CHECK(get(region, 2, sliding) == "nothing");
  ms = 30;
  CHECK(get(region, 1, sliding) == "error: down");
  CHECK(get(region, 2, sliding) == "error: down");
}

TEST_CASE_FIXTURE(StaleFixture, "stale: nothing that was taken away comes back") {
  const std::function<void()> ways[] = {
      [&] { region.evict(1); },
      [&] { region.clear(); },
      [&] { region.evict_if([](std::int64_t, const std::string*) { return true; }); },
      [&] { region.insert(1, nullptr); },
      [&] { static_cast<void>(region.insert(1, nullptr, region.stamp(1))); },
  };
  for (const auto& way : ways) {
    for (const bool while_it_loads : {false, true}) {
      CAPTURE(&way - ways);
      CAPTURE(while_it_loads);
      region.clear();
      loads = 0;
      ms = 0;
      is_down = false;
      expire();
      CHECK(get(region) == "load 1");
      if (while_it_loads) {
        while_loading = way;
      } else {
        way();
      }
      CHECK(get(region) == "error: down");
      while_loading = [] {};
      CHECK(get(region) == "error: down");
    }
  }
}

TEST_CASE("stale: nothing comes back that an instruction has taken away") {
  using Shop = Shop<std::int64_t>;
  const std::function<void(Shop&)> ways[] = {
      [](Shop& shop) { shop.region.changed(1); },
      [](Shop& shop) { shop.region.all_changed(); },
      [](Shop& shop) { shop.node->cache().remove(kProducts, 1); },
      [](Shop& shop) { shop.node->cache().refresh_by_json(kProducts, "[]"); },
  };
  for (const auto& way : ways) {
    for (const bool while_it_loads : {false, true}) {
      for (const bool is_eager : {false, true}) {
        CAPTURE(&way - ways);
        CAPTURE(while_it_loads);
        FailingSource source;
        auto options = source.options(kStale);
        if (is_eager) {
          options.reload = [&](std::int64_t) {
            return std::make_shared<const std::string>(source.load());
          };
        }
        Shop shop({}, options);
        CHECK(source.get(shop.region) == "load 1");
        source.ms = 10;
        source.is_down = true;
        CHECK(source.get(shop.region) == "load 1");
        if (while_it_loads) {
          source.while_loading = [&] {
            source.while_loading = [] {};
            way(shop);
          };
        } else {
          way(shop);
          CHECK(source.loads == 2);  // what has expired is not loaded again
        }
        CHECK(source.get(shop.region) == "error: down");
        CHECK(shop.region.statistics().entries == 0);
      }
    }
  }
}

TEST_CASE("stale: what a reload is about to replace is not given any more") {
  FailingSource source;
  std::string meanwhile;
  auto options = source.options(kStale);
  FailingSource::Region* region = nullptr;
  options.reload = [&](std::int64_t) {
    source.ms = 10;
    meanwhile = std::async(std::launch::async, [&] { return source.get(*region); }).get();
    return std::make_shared<const std::string>("new");
  };
  Shop<std::int64_t> shop({}, options);
  region = &shop.region;
  CHECK(source.get(shop.region) == "load 1");
  source.is_down = true;
  shop.region.changed(1);
  CHECK(meanwhile == "error: down");
  CHECK(source.get(shop.region) == "new");
}

TEST_CASE("stale: what has expired counts, and may be evicted like any") {
  FailingSource source;
  auto options = source.options(kStale);
  options.limits = {.max_entries = 2, .max_weight = 10};
  FailingSource::Region region("names", options);
  region.insert(1, "one", {.absolute = 10ms, .weight = 6, .stale_if_error = 20ms});
  source.ms = 10;
  source.is_down = true;
  CHECK(source.get(region) == "one");
  CHECK(region.statistics().weight == 6);
  region.insert(2, "two", {.weight = 4});
  CHECK(source.get(region) == "one");
  region.insert(3, "three", {.weight = 7});
  CHECK(region.statistics().evictions == 2);
  CHECK(source.get(region) == "error: down");
  CHECK(region.get(3) != nullptr);
}

TEST_CASE("stale: what has expired stays while others come, then it goes") {
  FailingSource source;
  auto options = source.options(kStale);
  options.limits = {.max_entries = 100};  // so few that all are in one place
  FailingSource::Region region("names", options);
  CHECK(source.get(region) == "load 1");
  const auto insert_some = [&](std::int64_t from) {
    for (std::int64_t id = from; id < from + 10; ++id) {
      region.insert(id, "other");
    }
  };
  source.ms = 10;
  source.is_down = true;
  insert_some(10);
  CHECK(source.get(region) == "load 1");
  CHECK(region.statistics().entries == 11);
  source.ms = 30;
  insert_some(20);
  CHECK(region.statistics().entries == 20);
  CHECK(region.statistics().expirations == 1);
}

TEST_CASE_FIXTURE(StaleFixture,
                  "stale: who has waited for a load that fails gets the last value, too") {
  expire();
  HeldGet held(*this, region);
  REQUIRE(held.has_begun());
  auto waiter = std::async(std::launch::async, [&] { return get(region); });
  auto other = std::async(std::launch::async, [&] { return get(region, 1, KeepFor{}); });
  CHECK(eventually([&] { return region.statistics().misses == 4; }));
  CHECK(held.let_go() == "load 1");
  CHECK(waiter.get() == "load 1");
  CHECK(other.get() == "error: down");
  CHECK(region.statistics().stale_after_errors == 2);
  CHECK(told.size() == 1);
}

TEST_CASE_FIXTURE(StaleFixture,
                  "stale: many at once, if each of those that fail has a last value") {
  const std::vector<std::int64_t> both{1, 2};
  const std::vector<std::int64_t> another{1, 3};
  const auto load = [&](const std::vector<std::int64_t>& missing) {
    static_cast<void>(this->load());
    return std::vector<std::string>(missing.size(), "many");
  };
  CHECK(region.get_many(both, load).size() == 2);
  ms = 10;
  is_down = true;
  const auto values = region.get_many(both, load);
  CHECK(*values[0] == "many");
  CHECK(*values[1] == "many");
  CHECK(told == std::vector<std::string>{"1: down", "2: down"});
  CHECK_THROWS_AS(region.get_many(another, load), std::runtime_error);
  region.evict(2);
  CHECK_THROWS_AS(region.get_many(both, load), std::runtime_error);
  CHECK(region.statistics().loads_running == 0);
}

TEST_CASE_FIXTURE(StaleFixture,
                  "stale, ahead, soft: what makes no sense is refused, and nothing done") {
  const struct {
    KeepFor keep;
    const char* says;
  } wrong[] = {
      {{.stale_if_error = 0ms}, "stale_if_error"},
      {{.absolute = 5ms, .refresh_ahead = -1ms}, "refresh_ahead"},
      {{.refresh_ahead = 1ms}, "before the absolute expiry"},
      {{.absolute = 5ms, .refresh_ahead = 5ms}, "must be below its absolute expiry, which is 5ms"},
      {{.stale_if_error = 5ms, .soft_timeout = 0ms}, "soft_timeout"},
      {{.absolute = 5ms, .soft_timeout = 1ms}, "set stale_if_error, too"},
  };
  for (const auto& one : wrong) {
    CAPTURE(one.says);
    const Error at_call = error_of([&] {
      region.get(
          1, [&] { return load(); }, one.keep);
    });
    CHECK(at_call.invalid_argument());
    CHECK(std::string(at_call.what()).find(one.says) != std::string::npos);
    CHECK(error_of([&] { region.insert(1, "x", one.keep); }).invalid_argument());
    CHECK(error_of([&] { Region("other", {.keep = one.keep}); }).invalid_argument());
  }
  CHECK(loads == 0);
  CHECK(region.statistics().entries == 0);
}

}  // namespace
}  // namespace crier::test
