// SPDX-License-Identifier: MIT
// How far behind a node is: in entries and in time, as it is known.
#include "cli/cluster.hpp"
#include "cli/status_text.hpp"
#include "support/eventually.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// The stamps of the entries from `first` on.
void stamp(const Database& database, std::int64_t first, std::chrono::seconds age) {
  run_sql(database.path(),
          "UPDATE crierCacheInstruction SET utcStamp = "
          "strftime('%Y-%m-%d %H:%M:%f', 'now', '-" +
              std::to_string(age.count()) + " seconds') WHERE id >= " + std::to_string(first));
}

TEST_CASE("a live node that lags beyond the limit is a problem") {
  const Healthy healthy;
  NodeReport second = report_of("web-2", 8);
  second.last_error = "disk full";
  beat(healthy.database, second);
  stamp(healthy.database, 9, 0s);
  CHECK(healthy.status().code == 0);
  CHECK(healthy.status({"--max-lag", "4"}).code == 0);
  const Outcome outcome = healthy.status({"--max-lag", "3"});
  CHECK(outcome.code == 3);
  CHECK(outcome.out.starts_with(first_line(healthy.database, "1 of 2 nodes are fresh")));
  CHECK(outcome.out.find("\nproblem node-lags: node web-2 (vm-1, pid 17) lags: it is 4 entries "
                         "behind, and the limit is 3; its last error was ") != std::string::npos);
  goodbye(healthy.database, second);
  CHECK(healthy.status({"--max-lag", "3"}).code == 0);
}

TEST_CASE("a live node that is behind for longer than the limit is a problem, however little") {
  const Healthy healthy;
  beat(healthy.database, report_of("web-2", 11));
  stamp(healthy.database, 12, 63s);
  const Outcome outcome = healthy.status();
  CHECK(outcome.code == 3);
  CHECK(outcome.out.find("\nproblem node-behind: node web-2 (vm-1, pid 17) is behind: the first of "
                         "1 entry that it has not handled is 1 m ") != std::string::npos);
  CHECK(outcome.out.find(" s old, and the limit is 10s\n") != std::string::npos);
  CHECK(healthy.status({"--max-behind", "2m"}).code == 0);
  CHECK(healthy.status({"--json"}).out.find("\"code\":\"node-behind\",\"node\":\"web-2\"") !=
        std::string::npos);
}

TEST_CASE("an entry whose stamp says nothing does not tell how long a node is behind") {
  const Healthy healthy;
  beat(healthy.database, report_of("web-2", 11));
  for (const std::string text : {"", "soon", "2026-13-01 10:00:00", "9999-01-01 10:00:00"}) {
    run_sql(healthy.database.path(),
            "UPDATE crierCacheInstruction SET utcStamp = '" + text + "' WHERE id = 12");
    CAPTURE(text);
    CHECK(healthy.status().code == 0);
  }
}

TEST_CASE("a node that seems to be behind is asked where it stands") {
  const Database database;
  put_old(database, 3);
  RunningTool node({"node", "--name", "web-1"}, database.url());
  REQUIRE(node.says("from entry 3"));
  // By its last beat it has handled nothing for an hour; it beats once in 5 s.
  run_sql(database.path(), "UPDATE crierNode SET position = 1, beatMs = beatMs");
  CHECK(eventually([&] { return database.run({"status"}).code == 0; }));  // it answers in a second
  CHECK(query(database.path(), "SELECT position FROM crierNode") == "3");
}

TEST_CASE("if nobody could be asked, what is younger than a node's last beat does not count") {
  const Healthy healthy;
  NodeReport second = report_of("web-2", 8);
  beat(healthy.database, second);
  pass(healthy.database, 20s);
  stamp(healthy.database, 9, 19s);
  run_sql(healthy.database.path(), "PRAGMA wal_checkpoint(TRUNCATE)");
  const auto read_only = [&](const Args& args) {
    run_sql(healthy.database.path(),
            "CREATE TRIGGER IF NOT EXISTS refuses BEFORE INSERT ON crierWait "
            "BEGIN SELECT raise(ABORT, 'no'); END");
    return healthy.status(args);
  };
  CHECK(read_only({"--max-lag", "3"}).code == 0);
  stamp(healthy.database, 9, 45s);
  const Outcome outcome = read_only({"--max-lag", "3"});
  CHECK(has_problem(outcome, "node-lags"));
  CHECK(outcome.out.find(" has not handled is 2") != std::string::npos);  // as of its last beat
}

}  // namespace
}  // namespace crier::test
