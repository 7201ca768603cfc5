// SPDX-License-Identifier: MIT
#include "cli/cluster.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <sstream>
#include <string>

using namespace crier;
using namespace crier::test;
using namespace std::chrono_literals;

TEST_CASE("prune deletes what is older, and keeps the newest entry") {
  const Database database;
  put_old(database, 12);
  CHECK(database.run({"prune", "--older-than", "4d"}) == Outcome{0, "deleted 0 entries\n", ""});
  CHECK(database.run({"prune", "--older-than", "2d"}) ==
        Outcome{0, "deleted 11 entries, through entry 11\n", ""});
  CHECK(database.rows() == "1");
  CHECK(database.run({"prune", "--older-than", "0s"}) == Outcome{0, "deleted 0 entries\n", ""});
}

TEST_CASE("prune prints JSON") {
  const Database database;
  put_old(database, 12);
  beat(database, report_of("web-1", 8));
  CHECK(database.run({"prune", "--older-than", "2d", "--json"}) ==
        Outcome{0, "{\"rows\":7,\"through\":7,\"heldBy\":\"web-1\"}\n", ""});
  goodbye(database, report_of("web-1"));
  const Database empty;
  CHECK(empty.run({"prune", "--older-than", "2d", "--json"}) ==
        Outcome{0, "{\"rows\":0,\"through\":null,\"heldBy\":null}\n", ""});
}

TEST_CASE("prune does not pass a live node, and names it") {
  const Database database;
  put_old(database, 12);
  beat(database, report_of("web-1", 2));
  const std::string held =
      "crier: node web-1 has not come further: what it has not handled stays\n";
  CHECK(database.run({"prune", "--older-than", "2d"}) ==
        Outcome{0, "deleted 1 entry, through entry 1\n", held});
  pass(database, 4h);  // it is stale now
  CHECK(database.run({"prune", "--older-than", "2d"}) ==
        Outcome{0, "deleted 10 entries, through entry 11\n", ""});
}

TEST_CASE("prune works in chunks, and so does a dry run, which deletes nothing") {
  const Database database;
  put_old(database, 2500);
  beat(database, report_of("web-1", 2401));
  const std::string held =
      "crier: node web-1 has not come further: what it has not handled stays\n";
  CHECK(database.run({"prune", "--older-than", "2d", "--dry-run"}) ==
        Outcome{0, "would delete 2400 entries, through entry 2400\n", held});
  CHECK(database.rows() == "2500");
  CHECK(database.run({"prune", "--older-than", "2d"}) ==
        Outcome{0, "deleted 2400 entries, through entry 2400\n", held});
  CHECK(database.rows() == "100");
}

TEST_CASE("prune stops between two chunks where it is interrupted") {
  const Database database;
  put_old(database, 2500);
  std::istringstream in;
  std::ostringstream out, err;
  crier::cli::Interrupt interrupt;
  interrupt.trigger();
  const Args args{"prune", "--older-than", "2d"};
  CHECK(crier::cli::run(args, {in, out, err}, {database.url(), false, false}, interrupt) == 130);
  CHECK(out.str() == "deleted 1000 entries, through entry 1000\n");
  CHECK(err.str() == "crier: interrupted: there may be more to delete\n");
}

TEST_CASE("prune says what it has deleted where a later chunk fails") {
  const Database database;
  put_old(database, 2500);
  run_sql(database.path(),
          "CREATE TRIGGER keep BEFORE DELETE ON crierCacheInstruction WHEN old.id > 1000 "
          "BEGIN SELECT raise(ABORT, 'kept'); END");
  const Outcome outcome = database.run({"prune", "--older-than", "2d"});
  CHECK(outcome.code == 1);
  CHECK(outcome.out == "deleted 1000 entries, through entry 1000\n");
  CHECK(outcome.err.find("kept") != std::string::npos);
}

TEST_CASE("prune refuses a table of another program") {
  const Database database = Database::of_umbraco();
  database.put(1, all_of(kProducts));
  database.put(2, all_of(kProducts));
  const Outcome refused{1, "",
                        "crier: the instruction table of sqlite:" + database.url() +
                            " is another program's, which deletes by rules of its own: nothing was "
                            "deleted\n"};
  CHECK(database.run({"prune", "--older-than", "0s"}) == refused);
  CHECK(database.run({"prune", "--older-than", "0s", "--dry-run"}) == refused);
  CHECK(database.rows() == "2");
}

TEST_CASE("a malformed prune is a usage error") {
  const auto refused = [](const Args& args, const std::string& sentence) {
    CHECK(run_tool(args, "", "/no/such/folder/x.db") ==
          Outcome{2, "", "crier: " + sentence + "\n"});
  };
  refused({"prune"}, "--older-than is required; see crier prune --help");
  refused(
      {"prune", "--older-than", "2"},
      "--older-than: \"2\" is not a duration such as 200ms, 2s, 5m, 2h, 7d or 1h30m, of at most "
      "36500d");
}
