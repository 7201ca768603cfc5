// SPDX-License-Identifier: MIT
// That cost stays flat as the log grows: statements are planned once, for any parameters.
#include <crier/admin/store.hpp>

#include "contract/postgres_test_store.hpp"
#include "store/postgres/config.hpp"
#include "store/postgres/pg_connection.hpp"
#include "store/postgres/session_settings.hpp"
#include "store/postgres/statements.hpp"
#include "store/sql/hot_statements.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>

namespace crier::test {
namespace {

// A session as crier has them.
class Planner {
 public:
  explicit Planner(const std::string& url)
      : session_(postgres::open_session(postgres::parse_postgres_url(url), Access::read_write,
                                        ends(), nullptr)
                     .link),
        link_(*session_) {
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
  std::string plan_of(const std::string& statement) {
    const std::string name = "plan_" + std::to_string(count_++);
    link_.prepare(name, postgres::statements().text(statement), ends());
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
    return plan;
  }

 private:
  static postgres::PgConnection::Time ends() {
    return std::chrono::steady_clock::now() + std::chrono::seconds(60);
  }

  const std::unique_ptr<postgres::PgConnection> session_;
  postgres::PgConnection& link_;
  int count_ = 0;
};

TEST_CASE("postgres: no statement walks through a table, also of one nobody has analysed") {
  if (postgres_folder().empty()) {
    return;
  }
  const std::set<std::string, std::less<>> whole = {
      // Tables that hold what is waited for now, or a row for each migration.
      "position_requests", "forget_requests", "migrations",
      "cache_stats",  // says that it looks at every row
  };
  const MigratedSpace space;
  space.execute(
      "ALTER TABLE crierCacheInstruction SET (autovacuum_enabled = off); "
      "INSERT INTO crierCacheInstruction SELECT n, '2026-01-02 03:04:05.678', repeat('x', 100), "
      "'node', 1 FROM generate_series(1, 20000) AS n; "
      "INSERT INTO crierNode SELECT 'crierCacheInstruction', 'n' || n, 'i' || n, 'h', 'a', 'v', 1, "
      "'p', 0, 0, 1000, NULL, 1, 0, 0, 0, 1, '', 0, 0, 0, 0, 0, 0, '' "
      "FROM generate_series(1, 20000) AS n; "
      "INSERT INTO crierPosition SELECT 'crierCacheInstruction', 'n' || n, 'i' || n, 'p', n, 0, 0 "
      "FROM generate_series(1, 20000) AS n; "
      "INSERT INTO crierFailure (log, failedMs, kind, entry, indexInEntry, originated, refresher, "
      "refresherName, node, incarnation, attempts, error, instructionCount, jsonInstruction) "
      "SELECT 'crierCacheInstruction', 0, 0, n, 0, 'o', 'r', 'n', 'n', 'i' || n, 1, 'e', 1, '[]' "
      "FROM generate_series(1, 20000) AS n; "
      "INSERT INTO crierProgress SELECT 'crierCacheInstruction', 'n' || n % 200, 'i' || n % 200, "
      "n, n "
      "FROM generate_series(1, 20000) AS n; "
      "INSERT INTO crierAudit SELECT 'crierCacheInstruction', n % 20, 'n', 'i' || n, 'c', 'k', "
      "'v', "
      "4000000000000 + n FROM generate_series(1, 20000) AS n; "
      "INSERT INTO crierCache (key, stamp, expiresMs, value) SELECT ('key ' || n)::bytea, n, "
      "4000000000000 + n, repeat('x', 100)::bytea FROM generate_series(1, 20000) AS n");
  Planner planner(space.url());
  // Of one log all rows: there is no other here, so that a scan is what reads them.
  const std::set<std::string, std::less<>> of_the_log = {"nodes",
                                                         "alone",
                                                         "any_silent",
                                                         "record_silent",
                                                         "furthest_behind",
                                                         "ids_seen",
                                                         "forget_old_nodes",
                                                         "goodbye",
                                                         "resume",
                                                         "passages",
                                                         "forget_lost_progress",
                                                         "forget_old_audits",
                                                         "failures",
                                                         "forget_old_positions",
                                                         "forget_old_failures",
                                                         "forget_excess_failures"};
  for (const sql::HotStatement& hot : sql::kHotStatements) {  // the doctor looks at these
    CHECK_FALSE((whole.contains(hot.name) || of_the_log.contains(hot.name)));
    CHECK_FALSE(postgres::statements().text(hot.name).empty());
  }
  for (const bool analysed : {false, true}) {
    if (analysed) {
      space.execute(
          "DO $$ DECLARE one regclass; BEGIN "
          "FOR one IN SELECT oid FROM pg_class WHERE relkind = 'r' "
          "AND relnamespace = current_schema()::regnamespace "
          "LOOP EXECUTE 'ANALYZE ' || one; END LOOP; END $$");
    }
    CAPTURE(analysed);
    for (const auto& statement : postgres::statements().all()) {
      const std::string& name = statement.first;
      if (name == "clock") {
        continue;
      }
      const std::string plan = planner.plan_of(name);
      CAPTURE(name);
      CAPTURE(plan);
      CHECK(plan.find("Parallel") == std::string::npos);
      CHECK(plan.find("Seq Scan on criercacheinstruction") == std::string::npos);
      CHECK((plan.find("Seq Scan on criercache") == std::string::npos || whole.contains(name)));
      for (const char* const table :
           {"criernode", "crierposition", "crierfailure", "crierprogress", "crieraudit"}) {
        CHECK((plan.find(std::string("Seq Scan on ") + table) == std::string::npos ||
               of_the_log.contains(name)));
      }
    }
    const std::string plan = planner.plan_of("prune");
    CHECK_MESSAGE(plan.find("Index Cond: (id <= $1)") != std::string::npos, plan);
    for (const char* const name :
         {"read_after", "heads", "read_before", "find", "backlog", "stamps_after", "newest",
          "bounds", "newest_id", "beat", "pruned_through", "find_written"}) {
      CAPTURE(name);
      CHECK(planner.plan_of(name).find("Bitmap") == std::string::npos);
    }
  }
}

}  // namespace
}  // namespace crier::test
