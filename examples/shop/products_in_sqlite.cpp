// SPDX-License-Identifier: MIT
#include <crier/sqlitecpp.hpp>

#include "products_in.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

namespace shop {
namespace {

constexpr int kBusyTimeoutMs = 10'000;

class SqliteProducts final : public ProductTable {
 public:
  explicit SqliteProducts(const std::string& file)
      : database_(file, SQLite::OPEN_READWRITE, kBusyTimeoutMs) {}

  void create() override {
    SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
    database_.exec("CREATE TABLE products (id INTEGER PRIMARY KEY, price INTEGER NOT NULL)");
    SQLite::Statement insert(database_, "INSERT INTO products (id, price) VALUES (?, ?)");
    for (std::int64_t id = 1; id <= kCount; ++id) {
      insert.bind(1, id);
      insert.bind(2, kFirstPrice);
      insert.exec();
      insert.reset();
    }
    transaction.commit();
  }

  std::int64_t price(std::int64_t id) override {
    SQLite::Statement query(database_, "SELECT price FROM products WHERE id = ?");
    query.bind(1, id);
    query.executeStep();
    return query.getColumn(0).getInt64();
  }

  Prices all() override {
    Prices prices;
    SQLite::Statement query(database_, "SELECT id, price FROM products");
    while (query.executeStep()) {
      prices[query.getColumn(0).getInt64()] = query.getColumn(1).getInt64();
    }
    return prices;
  }

  crier::EntryId raise(std::int64_t id, const News& news, const Committed& committed) override {
    SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement update(database_, "UPDATE products SET price = price + 1 WHERE id = ?");
    update.bind(1, id);
    update.exec();
    const std::int64_t new_price = price(id);
    if (news.cache == nullptr) {
      transaction.commit();
      committed(new_price);
      return {};
    }
    crier::TransactionBatch batch = news.cache->batch_in(database_);
    news.tell(batch);
    batch.write();
    transaction.commit();
    committed(new_price);
    return batch.committed().value();
  }

 private:
  SQLite::Database database_;
};

}  // namespace

std::unique_ptr<ProductTable> products_in_sqlite(const std::string& file) {
  return std::make_unique<SqliteProducts>(file);
}

}  // namespace shop
