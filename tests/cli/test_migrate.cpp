// SPDX-License-Identifier: MIT
#include "cli/database.hpp"
#include "cli/tool.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>

namespace crier::test {
namespace {

TEST_CASE("migrate creates the tables, and then has nothing to do") {
  const TempDir folder;
  const std::string path = folder / "new.db";
  CHECK(run_tool({"migrate"}, "", path) ==
        Outcome{0,
                "applied 0001_instruction_log\napplied 0002_cluster\napplied "
                "0003_failures\napplied 0004_shared_cache\napplied 0005_rights\n"
                "applied 0006_hybrid_caches\napplied 0007_history\napplied 0008_operators\n",
                ""});
  CHECK(run_tool({"migrate"}, "", path) ==
        Outcome{0, "", "crier: sqlite:" + path + " is up to date (version 8)\n"});
  CHECK(run_tool({"list"}, "", path) == Outcome{0, "", ""});
}

TEST_CASE("migrate upgrades what an earlier crier made, and nothing else works before") {
  const Database database;
  const std::string whole = database.schema();
  run_sql(database.path(),
          "DROP TABLE crierNode; DROP TABLE crierLease; DROP TABLE crierPosition; "
          "DROP TABLE crierPruned; DROP TABLE crierWait; DROP TABLE crierFailure; "
          "DROP TABLE crierCanary; DROP TABLE crierCache; DROP TABLE crierHybrid; "
          "DROP TABLE crierEvent; DROP TABLE crierRefresher; DROP TABLE crierProgress; "
          "DROP TABLE crierAudit; DELETE FROM crierMigration WHERE version > 1");
  for (const Args& args :
       {Args{"list"}, {"nodes"}, {"wait", "1"}, {"prune", "--older-than", "2d"}}) {
    CHECK(database.run(args).code == 1);
    CHECK(database.run(args).err.find("; upgrade them with: ") != std::string::npos);
  }
  CHECK(database.run({"status"}).code == 3);
  CHECK(database.run({"migrate"}) ==
        Outcome{0,
                "applied 0002_cluster\napplied 0003_failures\napplied 0004_shared_cache\n"
                "applied 0005_rights\napplied 0006_hybrid_caches\napplied 0007_history\n"
                "applied 0008_operators\n",
                ""});
  CHECK(database.schema() == whole);
  CHECK(database.run({"status", "--min-nodes", "0"}).code == 0);
}

TEST_CASE("migrate prints JSON") {
  const TempDir folder;
  const std::string path = folder / "new.db";
  CHECK(run_tool({"migrate", "--json"}, "", path) ==
        Outcome{0,
                "{\"version\":1,\"name\":\"0001_instruction_log\"}\n"
                "{\"version\":2,\"name\":\"0002_cluster\"}\n"
                "{\"version\":3,\"name\":\"0003_failures\"}\n"
                "{\"version\":4,\"name\":\"0004_shared_cache\"}\n"
                "{\"version\":5,\"name\":\"0005_rights\"}\n"
                "{\"version\":6,\"name\":\"0006_hybrid_caches\"}\n"
                "{\"version\":7,\"name\":\"0007_history\"}\n"
                "{\"version\":8,\"name\":\"0008_operators\"}\n",
                ""});
  CHECK(run_tool({"migrate", "--json"}, "", path).out.empty());
}

TEST_CASE("a dry run prints the SQL that a migration runs, and runs nothing") {
  const TempDir folder;
  const std::string path = folder / "empty.db";
  run_sql(path, "PRAGMA user_version = 1");
  const Outcome text = run_tool({"migrate", "--dry-run"}, "", path);
  CHECK(text.code == 0);
  CHECK(text.err.empty());
  CHECK(text.out.starts_with("-- 0001_instruction_log\n"));
  CHECK(text.out.find("\n-- 0002_cluster\n") != std::string::npos);
  CHECK(query(path, "SELECT count(*) FROM sqlite_schema") == "0");

  const Outcome json = run_tool({"migrate", "--dry-run", "--json"}, "", path);
  CHECK(json.code == 0);
  CHECK(json.out.starts_with("{\"version\":1,\"name\":\"0001_instruction_log\",\"sql\":\""));
  CHECK(json.out.find("\n{\"version\":2,\"name\":\"0002_cluster\",\"sql\":\"") !=
        std::string::npos);
  CHECK(std::ranges::count(json.out, '\n') == 8);

  run_sql(path, text.out);
  const Database migrated;
  CHECK(query(path, "SELECT group_concat(sql, ';') FROM sqlite_schema") == migrated.schema());
}

TEST_CASE("a dry run where there is no database prints all of the SQL, and creates nothing") {
  const TempDir folder;
  const std::string path = folder / "new.db";
  run_sql(folder / "empty.db", "PRAGMA user_version = 1");
  const Outcome outcome = run_tool({"migrate", "--dry-run"}, "", path);
  CHECK(outcome == run_tool({"migrate", "--dry-run"}, "", folder / "empty.db"));
  CHECK(outcome.out.starts_with("-- 0001_instruction_log\n"));
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a dry run on a database that is up to date has nothing to print") {
  const Database database;
  CHECK(database.run({"migrate", "--dry-run"}) ==
        Outcome{0, "", "crier: sqlite:" + database.path() + " is up to date (version 8)\n"});
}

TEST_CASE("migrate --repair says what it does, or would do") {
  const Database database;
  CHECK(database.run({"migrate", "--repair"}) ==
        Outcome{0, "", "crier: sqlite:" + database.path() + " needs no repair\n"});
  run_sql(database.path(), "DROP TABLE crierCanary");
  const Outcome migrated = database.run({"migrate"});
  CHECK(migrated.code == 1);
  CHECK(migrated.err.find("migrate --repair") != std::string::npos);
  const Outcome planned = database.run({"migrate", "--repair", "--dry-run"});
  CHECK(planned.code == 0);
  CHECK(planned.out.starts_with("-- the table crierCanary was gone\nCREATE TABLE crierCanary ("));
  CHECK(database.run({"migrate", "--repair", "--dry-run", "--json"})
            .out.starts_with("{\"what\":\"the table crierCanary was gone\",\"sql\":\"CREATE "));
  CHECK(database.run({"migrate", "--repair"}) ==
        Outcome{0, "repaired: the table crierCanary was gone\n", ""});
  CHECK(database.run({"migrate"}).code == 0);
}

TEST_CASE("migrate --repair says what it can't mend, and exits 1") {
  const Database database;
  run_sql(database.path(), "DROP TABLE crierCanary; CREATE VIEW crierCanary AS SELECT 1");
  const Outcome outcome = database.run({"migrate", "--repair"});
  CHECK(outcome == Outcome{1, "",
                           "crier: can't repair: the table crierCanary was no table: it has to be "
                           "dropped or renamed by whoever put it there\n"});
  CHECK(database.run({"migrate", "--repair", "--json"}).out.find("\"failed\":\"it has to be ") !=
        std::string::npos);
}

TEST_CASE("the SQL of a dry run, run by hand, is recorded by --repair") {
  const TempDir folder;
  const std::string path = folder / "by-hand.db";
  run_sql(path, run_tool({"migrate", "--dry-run"}, "", folder / "none.db").out);
  const Outcome status = run_tool({"status"}, "", path);
  CHECK(status.code == 4);
  CHECK(status.err.find("no record of the migrations that made them") != std::string::npos);
  CHECK(run_tool({"migrate", "--repair"}, "", path).code == 0);
  CHECK(run_tool({"status", "--min-nodes", "0"}, "", path).code == 0);
}

}  // namespace
}  // namespace crier::test
