// SPDX-License-Identifier: MIT
// How do I never serve stale? A reader waits for the change that it must see; a cache that can't
// prove that it is fresh is emptied; and a probe takes the process out of service meanwhile.
#include <crier/crier.hpp>
#include <crier/metrics.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>

using namespace std::chrono_literals;
using namespace crier::literals;

constexpr crier::Guid kNames = "0c6a4d0e-7a51-4f0b-8f0b-2c3d5e6f7a81"_guid;
constexpr crier::Guid kPrices = "b5e3b1ce-4a8d-4f1b-9f3c-0d6a3a1c7e52"_guid;

std::map<std::int64_t, std::string> table = {{42, "Shoe"}};  // stands for the database

// A cache of the application's own, which is emptied when it may have missed something.
struct PriceRefresher final : crier::CacheRefresher {
  crier::Guid id() const override { return kPrices; }
  std::string_view name() const override { return "prices"; }
  void refresh_all() override {}
  void refresh(std::int64_t) override {}
  void refresh(const crier::Guid&) override {}
  void remove(std::int64_t) override {}
};

struct Shop {
  explicit Shop(const std::string& name) : node(options(name), registry()) { node.start(); }

  static crier::Options options(const std::string& name) {
    crier::Options options;
    options.store = "sqlite:shop.db";
    options.migrate_on_start = true;
    options.node_name = name;
    return options;
  }
  crier::Registry registry() {
    refreshers.add(std::make_shared<PriceRefresher>(),
                   crier::WhenStale::flush(std::chrono::seconds(30)));
    return refreshers;
  }

  crier::Registry refreshers;
  crier::CachedRegion<std::int64_t, std::string> names{refreshers, kNames, "names"};
  crier::Node node;
};

// For a load balancer: whether this process may answer.
void probe(const crier::Node& node) {
  const crier::Health health = node.health({.max_behind = std::chrono::seconds(10)});
  const int status = health.state == crier::HealthState::bad ? 503 : 200;
  std::cout << status << ' ' << to_string(health.state) << '\n';  // health.reasons: sentences
}

int main() {
  Shop writer("web-1");
  Shop reader("web-2");
  const auto load = [] { return table.at(42); };
  std::cout << *reader.names.get(42, load) << '\n';

  // Who has changed something carries the id of the change, as in a cookie, ...
  table[42] = "Boot";
  const std::string cookie = writer.names.changed(42).to_string();

  // ... and is served by any process, which waits until it has that change. That takes no time if
  // it is there already.
  const crier::EntryId seen = crier::EntryId::parse(cookie).value();
  if (reader.node.wait_applied(seen, 5s)) {
    std::cout << *reader.names.get(42, load) << '\n';
  } else {
    std::cout << load() << '\n';  // past the cache
  }

  const crier::Node& node = reader.node;
  const crier::Freshness freshness = node.freshness();
  std::cout << "applied through " << freshness.applied_through.value << ", proved "
            << freshness.age.count() << " ms ago\n";
  probe(node);

  const auto& names = reader.names;
  const std::string page = crier::metrics(node, names);  // for GET /metrics: text/plain
  std::cout << page.substr(0, page.find('\n')) << '\n';
}
