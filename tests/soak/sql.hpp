// SPDX-License-Identifier: MIT
#pragma once

#include <crier/distributed_cache.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace crier::soak {

// A connection of the application's to the database of the log. It connects when it is first used,
// and again where the connection broke. Every call throws std::runtime_error, with a message on one
// line, where the database refuses or can't be reached. Used by one thread at a time.
class Sql {
 public:
  using Row = std::vector<std::int64_t>;

  // What `store`, as crier takes it, names.
  static std::unique_ptr<Sql> open(const std::string& store);
  virtual ~Sql() = default;

  // One or more statements.
  virtual void exec(const std::string& sql) = 0;
  virtual std::vector<Row> rows(const std::string& sql) = 0;
  virtual TransactionBatch batch_in(DistributedCache& cache) = 0;

  // What differs from one dialect to the other: a transaction that writes, one that reads all as of
  // one moment, the statement that appends to the log.
  [[nodiscard]] virtual std::string begin() const = 0;
  [[nodiscard]] virtual std::string begin_snapshot() const = 0;
  [[nodiscard]] virtual std::string insertion(const std::string& values) const = 0;
};

[[nodiscard]] std::unique_ptr<Sql> sqlite_sql(const std::string& file);
[[nodiscard]] std::unique_ptr<Sql> postgres_sql(const std::string& url);

// Rolls back unless committed.
class Transaction {
 public:
  Transaction(Sql& sql, const std::string& begin) : sql_(sql) { sql_.exec(begin); }
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit() {
    sql_.exec("COMMIT");
    committed_ = true;
  }

 private:
  Sql& sql_;
  bool committed_ = false;
};

}  // namespace crier::soak
