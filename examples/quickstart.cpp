// SPDX-License-Identifier: MIT
// How do two processes agree? Each caches a price, and says so when it has changed it.
#include <crier/crier.hpp>

#include <chrono>
#include <fstream>
#include <iostream>
#include <string>

using namespace crier::literals;

std::string load() {  // in an application: from your database
  std::string price;
  std::ifstream("price.txt") >> price;
  std::cout << "loaded, ";
  return price;
}

int main(int count, char** arguments) {
  crier::Registry refreshers;
  crier::CachedRegion<std::int64_t, std::string> prices(
      refreshers, "b27d1a40-9f1e-4a57-8c53-0d5f4d2e6a11"_guid, "Prices");
  crier::Options options;
  options.store = "sqlite:shop.db";  // the database that all processes share
  options.migrate_on_start = true;
  options.node_name = count > 1 ? arguments[1] : "web-1";
  crier::Node node(options, refreshers);
  node.start();

  for (std::string price; std::getline(std::cin, price);) {
    if (!price.empty()) {  // change the data first, then say so
      std::ofstream("price.txt") << price;
      node.wait_everywhere(prices.changed(42), std::chrono::seconds(5));
    }
    const auto cached = prices.get(42, load);
    std::cout << "product 42 costs " << *cached << std::endl;
  }
}
