// SPDX-License-Identifier: MIT
#include "product_table.hpp"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

namespace shop {
namespace {

constexpr int kBusyTimeoutMs = 10'000;

}  // namespace

ProductTable::ProductTable(const std::string& file)
    : database_(file, SQLite::OPEN_READWRITE, kBusyTimeoutMs) {}

void ProductTable::create(const std::string& file) {
  ProductTable table(file);
  table.database_.exec("CREATE TABLE products (id INTEGER PRIMARY KEY, price INTEGER NOT NULL)");
  Prices prices;
  for (std::int64_t id = 1; id <= kCount; ++id) {
    prices[id] = 100 * id;
  }
  table.set(prices);
}

std::int64_t ProductTable::price(std::int64_t id) {
  SQLite::Statement query(database_, "SELECT price FROM products WHERE id = ?");
  query.bind(1, id);
  query.executeStep();
  return query.getColumn(0).getInt64();
}

Prices ProductTable::all() {
  Prices prices;
  SQLite::Statement query(database_, "SELECT id, price FROM products");
  while (query.executeStep()) {
    prices[query.getColumn(0).getInt64()] = query.getColumn(1).getInt64();
  }
  return prices;
}

void ProductTable::set(const Prices& changes, const std::function<void()>& also) {
  SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
  SQLite::Statement upsert(database_, "INSERT OR REPLACE INTO products (id, price) VALUES (?, ?)");
  for (const auto& [id, price] : changes) {
    upsert.bind(1, id);
    upsert.bind(2, price);
    upsert.exec();
    upsert.reset();
  }
  also();
  transaction.commit();
}

}  // namespace shop
