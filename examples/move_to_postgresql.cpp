// SPDX-License-Identifier: MIT
// How do I move from SQLite to PostgreSQL? By another URL: the same program runs on both.
//   move_to_postgresql sqlite:shop.db
//   move_to_postgresql 'postgresql://db.example/shop?schema=crier'
#include <crier/crier.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <map>
#include <string>

using namespace std::chrono_literals;
using namespace crier::literals;

constexpr crier::Guid kPrices = "b27d1a40-9f1e-4a57-8c53-0d5f4d2e6a11"_guid;

std::map<std::int64_t, std::string> table = {{42, "12.90"}};  // stands for the application's data

struct Shop {
  Shop(const std::string& store, const std::string& name) : node(options(store, name), refreshers) {
    node.start();
  }

  static crier::Options options(const std::string& store, const std::string& name) {
    crier::Options options;
    options.store = store;
    options.migrate_on_start = true;  // makes crier's tables in the new database, too
    options.node_name = name;
    return options;
  }

  std::string price(std::int64_t product) {
    return *prices.get(product, [&] { return table.at(product); });
  }

  crier::Registry refreshers;
  crier::CachedRegion<std::int64_t, std::string> prices{refreshers, kPrices, "prices"};
  crier::Node node;
};

int main(int count, char** arguments) {
  const std::string store = count > 1 ? arguments[1] : "sqlite:shop.db";
  Shop here(store, "web-1");
  Shop there(store, "web-2");
  std::cout << "web-2 reads " << there.price(42) << '\n';
  table[42] = "14.90";
  here.node.wait_everywhere(here.prices.changed(42), 30s);
  std::cout << "web-2 reads " << there.price(42) << '\n';
}
