// SPDX-License-Identifier: MIT
#include "cli/database.hpp"

#include <doctest/doctest.h>

#include <string>

namespace crier::test {
namespace {

TEST_CASE("the tool works on a table that Umbraco made, and leaves its schema as it was") {
  const Database database = Database::of_umbraco();
  const std::string before = database.schema();
  // As Umbraco 13 writes it: the fields that are zero are left out.
  database.put(1, R"([{"RefreshType":3,"RefresherId":")" + kProducts + R"(","JsonIds":"[1056]"}])",
               "HOST/LM/W3SVC/2/ROOT [P1234/D2] 0A1B2C3D4E5F60718293A4B5C6D7E8F9");
  const std::string listed =
      "1       2026-11-21 10:00:01  HOST/LM/W3SVC/2/ROOT [P1234/D2]  1      " + kProducts +
      " refresh_by_ids 1056\n";
  RunningTool tail({"tail", "--from-start", "--wide"}, database.url());
  RunningTool node({"node", "--name", "web-1"}, database.url());
  CHECK(tail.prints(listed));
  REQUIRE(node.says("from entry 1"));

  const Outcome list = database.run({"list", "--wide"});
  CHECK(list.out.ends_with("INSTRUCTIONS\n" + listed));
  CHECK(list.err.empty());
  CHECK(database.run({"show", "1"}).out.starts_with("entry 1\n"));
  CHECK(database.run({"send", "--refresher", kProducts, "--remove", "7"}).out.starts_with("2-"));
  CHECK(database.run({"replay", "1"}) == Outcome{0, "1 -> 3\n", ""});
  CHECK(node.prints("2  " + kProducts + " remove_by_id 7"));
  CHECK(node.prints("3  " + kProducts + " refresh_by_ids 1056"));
  CHECK(tail.prints("\n3  "));
  CHECK(node.stop().code == 0);
  CHECK(tail.stop().code == 0);
  CHECK(database.schema() == before);
}

TEST_CASE("beside a table that Umbraco made, what needs tables for nodes says what to do") {
  const Database database = Database::of_umbraco();
  database.put(1, all_of(kProducts));
  const std::string before = database.schema();
  const std::string advice = "has no tables for nodes; add them with: ";
  const Outcome nodes = database.run({"nodes"}), status = database.run({"status"});
  CHECK(nodes.code == 1);
  CHECK(nodes.err.find(advice) != std::string::npos);
  CHECK(status.code == 4);
  CHECK(status.err.find(advice) != std::string::npos);
  CHECK(database.run({"wait", "1"}).code == 1);
  CHECK(database.schema() == before);
}

TEST_CASE("beside a table that Umbraco made, nodes are shown once crier's tables were added") {
  const Database database = Database::of_umbraco();
  database.put(1, all_of(kProducts));
  CHECK(run_tool({"migrate"}, "", database.path()).code == 0);
  RunningTool node({"node", "--name", "web-1"}, database.url());
  REQUIRE(node.says("from entry 1"));
  CHECK(database.run({"nodes"}).out.find("web-1  live ") != std::string::npos);
  CHECK(database.run({"status"}).out.find("\nlog     entries 1 to 1, nothing pruned\n") !=
        std::string::npos);
  CHECK(database.run({"status"}).code == 0);
  CHECK(database.run({"send", "--refresher", kProducts, "--all"}).out.starts_with("2-"));
  CHECK(database.run({"wait", "2", "--timeout", "1m"}).out == "entry 2: 1 node has it\n");
  CHECK(run_tool({"nodes"}, "", database.path()).out.empty());  // of the other log
}

TEST_CASE("what Umbraco's own classes can't read is not written into a table of theirs") {
  const Database database = Database::of_umbraco();
  const std::string beyond = "4294967296";
  for (const char* option : {"--id", "--remove"}) {
    const Outcome outcome = database.run({"send", "--refresher", kProducts, option, beyond});
    CHECK(outcome.code == 2);
    CHECK(outcome.err.find("the id 4294967296 is beyond 32 bits") != std::string::npos);
  }
  CHECK(database.rows() == "0");
  database.put(1, ids_of(kProducts, "[" + beyond + "]"));
  database.put(2, R"([{"refreshtype":"RefreshAll","RefresherId":")" + kProducts +
                      R"(","GuidId":"{27ab3022-3dfa-47b6-9119-5945bc88fd66}"}])");
  for (const Args& replay :
       {Args{"replay", "1"}, Args{"replay", "1", "--refresher", kProducts}, Args{"replay", "2"}}) {
    const Outcome outcome = database.run(replay);
    CHECK(outcome.code == 1);
    CHECK(outcome.err.find("is one that Umbraco's own classes can't read, and nothing was "
                           "written: ") != std::string::npos);
  }
  CHECK(database.rows() == "2");
  CHECK(database.run({"replay", "2", "--refresher", kProducts}).code == 0);
}

TEST_CASE("a table that is not there is named") {
  const Database database;
  CHECK(database.run({"--store", database.path() + "?table=umbracoCacheInstruction", "list"}) ==
        Outcome{1, "",
                "crier: there is no table 'umbracoCacheInstruction' in the database '" +
                    database.path() + "'; the URL's ?table= must name an instruction table\n"});
}

}  // namespace
}  // namespace crier::test
