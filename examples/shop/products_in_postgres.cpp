// SPDX-License-Identifier: MIT
#include "products_in.hpp"

#include <libpq-fe.h>
#include <stdexcept>
#include <string>
#include <vector>

namespace shop {
namespace {

class PostgresProducts final : public ProductTable {
 public:
  explicit PostgresProducts(const std::string& url)
      : connection_(PQconnectdb(url.c_str()), PQfinish) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
      throw std::runtime_error(PQerrorMessage(connection_.get()));
    }
  }

  void create() override {
    run("CREATE TABLE products (id bigint PRIMARY KEY, price bigint NOT NULL)");
    run("INSERT INTO products SELECT id, $2::bigint FROM generate_series(1, $1::bigint) AS id",
        {kCount, kFirstPrice});
  }

  std::int64_t price(std::int64_t id) override {
    return number(run("SELECT price FROM products WHERE id = $1", {id}), 0, 0);
  }

  Prices all() override {
    const Result rows = run("SELECT id, price FROM products");
    Prices prices;
    for (int row = 0; row < PQntuples(rows.get()); ++row) {
      prices[number(rows, row, 0)] = number(rows, row, 1);
    }
    return prices;
  }

  crier::EntryId raise(std::int64_t id, const News& news, const Committed& committed) override {
    run("BEGIN");
    const std::int64_t new_price = number(
        run("UPDATE products SET price = price + 1 WHERE id = $1 RETURNING price", {id}), 0, 0);
    if (news.cache == nullptr) {
      run("COMMIT");
      committed(new_price);
      return {};
    }
    crier::TransactionBatch batch = news.cache->batch_in(connection_.get());
    news.tell(batch);
    batch.write();
    run("COMMIT");
    committed(new_price);
    return batch.committed().value();
  }

 private:
  using Result = std::unique_ptr<PGresult, void (*)(PGresult*)>;

  Result run(const char* sql, const std::vector<std::int64_t>& values = {}) {
    std::vector<std::string> texts;
    std::vector<const char*> pointers;
    for (const std::int64_t value : values) {
      texts.push_back(std::to_string(value));
    }
    for (const std::string& text : texts) {
      pointers.push_back(text.c_str());
    }
    Result result(PQexecParams(connection_.get(), sql, static_cast<int>(pointers.size()), nullptr,
                               pointers.data(), nullptr, nullptr, 0),
                  PQclear);
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
      throw std::runtime_error(PQerrorMessage(connection_.get()));
    }
    return result;
  }
  static std::int64_t number(const Result& result, int row, int column) {
    return std::stoll(PQgetvalue(result.get(), row, column));
  }

  const std::unique_ptr<PGconn, void (*)(PGconn*)> connection_;
};

}  // namespace

std::unique_ptr<ProductTable> products_in_postgres(const std::string& url) {
  return std::make_unique<PostgresProducts>(url);
}

}  // namespace shop
