// SPDX-License-Identifier: MIT
// What the scripts of completion ask the tool for.
#include "cli/cluster.hpp"

#include <doctest/doctest.h>

#include <string>
#include <sys/time.h>

namespace crier::test {
namespace {

TEST_CASE("names are printed one a line, whatever stands in them") {
  const Database database;
  declare(database, report_of("web 1"),
          {{kProducts, "It's $(here)"}, {kOrders, "Orders"}, {"", "fallback"}});
  beat(database, report_of("web-2"));
  CHECK(database.run({"known-names", "refreshers"}) == Outcome{0, "It's $(here)\nOrders\n", ""});
  CHECK(database.run({"known-names", "nodes"}) == Outcome{0, "web 1\nweb-2\n", ""});
}

TEST_CASE("the time that a look may take ends with it") {
  const Database database;
  CHECK(database.run({"known-names", "nodes"}).code == 0);
  itimerval timer;
  REQUIRE(getitimer(ITIMER_REAL, &timer) == 0);
  CHECK(timer.it_value.tv_sec == 0);
  CHECK(timer.it_value.tv_usec == 0);
}

TEST_CASE("a name that a terminal acts upon, or with the end of a line, is not offered") {
  const Database database;
  declare(database, report_of("web\n1"), {{kProducts, "Products\nOrders"}, {kOrders, "a\x1b[2J"}});
  CHECK(database.run({"known-names", "refreshers"}) == Outcome{0, "", ""});
  CHECK(database.run({"known-names", "nodes"}) == Outcome{0, "", ""});
}

TEST_CASE("refreshers that share a name are offered by their GUIDs") {
  const Database database;
  declare(database, report_of("web-1"), {{kProducts, "Products"}, {kOrders, "products"}});
  CHECK(database.run({"known-names", "refreshers"}).out == kOrders + '\n' + kProducts + '\n');
}

TEST_CASE("names that can't be read are none, without a word") {
  const Outcome none{4, "", ""};
  CHECK(run_tool({"known-names", "nodes"}) == none);
  CHECK(run_tool({"known-names", "nodes"}, "", "no-such-file.db") == none);
  CHECK(run_tool({"known-names", "nodes"}, "", "mysql://host/db") == none);
  const Database database;
  run_sql(database.path(), "DROP TABLE crierRefresher");
  CHECK(database.run({"known-names", "refreshers"}) == none);
  CHECK(database.run({"known-names", "caches"}).code == 2);
}

}  // namespace
}  // namespace crier::test
