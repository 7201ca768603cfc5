// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "cli/cluster.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <sstream>
#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// A line for the first `count`, which are more than one.
std::string deleted(int count) {
  const std::string number = std::to_string(count);
  return "deleted " + number + " entries, through entry " + number + "\n";
}

// After the entry at which a node that holds back pruning stands.
const std::string kLive =
    ", and what it has not handled stays; it is live, and its last beat was 1 h 0 m ago\n";

// The node says goodbye, and its position is kept.
void leave(const Database& database, NodeReport node) {
  node.durable = true;
  beat(database, node);
  const auto store = open_store(database.url());
  store->connect(Access::read_write)->nodes().save_position(node, {node.position, {}}, false);
  goodbye(database, node);
}

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
  pass(database, 1h);
  CHECK(database.run({"prune", "--older-than", "2d", "--json"}) ==
        Outcome{0, "{\"rows\":7,\"through\":7,\"heldBy\":\"web-1\"}\n",
                "crier: node web-1 (vm-1, pid 17) stands at entry 8" + kLive});
  const Database empty;
  CHECK(empty.run({"prune", "--older-than", "2d", "--json"}) ==
        Outcome{0, "{\"rows\":0,\"through\":null,\"heldBy\":null}\n", ""});
}

TEST_CASE("prune does not pass a live node, and names it") {
  const Database database;
  put_old(database, 12);
  beat(database, report_of("web-1", 2));
  pass(database, 1h);
  const std::string held = "crier: node web-1 (vm-1, pid 17) stands at entry 2" + kLive;
  CHECK(database.run({"prune", "--older-than", "2d"}) ==
        Outcome{0, "deleted 1 entry, through entry 1\n", held});
  pass(database, 4h);  // it is stale now
  CHECK(database.run({"prune", "--older-than", "2d"}) ==
        Outcome{0, "deleted 10 entries, through entry 11\n", ""});
}

TEST_CASE(
    "prune passes no kept position, however long ago it was seen, and says what releases it") {
  const Database database;
  put_old(database, 12);
  leave(database, report_of("web-1", 4));
  pass(database, std::chrono::hours(24 * 3000));
  const std::string held =
      "crier: node web-1 (vm-1, pid 17) stands at entry 4, and what it has not handled stays; it "
      "is stopped, and its last beat was 3000 d 0 h ago; if it is gone for good, crier nodes "
      "--forget web-1 releases it\n";
  CHECK(database.run({"prune", "--older-than", "2d", "--dry-run"}) ==
        Outcome{0, "would delete 3 entries, through entry 3\n", held});
  CHECK(database.run({"prune", "--older-than", "2d"}) == Outcome{0, deleted(3), held});
  CHECK(database.run({"nodes", "--forget", "web-1"}).code == 0);
  CHECK(database.run({"prune", "--older-than", "2d"}) ==
        Outcome{0, "deleted 8 entries, through entry 11\n", ""});
}

TEST_CASE("prune names the one that holds it back, of those of a name") {
  const Database database;
  put_old(database, 12);
  const auto held_at = [&] {
    const std::string err = database.run({"prune", "--older-than", "2d", "--dry-run"}).err;
    const std::size_t begin = err.find("pid ");
    return begin == err.npos ? err : err.substr(begin, err.find(',', begin) - begin);
  };
  const auto node = [](std::int64_t pid, std::int64_t position) {
    NodeReport report = report_of("web-1", position);
    report.pid = pid;
    return report;
  };
  leave(database, node(1, 2));  // its position is the next one's
  pass(database, 4h);
  leave(database, node(2, 6));
  CHECK(held_at() == "pid 2) stands at entry 6");
  pass(database, 1h);
  beat(database, node(3, 9));
  CHECK(held_at() == "pid 2) stands at entry 6");
  pass(database, 1h);
  beat(database, node(4, 3));
  CHECK(held_at() == "pid 4) stands at entry 3");
}

TEST_CASE("prune says whose position is kept where the node was forgotten") {
  const Database database;
  put_old(database, 12);
  leave(database, report_of("web 1", 4));
  run_sql(database.path(), "DELETE FROM crierNode");
  CHECK(
      database.run({"prune", "--older-than", "2d"}) ==
      Outcome{0, deleted(3),
              "crier: a position is kept under the name \"web 1\", and what comes after it stays; "
              "if its node is gone for good, crier nodes --forget 'web 1' releases it\n"});
}

TEST_CASE("prune works in chunks, and so does a dry run, which deletes nothing") {
  const Database database;
  put_old(database, 2500);
  beat(database, report_of("web-1", 2401));
  pass(database, 1h);
  const std::string held = "crier: node web-1 (vm-1, pid 17) stands at entry 2401" + kLive;
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
  // A chunk is a thousand entries, or less where the machine is busy.
  const int left = std::stoi(database.rows());
  CHECK(left >= 1500);
  CHECK(left < 2500);
  CHECK(out.str() == deleted(2500 - left));
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
  const int left = std::stoi(database.rows());
  CHECK(left >= 1500);
  CHECK(left < 2500);
  CHECK(outcome.out == deleted(2500 - left));
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

}  // namespace
}  // namespace crier::test
