// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "store/sql/cluster_statements.hpp"
#include "store/sql/failure_statements.hpp"
#include "store/sqlite/sql.hpp"
#include "support/contents.hpp"
#include "support/entries.hpp"
#include "support/temp_dir.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace crier::test {
namespace {

std::string plan_of(SQLite::Database& database, std::string_view statement,
                    std::string_view table) {
  SQLite::Statement explain(database,
                            "EXPLAIN QUERY PLAN " + sqlite::sql::with_table(statement, table));
  std::string plan;
  while (explain.executeStep()) {
    plan += explain.getColumn(3).getString() + "\n";
  }
  return plan;
}

TEST_CASE("every read goes by the primary key and sorts nothing, in Umbraco's table as well") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  open_store(path)->connect(Access::create)->schema().migrate();
  SQLite::Database database(path, SQLite::OPEN_READWRITE);
  database.exec(umbraco_ddl());

  namespace sql = sqlite::sql;
  for (const std::string_view table : {"crierCacheInstruction", "umbracoCacheInstruction"}) {
    for (const std::string_view statement :
         {sql::kReadAfter, sql::kReadBefore, sql::kFind, sql::kBacklog, sql::kStampsAfter}) {
      const std::string plan = plan_of(database, statement, table);
      CAPTURE(plan);
      CHECK(plan.find("SEARCH " + std::string(table) + " USING INTEGER PRIMARY KEY (rowid") == 0);
      CHECK(plan.find('\n') == plan.size() - 1);
    }
    for (const std::string_view statement : {sql::kNewest, sql::kBounds, sql::kNewestId, sql::kBeat,
                                             sql::kPublishPosition, sql::kPrunedThrough}) {
      const std::string plan = plan_of(database, statement, table);
      CAPTURE(plan);
      CHECK(plan.find("SEARCH " + std::string(table)) != std::string::npos);
      CHECK(plan.find("SCAN " + std::string(table)) == std::string::npos);
      CHECK(plan.find("TEMP B-TREE") == std::string::npos);
    }
  }
}

// A beat waits for publishers, and they wait for it.
TEST_CASE("what nodes do with each beat and each look goes by primary keys") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  open_store(path)->connect(Access::create)->schema().migrate();
  SQLite::Database database(path, SQLite::OPEN_READWRITE);
  namespace sql = sqlite::sql;
  for (const std::string_view statement : {sql::kBeat,
                                           sql::kPublishPosition,
                                           sql::kAlone,
                                           sql::kNamesakes,
                                           sql::kGoodbyeOfPredecessors,
                                           sql::kGoodbye,
                                           sql::kNodes,
                                           sql::kForgetNodes,
                                           sql::kForgetPosition,
                                           sql::kPosition,
                                           sql::kOwnPosition,
                                           sql::kSavePosition,
                                           sql::kContend,
                                           sql::kAnswered,
                                           sql::kGap,
                                           sql::kLease,
                                           sql::kHold,
                                           sql::kRelease,
                                           sql::kFence,
                                           sql::kFurthestBehind,
                                           sql::kRecordPruned,
                                           sql::kPrunedThrough}) {
    const std::string plan = plan_of(database, statement, "crierCacheInstruction");
    CAPTURE(statement);
    CAPTURE(plan);
    CHECK(plan.find("SCAN crier") == std::string::npos);
  }
  // The whole of a table that holds what is waited for now.
  CHECK(plan_of(database, sql::kAsks, "crierCacheInstruction") == "SCAN crierWait\n");
  CHECK(plan_of(database, sql::kPrune, "crierCacheInstruction") ==
        "SEARCH crierCacheInstruction USING INTEGER PRIMARY KEY (rowid<?)\n");
  CHECK(plan_of(database, sql::kNamesakes, "x").find("(log=? AND name=?)") != std::string::npos);
}

TEST_CASE("the quarantine of a log goes by its indexes, and is not sorted") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  open_store(path)->connect(Access::create)->schema().migrate();
  SQLite::Database database(path, SQLite::OPEN_READWRITE);
  namespace sql = sqlite::sql;
  for (const std::string_view statement :
       {sql::kForgetSameFailure, sql::kForgetExcessFailures, sql::kFailures, sql::kFailure,
        sql::kForgetFailure, sql::kForgetOldFailures, sql::kCanary, sql::kRecordCanary}) {
    const std::string plan = plan_of(database, statement, "crierCacheInstruction");
    CAPTURE(statement);
    CAPTURE(plan);
    CHECK(plan.find("SCAN crier") == std::string::npos);
    CHECK(plan.find("TEMP B-TREE") == std::string::npos);
  }
  for (const std::string_view statement : {sql::kForgetSameFailure, sql::kNodes}) {
    const std::string plan = plan_of(database, statement, "crierCacheInstruction");
    CHECK(plan.find("crierFailureOfNode (log=? AND incarnation=?") != std::string::npos);
  }
}

TEST_CASE("a read does not fetch the anchor's JSON") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  const auto connection = open_store(path)->connect(Access::create);
  connection->schema().migrate();
  connection->log().append(std::vector(2, new_entry("[]")));
  SQLite::Database database(path, SQLite::OPEN_READONLY);
  SQLite::Statement read(database,
                         sqlite::sql::with_table(sqlite::sql::kReadAfter, "crierCacheInstruction"));
  read.bind(1, 1);
  REQUIRE(read.executeStep());
  CHECK(read.isColumnNull(4));
  REQUIRE(read.executeStep());
  CHECK(read.getColumn(4).getString() == "[]");
}

TEST_CASE("a table's name is quoted wherever it stands in a statement") {
  using sqlite::sql::with_table;
  CHECK(with_table("A {table} B {table}", "x") == "A \"x\" B \"x\"");
  CHECK(with_table("{table}", "a\"b{table}") == "\"a\"\"b{table}\"");
  CHECK(with_table("{table}{table}", "{now}") == "\"{now}\"\"{now}\"");
  CHECK(with_table("none", "x") == "none");
}

}  // namespace
}  // namespace crier::test
