// SPDX-License-Identifier: MIT
#include <crier/error.hpp>
#include <crier/registry.hpp>

#include "support/recording.hpp"

#include <doctest/doctest.h>

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
  CHECK(registry.all().size() == 1);
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
