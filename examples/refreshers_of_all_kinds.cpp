// SPDX-License-Identifier: MIT
// Which kinds of refresher are there? All of them, on a single server; and how to be told what they
// did, and what has failed.
#include <crier/crier.hpp>
#include <crier/payload_refresher.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

using namespace crier::literals;

constexpr crier::Guid kPrices = "b5e3b1ce-4a8d-4f1b-9f3c-0d6a3a1c7e52"_guid;
constexpr crier::Guid kCustomers = "e9d1c2a4-6a54-4f0e-8a57-3f1f0b9d8c11"_guid;

struct Price {
  std::int64_t product = 0;
  std::int64_t cents = 0;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Price, product, cents)

class PriceRefresher final : public crier::PayloadCacheRefresher<Price> {
 public:
  void refresh_by_payload(std::span<const Price> prices) override {
    for (const Price& price : prices) {
      std::cout << "product " << price.product << " now costs " << price.cents << '\n';
    }
  }
  crier::Guid id() const override { return kPrices; }
  std::string_view name() const override { return "PriceRefresher"; }
  void refresh_all() override { std::cout << "forget every price\n"; }
  void refresh(std::int64_t id) override { std::cout << "forget the price of " << id << '\n'; }
  void refresh(const crier::Guid&) override { refresh_all(); }
  void remove(std::int64_t id) override { refresh(id); }
};

struct Customer {
  std::int64_t id = 0;
  std::string name;
};

class CustomerRefresher final : public crier::TypedCacheRefresher<Customer> {
 public:
  void refresh(const Customer& customer) override { std::cout << "keep " << customer.name << '\n'; }
  void remove(const Customer& customer) override { std::cout << "drop " << customer.name << '\n'; }
  void refresh(std::int64_t id) override { std::cout << "forget customer " << id << '\n'; }
  void remove(std::int64_t id) override { refresh(id); }
  crier::Guid id() const override { return kCustomers; }
  std::string_view name() const override { return "CustomerRefresher"; }
  void refresh_all() override { std::cout << "forget every customer\n"; }
  void refresh(const crier::Guid&) override { refresh_all(); }
};

struct Unclaimed final : crier::FallbackRefresher {
  void refresh_all() override { std::cout << "anything may have changed\n"; }
  void apply(const crier::Instruction& instruction, const crier::Source&) override {
    std::cout << "nobody here takes " << to_json(instruction) << '\n';
  }
};

struct Watcher final : crier::Observer {
  void on_failure(const crier::Failure& failure) override {
    std::cerr << failure.name << " failed: " << failure.what << '\n';
  }
  void on_resync(const crier::Resync& resync) override {
    std::cerr << "refreshed everything: " << resync.detail << '\n';
  }
};

int main() {
  crier::Registry refreshers;
  refreshers.add(std::make_shared<PriceRefresher>());
  refreshers.add(std::make_shared<CustomerRefresher>());
  refreshers.set_fallback(std::make_shared<Unclaimed>());

  crier::Options options;  // no store: refreshers run here, there is no table and no thread
  options.observer = std::make_shared<Watcher>();
  options.log = [](crier::LogLevel, std::string_view line) { std::cerr << line << '\n'; };
  crier::Node node(options, std::move(refreshers));
  node.start();

  crier::Subscription subscription = node.on_cache_updated([](const crier::CacheUpdated& updated) {
    std::cout << updated.name << " did " << to_string(updated.type) << '\n';
  });

  crier::DistributedCache& cache = node.cache();
  cache.refresh_by_payload(kPrices, Price{42, 1290});

  const Customer customer{7, "Ada"};
  cache.refresh(kCustomers, &Customer::id, customer);  // the object here, its id elsewhere
}
