// SPDX-License-Identifier: MIT
// How an application is tested that uses crier: without a server, and without a sleep.
#include <crier/crier.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <utility>

namespace {

using namespace std::chrono_literals;
using namespace crier::literals;

constexpr crier::Guid kPrices = "b27d1a40-9f1e-4a57-8c53-0d5f4d2e6a11"_guid;
using Table = std::map<std::int64_t, std::string>;  // in an application: the database

crier::Options options(std::string store, std::string name) {
  crier::Options options;
  options.store = std::move(store);
  options.migrate_on_start = true;
  options.node_name = std::move(name);
  return options;
}

// What is tested. Its store and its clock are given to it.
struct Shop {
  Shop(const Table& prices_table, std::string store, std::string name)
      : table(prices_table), node(options(std::move(store), std::move(name)), refreshers) {
    node.start();
  }
  std::string price(std::int64_t product) {
    return *prices.get(product, [&] {
      ++loads;
      return table.at(product);
    });
  }

  const Table& table;
  int loads = 0;
  std::atomic<std::chrono::nanoseconds> now = 0ns;
  crier::Registry refreshers;
  crier::CachedRegion<std::int64_t, std::string> prices{
      refreshers, kPrices, "Prices", {.keep = {.absolute = 1h}, .clock = [&] {
                                        return now.load();
                                      }}};
  crier::Node node;
};

void expect(bool holds, const char* what) {  // CHECK of doctest, EXPECT_TRUE of GoogleTest
  if (!holds) {
    std::cout << "not so: " << what << '\n';
    std::exit(1);
  }
}

void a_change_is_loaded_anew() {
  Table table{{42, "12.90"}};
  Shop shop(table, "", "web-1");  // no store: no database, no threads
  expect(shop.price(42) == "12.90" && shop.price(42) == "12.90", "a price is found");
  expect(shop.loads == 1, "it is loaded once");
  table[42] = "14.90";
  shop.prices.changed(42);
  expect(shop.price(42) == "14.90", "the new price is found after the change");
}

void a_price_is_kept_for_an_hour() {
  const Table table{{42, "12.90"}};
  Shop shop(table, "", "web-1");
  shop.price(42);
  shop.now = 59min;
  shop.price(42);
  expect(shop.loads == 1, "it is kept for 59 minutes");
  shop.now = 61min;
  shop.price(42);
  expect(shop.loads == 2, "and not for 61");
}

void every_node_hears_of_a_change() {
  Table table{{42, "12.90"}};
  Shop one(table, "sqlite:test.db", "web-1");  // two nodes in one process
  Shop other(table, "sqlite:test.db", "web-2");
  expect(other.price(42) == "12.90", "web-2 has the price");
  table[42] = "14.90";
  const crier::EntryId id = one.prices.changed(42);
  expect(bool(one.node.wait_everywhere(id, 30s)), "web-2 answers");
  expect(other.price(42) == "14.90", "web-2 has the new price");
}

}  // namespace

int main() {
  a_change_is_loaded_anew();
  a_price_is_kept_for_an_hour();
  every_node_hears_of_a_change();
  std::cout << "all of it holds\n";
}
