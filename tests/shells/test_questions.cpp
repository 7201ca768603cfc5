// SPDX-License-Identifier: MIT
// What the tool asks at a terminal before something goes that may still be wanted.
#include "cli/cluster.hpp"
#include "shells/pseudo_terminal.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

namespace crier::test {
namespace {

TEST_CASE("prune asks at a terminal before young entries go") {
  const Database database;
  put_old(database, 4);
  run_sql(database.path(),
          "UPDATE crierCacheInstruction SET utcStamp = strftime('%Y-%m-%d %H:%M:%f', 'now', "
          "'-1 hour') WHERE id > 1");
  const std::string question =
      "crier: 2 entries that would go are younger than 2d, for which nodes keep them by default; "
      "delete all 3? [y/N]";
  const auto prune = [&](const Args& args, std::size_t columns = 200) {
    Args command{"crier", "prune", "--older-than", "10m"};
    command.insert(command.end(), args.begin(), args.end());
    return std::make_unique<PseudoTerminal>(command, database.path(), Args(), 24, columns);
  };
  SUBCASE("and deletes nothing unless the answer is yes") {
    for (const std::string answer : {"\n", "n\n", "what?\n", "\x04"}) {
      CAPTURE(answer);
      const auto terminal = prune({});
      REQUIRE(terminal->shows(question));
      terminal->type(answer);
      CHECK(terminal->wait() == 3);
      CHECK(terminal->text().find("crier: nothing was deleted") != std::string::npos);
      CHECK(database.rows() == "4");
    }
    const auto terminal = prune({});
    REQUIRE(terminal->shows(question));
    terminal->type("y\n");
    CHECK(terminal->wait() == 0);
    CHECK(database.rows() == "1");
  }
  SUBCASE("and ends by Ctrl-C, with nothing done") {
    const auto terminal = prune({});
    REQUIRE(terminal->shows(question));
    terminal->type("\x03");
    CHECK(terminal->wait() == 130);
    CHECK(database.rows() == "4");
  }
  SUBCASE("unless it is told not to") { CHECK(prune({"--yes"})->wait() == 0); }
  SUBCASE("not for a dry run") { CHECK(prune({"--dry-run"})->wait() == 0); }
  SUBCASE("not if only old ones would go") {
    PseudoTerminal terminal({"crier", "prune", "--older-than", "2d"}, database.path());
    CHECK(terminal.wait() == 0);
    CHECK(database.rows() == "3");
    PseudoTerminal none({"crier", "prune", "--older-than", "2h"}, database.path());
    CHECK(none.wait() == 0);
  }
  SUBCASE("and no script") { CHECK(database.run({"prune", "--older-than", "10m"}).code == 0); }
}

TEST_CASE("cache clear asks at a terminal before values go that can be read") {
  const Database database;
  for (const std::string key : {"a", "b"}) {
    CHECK(database.run({"cache", "set", key, "--value", "1"}).code == 0);
  }
  const auto entries = [&] {
    return query(database.path(), "SELECT count(*) FROM crierCache WHERE key <> ''");
  };
  PseudoTerminal no({"crier", "cache", "clear"}, database.path());
  REQUIRE(no.shows("crier: remove 2 entries, which can still be read? [y/N]"));
  no.type("n\n");
  CHECK(no.wait() == 3);
  CHECK(entries() == "2");
  PseudoTerminal yes({"crier", "cache", "clear", "--prefix", "b"}, database.path());
  REQUIRE(
      yes.shows("crier: remove 1 entry that begins with \"b\", which can still be read? [y/N]"));
  yes.type("y\n");
  CHECK(yes.wait() == 0);
  CHECK(entries() == "1");
  PseudoTerminal told({"crier", "cache", "clear", "--yes"}, database.path());
  CHECK(told.wait() == 0);
  CHECK(entries() == "0");
  PseudoTerminal empty({"crier", "cache", "clear"}, database.path());
  CHECK(empty.wait() == 0);
}

}  // namespace
}  // namespace crier::test
