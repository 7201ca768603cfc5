// SPDX-License-Identifier: MIT
// That cost stays flat as tables grow: every statement goes by an index.
#include <crier/admin/store.hpp>

#include "store/sql/hot_statements.hpp"
#include "store/sqlite/statements.hpp"
#include "support/contents.hpp"
#include "support/entries.hpp"
#include "support/temp_dir.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace crier::test {
namespace {

struct PlannedDatabase {
  explicit PlannedDatabase(const std::string& table) {
    open_store(path)->connect(Access::create)->schema().migrate();
    database.exec(umbraco_ddl());
    database.exec("CREATE TABLE crierTrigger (name TEXT PRIMARY KEY, onTable TEXT, command TEXT)");
    config.log = table;
    config.foreign_log = table != sql::StoreConfig().log;
  }

  // Prepares the statement of that name.
  std::string plan_of(std::string_view name) {
    SQLite::Statement explain(database,
                              "EXPLAIN QUERY PLAN " + sqlite::statement_text(name, config));
    std::string plan;
    while (explain.executeStep()) {
      plan += explain.getColumn(3).getString() + "\n";
    }
    return plan;
  }

  const TempDir dir;
  const std::string path = dir / "x.db";
  SQLite::Database database{path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  sql::StoreConfig config;
};

// Whether the plan walks through a whole table, or a whole index, of crier's or of the log's.
bool scans(const std::string& plan, const std::string& log) {
  return plan.find("SCAN crier") != std::string::npos ||
         plan.find("SCAN " + log) != std::string::npos ||
         plan.find("SCAN node") != std::string::npos ||
         plan.find("SCAN failure") != std::string::npos ||
         plan.find("SCAN kept") != std::string::npos || plan.find("SCAN self") != std::string::npos;
}

TEST_CASE("no statement walks through a table, in Umbraco's log as well") {
  // The first two: tables that hold what is waited for now, and a row for each migration.
  const std::set<std::string, std::less<>> whole = {
      "position_requests", "forget_requests", "migrations",
      "cache_stats",  // says that it looks at every row
  };
  // By name, of one log and one name or node, which are few.
  const std::set<std::string, std::less<>> sorted = {"nodes",
                                                     "namesakes",
                                                     "furthest_behind",
                                                     "events",
                                                     "lost_triggers",
                                                     "unique",
                                                     "forget_excess_events",
                                                     "refreshers",
                                                     "table",
                                                     "forget_excess_progress",
                                                     "record_audit"};
  for (const sql::HotStatement& hot : sql::kHotStatements) {  // the doctor looks at these
    CHECK_FALSE(whole.contains(hot.name));
    CHECK_FALSE(sqlite::statements().text(hot.name).empty());
  }
  for (const std::string table : {"crierCacheInstruction", "umbracoCacheInstruction"}) {
    PlannedDatabase planner(table);
    for (const auto& statement : sqlite::statements().all()) {
      const std::string& name = statement.first;
      if (name == "clock") {
        continue;
      }
      const std::string plan = planner.plan_of(name);
      CAPTURE(name);
      CAPTURE(plan);
      CHECK(scans(plan, table) == whole.contains(name));
      CHECK((plan.find("TEMP B-TREE") == std::string::npos || sorted.contains(name)));
    }
  }
}

TEST_CASE("statements go by the index that is meant for them") {
  PlannedDatabase planner("crierCacheInstruction");
  for (const char* const name :
       {"read_after", "heads", "read_before", "find", "backlog", "stamps_after"}) {
    CHECK(planner.plan_of(name).starts_with(
        "SEARCH crierCacheInstruction USING INTEGER PRIMARY KEY (rowid"));
  }
  const std::vector<std::pair<const char*, const char*>> rows = {
      {"prune", "SEARCH crierCacheInstruction USING INTEGER PRIMARY KEY (rowid<?)"},
      {"namesakes", "(log=? AND name=?)"},
      {"forget_same_failure", "crierFailureOfNode (log=? AND incarnation=?"},
      {"nodes", "crierFailureOfNode (log=? AND incarnation=?"},
      {"cache_has_gone", "crierCacheExpiry"},
      {"cache_drop_gone", "crierCacheExpiry"},
      {"cache_find", "(key=?)"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.first);
    CHECK(planner.plan_of(row.first).find(row.second) != std::string::npos);
  }
}

TEST_CASE("a read does not fetch the anchor's JSON, unless that is asked for") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  const auto connection = open_store(path)->connect(Access::create);
  connection->schema().migrate();
  connection->log().append(std::vector(2, new_entry("[]")));
  SQLite::Database database(path, SQLite::OPEN_READONLY);
  SQLite::Statement read(database, sqlite::statement_text("read_after", sql::StoreConfig()));
  read.bind(1, 1);
  read.bind(2, 100);
  for (const int asked : {0, 1}) {
    read.reset();
    read.bind(4, asked);
    REQUIRE(read.executeStep());
    CHECK(read.isColumnNull(4) == (asked == 0));
    REQUIRE(read.executeStep());
    CHECK(read.getColumn(4).getString() == "[]");
  }
}

TEST_CASE("another table's name is quoted wherever the log stands in a statement") {
  sql::StoreConfig config;
  config.log = "my \"log\"";
  config.foreign_log = true;
  CHECK(sqlite::statement_text("bounds", config) ==
        "SELECT (SELECT min(id) FROM \"my \"\"log\"\"\"), "
        "(SELECT max(id) FROM \"my \"\"log\"\"\")");
}

}  // namespace
}  // namespace crier::test
