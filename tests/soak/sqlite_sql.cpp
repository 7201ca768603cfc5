// SPDX-License-Identifier: MIT
#include "soak/sql.hpp"

#include <crier/sqlitecpp.hpp>

#include <SQLiteCpp/SQLiteCpp.h>

namespace crier::soak {

namespace {

constexpr int kBusyMs = 20'000;

// SQLite::Exception is a std::runtime_error.
class SqliteSql final : public Sql {
 public:
  explicit SqliteSql(const std::string& file)
      : database_(file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyMs) {}

  void exec(const std::string& sql) override { database_.exec(sql); }
  std::vector<Row> rows(const std::string& sql) override {
    std::vector<Row> rows;
    SQLite::Statement statement(database_, sql);
    while (statement.executeStep()) {
      Row& row = rows.emplace_back();
      for (int column = 0; column < statement.getColumnCount(); ++column) {
        row.push_back(statement.getColumn(column).getInt64());
      }
    }
    return rows;
  }
  TransactionBatch batch_in(DistributedCache& cache) override { return cache.batch_in(database_); }

  [[nodiscard]] std::string begin() const override { return "BEGIN IMMEDIATE"; }
  [[nodiscard]] std::string begin_snapshot() const override { return "BEGIN"; }
  [[nodiscard]] std::string insertion(const std::string& values) const override {
    return "INSERT INTO crierCacheInstruction (jsonInstruction, originated, instructionCount) "
           "VALUES (" +
           values + ") RETURNING id";
  }

 private:
  SQLite::Database database_;
};

}  // namespace

std::unique_ptr<Sql> sqlite_sql(const std::string& file) {
  return std::make_unique<SqliteSql>(file);
}

}  // namespace crier::soak
