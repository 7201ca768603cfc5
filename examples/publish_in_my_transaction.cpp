// SPDX-License-Identifier: MIT
// How do I publish in my own transaction? The data and the news of it are committed together, or
// not at all. In an application the two nodes would be processes.
#include <crier/crier.hpp>
#include <crier/sqlitecpp.hpp>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;
using namespace crier::literals;

constexpr crier::Guid kPrices = "b5e3b1ce-4a8d-4f1b-9f3c-0d6a3a1c7e52"_guid;

crier::Options options_of(const std::string& name) {
  crier::Options options;
  options.store = "sqlite:shop.db";
  options.migrate_on_start = true;
  options.node_name = name;
  return options;
}

// A process of the shop: it reads prices through a cache.
struct Shop {
  explicit Shop(const std::string& name) : node(options_of(name), refreshers) { node.start(); }

  std::int64_t price(std::int64_t product) {
    return *prices.get(product, [&] {
      SQLite::Database database("shop.db", SQLite::OPEN_READONLY, 5000);
      SQLite::Statement query(database, "SELECT cents FROM prices WHERE product = ?");
      query.bind(1, product);
      query.executeStep();
      return query.getColumn(0).getInt64();
    });
  }

  crier::Registry refreshers;
  crier::CachedRegion<std::int64_t, std::int64_t> prices{refreshers, kPrices, "prices"};
  crier::Node node;
};

int main() {
  Shop here("web-1");
  Shop there("web-2");
  crier::DistributedCache& cache = here.node.cache();
  SQLite::Database database("shop.db", SQLite::OPEN_READWRITE, 5000);  // the nodes' own database
  database.exec("CREATE TABLE prices (product INTEGER PRIMARY KEY, cents INTEGER)");
  database.exec("INSERT INTO prices VALUES (42, 1290)");
  std::cout << "web-2 reads " << there.price(42) << '\n';

  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  database.exec("REPLACE INTO prices VALUES (42, 1490)");
  crier::TransactionBatch batch = cache.batch_in(database);  // needs <crier/sqlitecpp.hpp>
  batch.refresh(kPrices, 42);
  batch.write();                      // on your connection, inside your transaction
  transaction.commit();               // the data and the news of it, or neither
  const auto id = batch.committed();  // runs this node's refreshers, and wakes the other nodes

  here.node.wait_everywhere(id.value(), 30s);
  std::cout << "web-2 reads " << there.price(42) << '\n';

  // The same, from BEGIN to committed(), by crier. What is thrown rolls back.
  try {
    cache.transact(database, [&](auto& changes) {
      database.exec("REPLACE INTO prices VALUES (42, 1690)");
      changes.refresh(kPrices, 42);
      throw std::runtime_error("no, not that price");
    });
  } catch (const std::exception& error) {
    std::cout << "rolled back: " << error.what() << '\n';
  }
  std::cout << "web-2 reads " << there.price(42) << '\n';
}
