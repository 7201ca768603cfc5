// SPDX-License-Identifier: MIT
#include "cli/database.hpp"
#include "cli/tool.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

using namespace crier::test;

TEST_CASE("migrate creates the tables, and then has nothing to do") {
  const TempDir folder;
  const std::string path = folder / "new.db";
  CHECK(run_tool({"migrate"}, "", path) == Outcome{0, "applied 0001_instruction_log\n", ""});
  CHECK(run_tool({"migrate"}, "", path) ==
        Outcome{0, "", "crier: sqlite:" + path + " is up to date (version 1)\n"});
  CHECK(run_tool({"list"}, "", path) == Outcome{0, "", ""});
}

TEST_CASE("migrate prints JSON") {
  const TempDir folder;
  const std::string path = folder / "new.db";
  CHECK(run_tool({"migrate", "--json"}, "", path) ==
        Outcome{0, "{\"version\":1,\"name\":\"0001_instruction_log\"}\n", ""});
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
  CHECK(query(path, "SELECT count(*) FROM sqlite_schema") == "0");

  const Outcome json = run_tool({"migrate", "--dry-run", "--json"}, "", path);
  CHECK(json.code == 0);
  CHECK(json.out.starts_with("{\"version\":1,\"name\":\"0001_instruction_log\",\"sql\":\""));
  CHECK(json.out.find('\n') == json.out.size() - 1);

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
        Outcome{0, "", "crier: sqlite:" + database.path() + " is up to date (version 1)\n"});
}
