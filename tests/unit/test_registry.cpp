// SPDX-License-Identifier: MIT
#include <crier/error.hpp>
#include <crier/registry.hpp>

#include "support/recording.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>

namespace crier::test {

namespace {

class SomeFallback final : public FallbackRefresher {
 public:
  void refresh_all() override {}
  void apply(const Instruction&, const Source&) override {}
};

}  // namespace

TEST_CASE("Registry: finds by GUID, and nothing else") {
  Record record;
  Registry registry;
  CHECK(registry.find(kProducts) == nullptr);
  const auto products = std::make_shared<RecordingRefresher>(kProducts, "products", record);
  registry.add(products);
  CHECK(registry.find(kProducts) == products.get());
  CHECK(registry.find(kOrders) == nullptr);
  CHECK(registry.all().size() == 1);
}

TEST_CASE("Registry: refuses what it can't keep, and stays as it was") {
  Record record;
  Registry registry;
  registry.add(std::make_shared<RecordingRefresher>(kProducts, "products", record));
  CHECK_THROWS_WITH_AS(registry.add(nullptr), "a null refresher can't be registered", Error);
  CHECK_THROWS_WITH_AS(registry.add(std::make_shared<RecordingRefresher>(Guid(), "empty", record)),
                       "refresher empty has an empty GUID", Error);
  CHECK_THROWS_WITH_AS(
      registry.add(std::make_shared<RecordingRefresher>(kProducts, "twin", record)),
      "GUID 7c9e6679-7425-40de-944b-e07fc1f90ae7 of refresher twin is taken by products", Error);
  CHECK_THROWS_WITH_AS(registry.add(std::make_shared<RecordingRefresher>(kOrders, "orders", record),
                                    WhenStale::flush(std::chrono::milliseconds(-1))),
                       "WhenStale::after of refresher orders is below 0", Error);
  CHECK_THROWS_WITH_AS(
      registry.add(std::make_shared<RecordingRefresher>(kCanary, "bird", record)),
      "GUID c71e5c71-e5c7-4e5c-8e5c-71e5c71e5c71 is kept for crier's own instructions", Error);
  CHECK(registry.all().size() == 1);
  CHECK(registry.when_stale(kOrders).after.count() == 0);
}

TEST_CASE("Registry: knows what is to be done with which refresher while it may be stale") {
  Record record;
  Registry registry;
  registry.add(std::make_shared<RecordingRefresher>(kProducts, "products", record),
               WhenStale::flush(std::chrono::seconds(3)));
  registry.add(std::make_shared<RecordingRefresher>(kOrders, "orders", record),
               WhenStale::callback(std::chrono::seconds(4), [](const Freshness&) {}));
  CHECK(registry.when_stale(kProducts).after == std::chrono::seconds(3));
  CHECK_FALSE(registry.when_stale(kProducts).call);
  CHECK(registry.when_stale(kOrders).after == std::chrono::seconds(4));
  CHECK(registry.when_stale(kOrders).call);
  CHECK(registry.when_stale(kUnknown).after.count() == 0);
  Registry kept;
  kept.add(std::make_shared<RecordingRefresher>(kProducts, "products", record));
  CHECK(kept.when_stale(kProducts).after.count() == 0);
}

TEST_CASE("Registry: one fallback") {
  Registry registry;
  CHECK(registry.fallback() == nullptr);
  CHECK_THROWS_WITH_AS(registry.set_fallback(nullptr),
                       "a null fallback refresher can't be registered", Error);
  registry.set_fallback(std::make_shared<SomeFallback>());
  CHECK(registry.fallback() != nullptr);
  CHECK_THROWS_WITH_AS(registry.set_fallback(std::make_shared<SomeFallback>()),
                       "there is a fallback refresher already", Error);
}

}  // namespace crier::test
