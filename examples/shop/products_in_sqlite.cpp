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
    SQLite::Statement insert(database_, "INSERT INTO products (id, price) VALUES (?1, 100 * ?1)");
    for (std::int64_t id = 1; id <= kCount; ++id) {
      insert.bind(1, id);
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

  crier::EntryId change(const Prices& changes, crier::DistributedCache& cache,
                        const News& news) override {
    SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement update(database_, "UPDATE products SET price = ?2 WHERE id = ?1");
    for (const auto& [id, price] : changes) {
      update.bind(1, id);
      update.bind(2, price);
      update.exec();
      update.reset();
    }
    crier::TransactionBatch batch = cache.batch_in(database_);
    news(batch);
    batch.write();
    transaction.commit();
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
