// SPDX-License-Identifier: MIT
// How do I write a refresher of my own? As a class that says what a change means for its cache.
#include <crier/crier.hpp>

#include <iostream>
#include <memory>

using namespace crier::literals;

constexpr crier::Guid kProducts = "7c9e6679-7425-40de-944b-e07fc1f90ae7"_guid;

struct ProductRefresher final : crier::CacheRefresher {
  crier::Guid id() const override { return kProducts; }
  std::string_view name() const override { return "ProductRefresher"; }
  void refresh_all() override { std::cout << "forget every product\n"; }
  void refresh(std::int64_t id) override { std::cout << "forget product " << id << '\n'; }
  void refresh(const crier::Guid&) override { refresh_all(); }
  void remove(std::int64_t id) override { refresh(id); }
};

int main() {
  crier::Registry refreshers;
  refreshers.add(std::make_shared<ProductRefresher>());
  crier::Options options;
  options.store = "sqlite:shop.db";  // the database that the nodes share
  options.migrate_on_start = true;
  crier::Node node(options, refreshers);
  node.start();

  node.cache().refresh(kProducts, 42);  // on this node at once, on every other one soon after

  crier::Batch batch = node.cache().batch();  // many changes, one entry in the log
  batch.refresh(kProducts, 1);
  batch.remove(kProducts, 2);
  batch.commit();
}
