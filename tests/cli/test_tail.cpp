// SPDX-License-Identifier: MIT
#include "cli/database.hpp"
#include "support/eventually.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <string>

namespace crier::test {
namespace {

std::string line(std::int64_t id) {
  return std::to_string(id) + "       11-21 10:00:0" + std::to_string(id) +
         "  web-1/shop [P…  7c9e6679… refresh_all\n";
}

TEST_CASE("tail prints what stands after an entry, and what comes") {
  const Database database;
  database.put(1, all_of(kProducts));
  database.put(2, all_of(kProducts));
  RunningTool tail({"tail", "--after", "1"}, database.url());
  CHECK(tail.prints(line(2)));
  database.put(3, all_of(kProducts));
  CHECK(tail.prints(line(3)));
  CHECK(tail.stop() == Outcome{0, line(2) + line(3), ""});
}

TEST_CASE("tail --from-start begins with the oldest entry, wherever the log begins") {
  const Database database;
  database.put(5, all_of(kProducts));
  RunningTool tail({"tail", "--from-start"}, database.url());
  CHECK(tail.prints(line(5)));
  database.put(6, all_of(kProducts));
  CHECK(tail.prints(line(6)));
  CHECK(tail.stop() == Outcome{0, line(5) + line(6), ""});
}

TEST_CASE("tail begins with what comes next") {
  const Database database;
  database.put(1, all_of(kProducts));
  RunningTool tail({"tail"}, database.url());
  std::int64_t id = 1;
  REQUIRE(eventually([&] {
    database.put(++id, all_of(kProducts));
    return !tail.out().empty();
  }));
  const Outcome outcome = tail.stop();
  CHECK(outcome.code == 0);
  CHECK_FALSE(outcome.out.starts_with("1 "));
  CHECK(outcome.out.find(" refresh_all\n") != std::string::npos);
  CHECK(outcome.err.empty());
}

TEST_CASE("tail on an empty log waits for the first entry") {
  const Database database;
  RunningTool tail({"tail", "--json", "--from-start"}, database.url());
  database.put(1, all_of(kProducts));
  CHECK(tail.prints("{\"id\":1,"));
  CHECK(tail.stop().err.empty());
}

TEST_CASE("tail after an entry that is not there yet says so, and waits") {
  const Database database;
  database.put(1, all_of(kProducts));
  RunningTool tail({"tail", "--after", "2"}, database.url());
  CHECK(tail.says("crier: no entry 2: the log holds 1 to 1\n"));
  database.put(2, all_of(kProducts));
  database.put(3, all_of(kProducts));
  CHECK(tail.prints(line(3)));
  CHECK(tail.stop().out == line(3));
}

TEST_CASE("tail names a hole, and goes on") {
  const Database database;
  database.put(1, all_of(kProducts));
  RunningTool tail({"tail", "--from-start"}, database.url());
  CHECK(tail.prints(line(1)));
  database.put(5, all_of(kProducts));
  CHECK(tail.prints(line(5)));
  CHECK(tail.stop().err == "crier: a hole: after entry 1 comes entry 5\n");
}

TEST_CASE("tail notices that the log was replaced, and goes on from the newest") {
  const Database database;
  database.put(1, all_of(kProducts));
  database.put(2, all_of(kProducts));
  RunningTool tail({"tail", "--from-start"}, database.url());
  CHECK(tail.prints(line(2)));

  SUBCASE("by one in which its entry is another") {
    run_sql(database.path(), "UPDATE crierCacheInstruction SET originated = 'other' WHERE id = 2");
    CHECK(
        tail.says("crier: entry 2 is another one now: the log was replaced or pruned; going on "
                  "after entry 2\n"));
    database.put(3, all_of(kProducts));
    CHECK(tail.prints(line(3)));
    CHECK(tail.stop().out == line(1) + line(2) + line(3));
  }
  SUBCASE("by one that is shorter") {
    database.drop(2);
    CHECK(
        tail.says("crier: entry 2 is gone: the log was replaced or pruned; going on after entry "
                  "1\n"));
    tail.stop();
  }
  SUBCASE("by one that is empty") {
    run_sql(database.path(), "DELETE FROM crierCacheInstruction");
    CHECK(tail.says("going on after entry 0\n"));
    database.put(1, all_of(kProducts));
    CHECK(eventually([&] { return tail.out() == line(1) + line(2) + line(1); }));
    tail.stop();
  }
}

TEST_CASE("tail says once that it can't read, and reads again when it can") {
  const Database database;
  database.put(1, all_of(kProducts));
  RunningTool tail({"tail", "--from-start"}, database.url());
  CHECK(tail.prints(line(1)));
  run_sql(database.path(), "ALTER TABLE crierCacheInstruction RENAME TO elsewhere");
  CHECK(tail.says("crier: "));
  const auto said_twice = [&] { return tail.err().find("crier: ", 1) != std::string::npos; };
  CHECK_FALSE(eventually(said_twice, std::chrono::milliseconds(400)));
  run_sql(database.path(), "ALTER TABLE elsewhere RENAME TO crierCacheInstruction");
  CHECK(tail.says("crier: reading again\n"));
  database.put(2, all_of(kProducts));
  CHECK(tail.prints(line(2)));
  const Outcome outcome = tail.stop();
  CHECK(outcome.code == 0);
  CHECK(outcome.out == line(1) + line(2));
}

TEST_CASE("tail follows a database whose file is replaced") {
  const Database database, other;
  database.put(1, all_of(kProducts));
  RunningTool tail({"tail", "--from-start"}, database.url());
  CHECK(tail.prints(line(1)));
  other.put(7, all_of(kProducts));
  run_sql(other.path(), "PRAGMA wal_checkpoint(TRUNCATE)");
  std::filesystem::rename(other.path(), database.path());
  CHECK(tail.says("crier: reading again\n"));
  CHECK(tail.says("going on after entry 7\n"));
  tail.stop();
}

TEST_CASE("a malformed tail is a usage error") {
  const Database database;
  CHECK(database.run({"tail", "--after", "1", "--from-start"}) ==
        Outcome{2, "", "crier: give --after or --from-start, not both\n"});
  CHECK(
      database.run({"tail", "--after", "-1"}) ==
      Outcome{2, "", "crier: --after: \"-1\" is not the id of an entry, a whole number from 0\n"});
}

}  // namespace
}  // namespace crier::test
