// SPDX-License-Identifier: MIT
// Regions that load again what changes, on an executor of the application's.
#include <crier/cached_region.hpp>

#include "unit/later.hpp"
#include "unit/region_shop.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace crier::test {
namespace {

struct ExecutorFixture {
  Later later;
  std::atomic<int> loads = 0;
  std::atomic<bool> is_down = false;

  RegionOptions<std::int64_t, std::string> options() {
    RegionOptions<std::int64_t, std::string> options;
    options.reload = [this](const std::int64_t& id) {
      if (is_down) {
        throw std::runtime_error("down");
      }
      return std::make_shared<const std::string>("load " + std::to_string(++loads) + " of " +
                                                 std::to_string(id));
    };
    options.executor = [this](std::function<void()> task) { later.add(std::move(task)); };
    return options;
  }
};

TEST_CASE_FIXTURE(ExecutorFixture, "executor: what changed is evicted at once, and loaded later") {
  Shop<std::int64_t> shop({}, options());
  shop.fill({1, 2});
  shop.region.changed(1);
  shop.region.changed(3);  // was not cached
  CHECK(loads == 0);
  CHECK(shop.region.get(1) == nullptr);
  CHECK(shop.region.get(2) != nullptr);
  CHECK(later.run() == 1);
  CHECK(*shop.region.get(1) == "load 1 of 1");
  CHECK(shop.region.get(3) == nullptr);
  CHECK(shop.node->counters().failed == 0);
}

TEST_CASE_FIXTURE(ExecutorFixture,
                  "executor: what a reader has loaded meanwhile is not loaded twice") {
  Shop<std::int64_t> shop({}, options());
  shop.fill({1});
  shop.region.changed(1);
  CHECK(shop.get(1) == "loaded");
  CHECK(later.run() == 1);
  CHECK(loads == 0);
  CHECK(shop.get(1) == "loaded");
}

TEST_CASE_FIXTURE(ExecutorFixture, "executor: a load that another change overtakes is not kept") {
  auto with_gap = options();
  Shop<std::int64_t>* in = nullptr;
  with_gap.reload = [&](const std::int64_t& id) {
    auto value = std::make_shared<const std::string>("load " + std::to_string(++loads));
    if (loads == 1) {
      in->region.changed(id);  // after it was read
    }
    return value;
  };
  Shop<std::int64_t> shop({}, with_gap);
  in = &shop;
  shop.fill({1});
  shop.region.changed(1);
  later.run();
  CHECK(shop.region.get(1) == nullptr);
}

TEST_CASE_FIXTURE(ExecutorFixture,
                  "executor: a load that fails, or never comes, leaves the key evicted") {
  auto failing = options();
  SUBCASE("the load throws") { is_down = true; }
  SUBCASE("the executor throws") {
    failing.executor = [](const std::function<void()>&) { throw std::runtime_error("full"); };
  }
  SUBCASE("the executor drops it") {
    failing.executor = [](const std::function<void()>&) {};
  }
  Shop<std::int64_t> shop({}, failing);
  shop.fill({1});
  shop.region.changed(1);
  CHECK_NOTHROW(later.run());
  CHECK(shop.region.get(1) == nullptr);
  CHECK(shop.node->counters().failed == 0);
  CHECK(shop.node->counters().retries == 0);
}

TEST_CASE_FIXTURE(ExecutorFixture, "executor: one that runs it at once is as good") {
  auto at_once = options();
  at_once.executor = [](const std::function<void()>& task) { task(); };
  Shop<std::int64_t> shop({}, at_once);
  shop.fill({1});
  shop.region.changed(1);
  CHECK(*shop.region.get(1) == "load 1 of 1");
}

TEST_CASE_FIXTURE(ExecutorFixture,
                  "executor: what it still holds does nothing once the region has died") {
  {
    Shop<std::int64_t> shop({}, options());
    shop.fill({1});
    shop.region.changed(1);
  }
  CHECK(later.run() == 1);
  CHECK(loads == 0);
}

TEST_CASE_FIXTURE(ExecutorFixture, "executor: without a reload there is nothing for it") {
  auto lazy = options();
  lazy.reload = nullptr;
  Shop<std::int64_t> shop({}, lazy);
  shop.fill({1});
  shop.region.changed(1);
  CHECK(shop.region.get(1) == nullptr);
  CHECK(later.run() == 0);
}

}  // namespace
}  // namespace crier::test
