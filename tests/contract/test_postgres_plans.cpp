// SPDX-License-Identifier: MIT
// That cost stays flat as the log grows: statements are planned once, for any parameters.
#include <crier/admin/store.hpp>

#include "contract/postgres_test_store.hpp"
#include "store/postgres/link.hpp"
#include "store/postgres/place_of.hpp"
#include "store/postgres/session.hpp"
#include "store/postgres/sql.hpp"
#include "store/postgres/sql_cache.hpp"
#include "store/sql/cluster_statements.hpp"
#include "store/sql/failure_statements.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>

namespace crier::test {
namespace {

namespace sql = postgres::sql;

// A session as crier has them.
class Planner {
 public:
  explicit Planner(const std::string& url)
      : link_(postgres::session_parameters(postgres::place_of(url), Access::read_write), ends()) {
    // Else workers are for larger tables than a test makes.
    link_.query(
        "SET min_parallel_table_scan_size = 0; SET min_parallel_index_scan_size = 0; "
        "SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0",
        ends());
  }

  std::string value(const std::string& statement) {
    return std::string(link_.query(statement, ends()).text(0, 0));
  }

  // By which plan the statement is run whatever its parameters are.
  std::string plan_of(std::string_view statement) {
    const std::string text = sql::with_table(statement, "crierCacheInstruction");
    const std::string name = "plan_" + std::to_string(count_++);
    link_.prepare(name, text, ends());
    const int parameters = std::stoi(
        value("SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = '" +
              name + "'"));
    std::string nulls;
    for (int i = 0; i < parameters; ++i) {
      nulls += i == 0 ? "(NULL" : ", NULL";
    }
    const auto rows =
        link_.query("EXPLAIN EXECUTE " + name + nulls + (nulls.empty() ? "" : ")"), ends());
    std::string plan;
    for (int row = 0; row < rows.rows(); ++row) {
      plan.append(rows.text(row, 0)).append("\n");
    }
    // Of a LIMIT it shows nothing, and $0 is none.
    CHECK_MESSAGE((parameters == 0 || plan.find("$1") != std::string::npos ||
                   plan.find("$2") != std::string::npos),
                  plan);
    return plan;
  }

 private:
  static postgres::Link::Time ends() {
    return std::chrono::steady_clock::now() + std::chrono::seconds(60);
  }

  postgres::Link link_;
  int count_ = 0;
};

TEST_CASE(
    "postgres: each read of the log goes by the primary key, also of one nobody has analysed") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  space.execute(
      "ALTER TABLE crierCacheInstruction SET (autovacuum_enabled = off); "
      "INSERT INTO crierCacheInstruction SELECT n, '2026-01-02 03:04:05.678', repeat('x', 100), "
      "'node', 1 FROM generate_series(1, 20000) AS n");
  Planner planner(space.url());
  for (const std::string_view analysed : {"", "ANALYZE crierCacheInstruction"}) {
    if (!analysed.empty()) {
      space.execute(std::string(analysed));
    }
    for (const std::string_view statement :
         {sql::kReadAfter, sql::kReadBefore, sql::kFind, sql::kBacklog, sql::kStampsAfter,
          sql::kNewest, sql::kBounds, sql::kNewestId, sql::kBeat, sql::kPublishPosition,
          sql::kPrunedThrough, sql::kFindLast}) {
      const std::string plan = planner.plan_of(statement);
      CAPTURE(statement);
      CAPTURE(plan);
      CHECK(plan.find("Seq Scan on criercacheinstruction") == std::string::npos);
      CHECK(plan.find("Bitmap") == std::string::npos);
      CHECK(plan.find("Parallel") == std::string::npos);
    }
    const std::string plan = planner.plan_of(sql::kPrune);
    CHECK_MESSAGE(plan.find("Index Cond: (id <= $1)") != std::string::npos, plan);
  }
}

TEST_CASE("postgres: each statement of the shared cache goes by an index, where nothing has gone") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  space.execute(
      "INSERT INTO crierCache (key, stamp, expiresMs, value) SELECT ('key ' || n)::bytea, n, "
      "4000000000000 + n, repeat('x', 100)::bytea FROM generate_series(1, 20000) AS n");
  space.execute("ANALYZE crierCache");
  Planner planner(space.url());
  for (const std::string_view statement : {sql::kHasGoneFromCache, sql::kCached, sql::kDropGone}) {
    const std::string plan = planner.plan_of(statement);
    CAPTURE(statement);
    CAPTURE(plan);
    CHECK(plan.find("Seq Scan on criercache") == std::string::npos);
    CHECK(plan.find("Parallel") == std::string::npos);
  }
}

}  // namespace
}  // namespace crier::test
