// SPDX-License-Identifier: MIT
// What is tested here: two services of an application, as they run in production.
#pragma once

#include <crier/crier.hpp>
#include <crier/hybrid_cache.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

using namespace std::chrono_literals;
using namespace crier::literals;

using Table = std::map<std::int64_t, std::string>;  // in an application: the database

class Shop {
 public:
  // In main() the options name the database, and no clock is given.
  Shop(Table& table, crier::Options options, crier::CacheClock clock = {})
      : table_(table),
        prices_(refreshers_, "b27d1a40-9f1e-4a57-8c53-0d5f4d2e6a11"_guid, "prices",
                {.keep = {.absolute = 1h}, .clock = std::move(clock)}),
        node_(std::move(options), refreshers_) {
    node_.start();
  }

  std::string price(std::int64_t product) {
    return *prices_.get(product, [&] {
      ++loads;
      return table_.at(product);
    });
  }
  crier::EntryId change_price(std::int64_t product, const std::string& price) {
    table_[product] = price;
    return prices_.changed(product);
  }
  bool is_everywhere(crier::EntryId change) { return bool(node_.wait_everywhere(change, 10s)); }
  // What a load balancer asks.
  bool is_ready() const { return node_.health().state != crier::HealthState::bad; }

  int loads = 0;

 private:
  Table& table_;
  crier::Registry refreshers_;
  crier::CachedRegion<std::int64_t, std::string> prices_;
  crier::Node node_;
};

class Pages {
 public:
  Pages(crier::Options options, std::shared_ptr<crier::SharedCache> shared,
        crier::CacheClock clock = {})
      : pages_(refreshers_, "3f2504e0-4f89-41d3-9a0c-0305e82c3301"_guid, "pages", std::move(shared),
               {.clock = std::move(clock)}),
        node_(std::move(options), refreshers_) {
    node_.start();
  }

  std::string page(const std::string& name) {
    return *pages_.get(name, [&] {
      ++renders;
      return "<p>" + name + "</p>";
    });
  }
  void change(const std::string& name) { pages_.remove(name); }

  int renders = 0;

 private:
  crier::Registry refreshers_;
  crier::HybridCache<std::string> pages_;
  crier::Node node_;
};
