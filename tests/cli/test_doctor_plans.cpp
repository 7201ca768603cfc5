// SPDX-License-Identifier: MIT
// What the doctor says of how the database would run the hot statements.
#include "cli/cluster.hpp"
#include "json.hpp"
#include "support/unprivileged.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include <filesystem>
#include <sstream>
#include <string>

#ifdef CRIER_HAS_POSTGRES
#include "cli/role_space.hpp"
#include "support/raw_postgres.hpp"
#endif

namespace crier::test {
namespace {

constexpr const char* kAllWell =
    "ok: each of the 27 statements that are run again and again goes by an index";
constexpr const char* kWalks =
    "warning: the look for what has expired in the shared cache (the statement cache_has_gone) "
    "walks through the whole table ";

// "verdict: found (mend)"; empty if nothing is said of plans.
std::string plans_of(const std::string& url) {
  std::istringstream lines(run_doctor({"--json"}, url).out);
  for (std::string line; std::getline(lines, line);) {
    const cli::Json check = cli::Json::parse(line);
    if (check["check"] == "plans") {
      return check["verdict"].get<std::string>() + ": " + check["found"].get<std::string>() +
             (check["mend"].is_null() ? "" : " (" + check["mend"].get<std::string>() + ")");
    }
  }
  return "";
}

// So many rows of the shared cache; `bytes` is the type of its keys.
std::string values(int first, int last, const std::string& bytes = "BLOB") {
  return "INSERT INTO crierCache (key, stamp, expiresMs, value) WITH RECURSIVE numbers (n) AS "
         "(SELECT " +
         std::to_string(first) + " UNION ALL SELECT n + 1 FROM numbers WHERE n < " +
         std::to_string(last) + ") SELECT CAST('key ' || n AS " + bytes +
         "), n, 4000000000000 + n, CAST('x' AS " + bytes + ") FROM numbers";
}

TEST_CASE("the doctor finds a statement that walks through a large table for want of an index") {
  const Database database;
  run_sql(database.path(), values(1, 999) + "; DROP INDEX crierCacheExpiry");
  CHECK(plans_of(database.path()) == kAllWell);  // such a table may be walked through
  run_sql(database.path(), values(1000, 1000));
  CHECK(plans_of(database.path()) == std::string(kWalks) +
                                         "crierCache (and 1 more) (crier --store " +
                                         database.path() + " migrate --repair)");
  CHECK(run_doctor({}, database.path()).code == 0);
  CHECK(database.run({"migrate", "--repair"}).code == 0);
  CHECK(plans_of(database.path()) == kAllWell);
}

TEST_CASE("the doctor finds that what SQLite remembers of a table misleads it") {
  const Database database;
  run_sql(database.path(),
          "INSERT INTO crierFailure (log, failedMs, kind, entry, indexInEntry, originated, "
          "refresher, refresherName, node, incarnation, attempts, error, instructionCount, "
          "jsonInstruction) WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM "
          "numbers WHERE n < 1000) SELECT 'crierCacheInstruction', 0, 0, n, 0, 'o', 'r', 'n', 'n', "
          "'i' || n, 1, 'e', 1, '[]' FROM numbers; ANALYZE; UPDATE sqlite_stat1 SET stat = '1000 "
          "1000 1000 1000' WHERE idx = 'crierFailureOfNode'");
  const std::string mend = "ANALYZE \"crierFailure\"";
  CHECK(plans_of(database.path()) ==
        "warning: the recording of what was given up (the statement forget_same_failure) walks "
        "through the whole table crierFailure (sqlite3 " +
            database.path() + " '" + mend + "')");
  run_sql(database.path(), mend);
  CHECK(plans_of(database.path()) == kAllWell);
}

TEST_CASE("the doctor's look at plans changes nothing, and a reader may take it") {
  const Healthy healthy;
  SQLite::Database eyes(healthy.database.path());
  const auto version = [&] { return eyes.execAndGet("PRAGMA data_version").getInt(); };
  const int before = version();
  CHECK(plans_of(healthy.database.path()) == kAllWell);
  CHECK(version() == before);
  namespace fs = std::filesystem;
  const fs::path folder = healthy.database.folder().path();
  fs::permissions(folder, fs::perms(0755));
  for (const auto& file : fs::directory_iterator(folder)) {
    fs::permissions(file, fs::perms(0444));
  }
  const Unprivileged nobody;
  CHECK(plans_of(healthy.database.path()) == kAllWell);
}

TEST_CASE("the doctor looks at the plans of tables that are there") {
  CHECK(plans_of(Database::of_umbraco().url()) ==
        "ok: 12 of the 27 statements that are run again and again go by an index; the others can't "
        "be looked at with these tables and rights");
  const TempDir folder;
  const std::string path = folder / "empty.db";
  SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("VACUUM");
  CHECK(plans_of(path).empty());
}

#ifdef CRIER_HAS_POSTGRES

TEST_CASE("postgres: the doctor finds a statement that walks through a large table") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresSpace space;
  CHECK(plans_of(space.url()).empty());
  REQUIRE(run_tool({"migrate"}, "", space.url()).code == 0);
  CHECK(plans_of(space.url()) == kAllWell);
  CHECK(plans_of(space.url("&pool=transaction&listen=" + postgres_folder())) == kAllWell);
  space.execute(values(1, 999, "bytea") + "; DROP INDEX crierCacheExpiry");
  CHECK(plans_of(space.url()) == kAllWell);
  space.execute(values(1000, 1000, "bytea"));
  std::string said = plans_of(space.url());
  CHECK_MESSAGE(said.starts_with(std::string(kWalks) + "criercache (and 1 more) (crier --store "),
                said);
  CHECK(said.ends_with(" migrate --repair)"));
  CHECK(run_tool({"migrate", "--repair"}, "", space.url()).code == 0);
  CHECK(plans_of(space.url()) == kAllWell);
  const std::string no_index =
      "&options=-c%20enable_indexscan%3Doff%20-c%20enable_bitmapscan%3Doff";
  for (const std::string& more : {no_index, no_index + "&pool=transaction"}) {
    said = plans_of(space.url(more));
    CHECK_MESSAGE(said.starts_with("warning: a get of the shared cache (the statement cache_find) "
                                   "walks through the whole table criercache (and "),
                  said);
    CHECK(said.ends_with(" more) (ANALYZE \"" + space.schema() + "\".criercache, as its owner)"));
  }
}

TEST_CASE("postgres: who may not run a statement can't look at its plan, and sees the others") {
  if (postgres_folder().empty()) {
    return;
  }
  const RoleSpace space;
  space.grant("reader");
  for (const std::string more : {"", "&pool=transaction"}) {
    const std::string said = plans_of(space.url(more));
    CHECK_MESSAGE(
        said.find(" of the 27 statements that are run again and again go by an index; ") !=
            std::string::npos,
        said);
  }
}

#endif

}  // namespace
}  // namespace crier::test
