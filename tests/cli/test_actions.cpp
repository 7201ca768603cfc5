// SPDX-License-Identifier: MIT
// That what somebody does by hand stands in the history.
#include "cli/cluster.hpp"
#include "user.hpp"

#include <doctest/doctest.h>

#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// What the history has of the newest action.
std::string newest_action(const Database& database) {
  return query(
      database.path(),
      "SELECT kind || ' ' || node || ' ' || detail FROM crierEvent ORDER BY id DESC LIMIT 1");
}

std::string by_hand(const std::string& node, const std::string& what) {
  return "action " + node + " " + cli::user_at_host() + ", with crier: " + what;
}

TEST_CASE("the history tells what was pruned, forgotten and repaired by hand") {
  const Database database;
  put_old(database, 12);
  REQUIRE(database.run({"prune", "--older-than", "1d", "--dry-run"}).code == 0);
  CHECK(newest_action(database).starts_with("migration "));
  REQUIRE(database.run({"prune", "--older-than", "1d"}).code == 0);
  CHECK(newest_action(database) ==
        by_hand("", "deleted 11 entries, through entry 11 (older than 1d)"));
  beat(database, report_of("web-1", 12));
  pass(database, 4h);
  REQUIRE(database.run({"nodes", "--forget", "web-1"}).code == 0);
  const std::string forgotten = by_hand("web-1", "forgot what was remembered of the node");
  CHECK(newest_action(database) == forgotten);
  CHECK(database.run({"nodes", "--forget", "web-1"}).code == 3);
  run_sql(database.path(), "DROP INDEX " + query(database.path(),
                                                 "SELECT name FROM sqlite_schema WHERE type = "
                                                 "'index' AND sql IS NOT NULL LIMIT 1"));
  REQUIRE(database.run({"migrate", "--repair", "--dry-run"}).code == 0);
  CHECK(newest_action(database) == forgotten);
  REQUIRE(database.run({"migrate", "--repair"}).code == 0);
  CHECK(newest_action(database).starts_with(by_hand("", "repaired: ")));
}

TEST_CASE("the history tells what was retried, dismissed, replayed and refreshed by hand") {
  const Healthy healthy;
  const Database& database = healthy.database;
  FailureRecord failure;
  failure.node = "web-1";
  failure.refresher = Guid::parse(kProducts).value();
  failure.json_instruction = ids_of(kProducts, "[7]");
  quarantine(database, {failure, failure});
  REQUIRE(database.run({"failures", "--retry", "1"}).code == 0);
  CHECK(newest_action(database) == by_hand("web-1", "retried failure 1 by entry 13"));
  REQUIRE(database.run({"failures", "--dismiss", "2"}).code == 0);
  CHECK(newest_action(database) == by_hand("web-1", "dismissed failure 2"));
  REQUIRE(database.run({"replay", "13"}).code == 0);
  CHECK(newest_action(database) == by_hand("", "replayed 13, up to entry 14"));
  CHECK(database.run({"resync", "web-1", "--timeout", "1ms"}).code == 3);
  CHECK(newest_action(database) == by_hand("web-1", "asked it to refresh everything, by entry 15"));
}

}  // namespace
}  // namespace crier::test
