// SPDX-License-Identifier: MIT
#include <crier/admin/resync_request.hpp>

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
  const auto entry_of = [](const Outcome& outcome) {  // canaries take ids, too
    CHECK(outcome.code == 0);
    CHECK(outcome.err.empty());
    return outcome.out.substr(0, outcome.out.find('-'));
  };
  const Outcome one = database.run({"resync", "web-1", "--timeout", "1m"});
  const std::string first_id = entry_of(one);
  CHECK(one.out.ends_with("\nentry " + first_id + ": 1 node has it\n"));
  const std::string line = "{\"resync\":\"asked\",\"entry\":" + first_id + "}";
  CHECK(first.prints(line));
  CHECK(contents(given) == line + "\n");
  const Outcome all = database.run({"resync", "--all", "--timeout", "1m"});
  const std::string second_id = entry_of(all);
  CHECK(all.out.ends_with("\nentry " + second_id + ": 2 nodes have it\n"));
  CHECK(second.prints("{\"resync\":\"asked\",\"entry\":" + second_id + "}"));
  CHECK(second.out().find(line) == std::string::npos);
  CHECK(entry_of(database.run({"resync", "web-2", "--refresher", kProducts, "--timeout", "1m"})) !=
        second_id);
  CHECK(second.prints(kProducts + "\",\"type\":\"refresh_all\""));
  const std::string listed = database.run({"list", "--limit", "3"}).out;
  CHECK(listed.find("resync of web-1\n") != std::string::npos);
  CHECK(listed.find("resync of all nodes\n") != std::string::npos);
  CHECK(listed.find("resync of web-2: " + kProducts.substr(0, 8)) != std::string::npos);
  CHECK(eventually([&] {  // with the next beats
    return database.run({"events", "--kind", "resync", "--wide"}).out.find("asked for by ") !=
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
  for (const Guid& guid : {Guid(), kCanary, kResyncRequest}) {
    refused({"resync", "--all", "--refresher", guid.to_string()},
            "--refresher: no refresher can bear this GUID");
  }
  CHECK(database.run({"list", "--json"}).out.empty());
}

TEST_CASE("resync: a node that keeps its position does what was asked while it was away") {
  const Database database;
  const TempDir dir;
  const std::string given = (dir / "given").string();
  const std::vector<std::string> node{"node",      "--name", "web-1",          "--json",
                                      "--durable", "--exec", "cat >> " + given};
  {
    RunningTool first(node, database.url());
    REQUIRE(first.says("following"));
    REQUIRE(database.run({"send", "--refresher", kProducts, "--id", "1", "--force"}).code == 0);
    REQUIRE(database.run({"wait", "newest", "--timeout", "1m"}).code == 0);
    CHECK(first.stop().code == 0);
  }
  const Outcome away = database.run({"resync", "web-1"});
  CHECK(away.code == 3);
  const std::string before = contents(given);
  RunningTool second(node, database.url());
  const std::string line =
      "{\"resync\":\"asked\",\"entry\":" + away.out.substr(0, away.out.find('-')) + "}";
  CHECK(second.prints(line));
  CHECK(contents(given) == before + line + "\n");
}

TEST_CASE("resync: a refresher that other nodes have is none of this one") {
  const Database database;
  const auto store = open_store(database.url());
  const auto connection = store->connect(Access::create);
  for (const char* name : {"web-1", "web-2"}) {
    const NodeReport node = report_of(name, 0);
    beat(database, node);
    const std::vector<RefresherRecord> has{
        {name == std::string("web-1") ? Guid::parse(kProducts).value() : Guid::random(), "", name,
         node.incarnation}};
    connection->history().declare(node, has);
  }
  const Outcome refused =
      database.run({"resync", "web-2", "--refresher", kProducts, "--timeout", "1ms"});
  CHECK(refused.code == 2);
  CHECK(refused.err.find("node \"web-2\" does not have the refresher " + kProducts +
                         "; see crier refreshers\n") != std::string::npos);
  CHECK(database.run({"resync", "web-1", "--refresher", kProducts, "--timeout", "1ms"}).code == 3);
}

TEST_CASE("resync: a table that Umbraco's own servers read gets no request") {
  const Database database = Database::of_umbraco();
  CHECK(database.run({"resync", "--all"}).err.find("has no tables for nodes") != std::string::npos);
  CHECK(run_tool({"migrate"}, "", database.path()).code == 0);
  const Outcome refused = database.run({"resync", "--all"});
  CHECK(refused.code == 2);
  CHECK(refused.err.find("give crier send --all to each refresher") != std::string::npos);
  CHECK(database.run({"list", "--json"}).out.empty());
}

}  // namespace
}  // namespace crier::test
