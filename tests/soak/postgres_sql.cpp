// SPDX-License-Identifier: MIT
#include "soak/sql.hpp"

#include <libpq-fe.h>
#include <stdexcept>

namespace crier::soak {

namespace {

class PostgresSql final : public Sql {
 public:
  explicit PostgresSql(std::string url) : url_(std::move(url)) {}

  void exec(const std::string& sql) override { run(sql); }
  std::vector<Row> rows(const std::string& sql) override {
    const Result result = run(sql);
    std::vector<Row> rows;
    for (int row = 0; row < PQntuples(result.get()); ++row) {
      rows.emplace_back();
      for (int column = 0; column < PQnfields(result.get()); ++column) {
        rows.back().push_back(std::stoll(PQgetvalue(result.get(), row, column)));
      }
    }
    return rows;
  }
  TransactionBatch batch_in(DistributedCache& cache) override {
    return cache.batch_in(connection_.get());
  }

  // Writers lock rows in any order.
  [[nodiscard]] std::string begin() const override {
    return "BEGIN; SELECT pg_advisory_xact_lock(50)";
  }
  [[nodiscard]] std::string begin_snapshot() const override {
    return "BEGIN ISOLATION LEVEL REPEATABLE READ";
  }
  [[nodiscard]] std::string insertion(const std::string& values) const override {
    return "WITH counter AS (UPDATE crierLog SET newest = newest + 1 RETURNING newest) "
           "INSERT INTO crierCacheInstruction (jsonInstruction, originated, instructionCount, id, "
           "utcStamp) SELECT " +
           values +
           ", newest, to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS') "
           "FROM counter RETURNING id";
  }

 private:
  using Result = std::unique_ptr<PGresult, void (*)(PGresult*)>;

  Result run(const std::string& sql) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
      connect();
    }
    Result result(PQexec(connection_.get(), sql.c_str()), PQclear);
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
      const char* const code = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
      throw std::runtime_error("PostgreSQL says " +
                               std::string(code == nullptr ? "no more" : code));
    }
    // COMMIT of a transaction that had failed is answered so.
    if (sql == "COMMIT" && std::string_view(PQcmdStatus(result.get())) != "COMMIT") {
      throw std::runtime_error("PostgreSQL has rolled back");
    }
    return result;
  }
  void connect() {
    connection_.reset(PQconnectdb(url_.c_str()));
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
      throw std::runtime_error("PostgreSQL can't be reached");
    }
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
    // Others may stand still while they hold a lock.
    run("SET lock_timeout = '10s'");
  }

  const std::string url_;
  std::unique_ptr<PGconn, void (*)(PGconn*)> connection_{nullptr, PQfinish};
};

}  // namespace

std::unique_ptr<Sql> postgres_sql(const std::string& url) {
  return std::make_unique<PostgresSql>(url);
}

}  // namespace crier::soak
