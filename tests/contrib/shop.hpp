// SPDX-License-Identifier: MIT
#pragma once

#include <crier/cached_region.hpp>
#include <crier/hybrid_cache.hpp>
#include <crier/metrics.hpp>
#include <crier/node.hpp>
#include <crier/shared_cache.hpp>

#include "cli/database.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace crier::test {

/// A refresher that can be made to fail.
class Fragile final : public CacheRefresher {
 public:
  static constexpr Guid kId = Guid::parse("d1c1d1a8-9a1d-4a7e-8a54-3c5ce0d3a9b1").value();
  std::atomic<bool> fails = false;

  [[nodiscard]] Guid id() const override { return kId; }
  [[nodiscard]] std::string_view name() const override { return "fragile"; }
  void refresh_all() override { call(); }
  void refresh(std::int64_t) override { call(); }
  void refresh(const Guid&) override { call(); }
  void remove(std::int64_t) override { call(); }

 private:
  void call() const {
    if (fails) {
      throw std::runtime_error("no table of prices");
    }
  }
};

/// A node of an application, with a refresher, a region and a hybrid cache.
class ShopNode {
 public:
  ShopNode(const std::string& store, const std::string& name)
      : numbers(registry_, Guid::parse("7d2f1e64-0c53-4a86-b1de-54c06a3f9b12").value(), "numbers"),
        pages(registry_, Guid::parse("0b6c2a39-4f57-4d21-9d68-7f2b1f1d9c44").value(), "pages",
              open_shared_cache(store)),
        node(options(store, name), registry_) {
    node.start();
  }
  [[nodiscard]] std::string page(MetricsFormat format = MetricsFormat::prometheus) const {
    return metrics(node, format, numbers, pages);
  }

 private:
  static Options options(const std::string& store, const std::string& name) {
    Options options;
    options.store = store;
    options.node_name = name;
    options.poll_interval = std::chrono::milliseconds(20);
    options.heartbeat_interval = std::chrono::milliseconds(200);
    options.log = [](LogLevel, std::string_view) {};
    return options;
  }

  static Registry registry_of(const std::shared_ptr<Fragile>& fragile) {
    Registry registry;
    registry.add(fragile);
    return registry;
  }

 public:
  std::shared_ptr<Fragile> fragile = std::make_shared<Fragile>();

 private:
  Registry registry_ = registry_of(fragile);

 public:
  CachedRegion<std::int64_t, std::string> numbers;
  HybridCache<std::string> pages;
  Node node;
};

/// Two nodes on one log.
struct Shop {
  Database database;
  ShopNode one{"sqlite:" + database.url(), "web-1"};
  ShopNode two{"sqlite:" + database.url(), "web-2"};

  /// Each thing that is counted happens. Returns the newest entry, which both nodes have applied.
  EntryId trade() {
    const auto value = [](auto&&...) { return std::string("value"); };
    for (ShopNode* here : {&one, &two}) {
      here->numbers.get(1, value);
      here->numbers.get(1, value);
      here->pages.get("a", value);  // the second node finds it in the shared half
    }
    one.pages.remove("a");
    one.node.cache().refresh(Fragile::kId, 7);
    const EntryId newest = two.numbers.changed(1);
    for (const ShopNode* here : {&one, &two}) {
      if (!here->node.wait_applied(newest, std::chrono::seconds(60))) {
        throw std::runtime_error(here->node.name() + " has not applied what was traded");
      }
    }
    return newest;
  }
};

}  // namespace crier::test
