// SPDX-License-Identifier: MIT
#include "cli/cluster.hpp"
#include "support/contents.hpp"
#include "support/eventually.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace crier::test {
namespace {

TEST_CASE("resync: the nodes that are asked refresh everything, the others nothing") {
  const Database database;
  const TempDir dir;
  const std::string given = (dir / "given").string();
  RunningTool first({"node", "--name", "web-1", "--json", "--exec", "cat >> " + given},
                    database.url());
  RunningTool second({"node", "--name", "web-2", "--json"}, database.url());
  REQUIRE(first.says("following"));
  REQUIRE(second.says("following"));
  const Outcome one = database.run({"resync", "web-1", "--timeout", "1m"});
  CHECK(one.code == 0);
  CHECK(one.out.starts_with("1-"));
  CHECK(one.out.ends_with("\nentry 1: 1 node has it\n"));
  CHECK(one.err.empty());
  CHECK(first.prints(R"({"resync":"asked","entry":1})"));
  CHECK(contents(given) == "{\"resync\":\"asked\",\"entry\":1}\n");
  CHECK(database.run({"resync", "--all", "--timeout", "1m"})
            .out.ends_with("\nentry 2: 2 nodes have it\n"));
  CHECK(second.prints(R"({"resync":"asked","entry":2})"));
  CHECK(second.out().find(R"("entry":1})") == std::string::npos);
  CHECK(database.run({"list"}).out.find("resync of web-1\n") != std::string::npos);
  CHECK(database.run({"list"}).out.find("resync of all nodes\n") != std::string::npos);
  CHECK(eventually([&] {  // with the next beats
    return database.run({"events", "--kind", "resync"}).out.find("asked for by ") !=
           std::string::npos;
  }));
}

TEST_CASE("resync: a node that is away is asked all the same, and who waits is told") {
  const Database database;
  const NodeReport node = report_of("web-1", 0);
  beat(database, node);
  goodbye(database, node);
  const Outcome away = database.run({"resync", "web-1"});
  CHECK(away.code == 3);
  CHECK(away.out.starts_with("1-"));
  CHECK(away.err.find("node web-1 (vm-1, pid 17) is stopped, at entry 0") != std::string::npos);
  CHECK(database.run({"resync", "--all"}).err ==
        "crier: no node is live: there is nobody to wait for\n");
}

TEST_CASE("resync: what is wrong is said before anything is written") {
  const Database database;
  beat(database, report_of("web-1", 0));
  const auto refused = [&](const std::vector<std::string>& arguments, const std::string& why) {
    const Outcome outcome = database.run(arguments);
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    CHECK_MESSAGE(outcome.err.find(why) != std::string::npos, outcome.err);
  };
  refused({"resync"}, "give the name of a node, or --all");
  refused({"resync", "web-1", "--all"}, "give the name of a node, or --all");
  refused({"resync", ""}, "the node's name is empty");
  refused({"resync", "web-2"},
          "no node of the name \"web-2\" is remembered; did you mean \"web-1\"?");
  refused({"resync", "quite-another"}, "is remembered; see crier nodes");
  refused({"resync", "web-1", "--timeout", "soon"}, "--timeout");
  refused({"resync", "web-1", "--refresher", "Nobody"}, "--refresher");
  CHECK(database.run({"list", "--json"}).out.empty());
}

}  // namespace
}  // namespace crier::test
