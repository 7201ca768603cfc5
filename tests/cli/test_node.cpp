// SPDX-License-Identifier: MIT
#include "cli/database.hpp"
#include "support/contents.hpp"
#include "support/eventually.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

namespace crier::test {
namespace {

std::string following(const Database& database, const std::string& entry) {
  return "crier: node web-1: following sqlite:" + database.url() + " from entry " + entry + "\n";
}

std::string applied(std::int64_t entry, const std::string& rest) {
  return "{\"entry\":" + std::to_string(entry) + ",\"refresher\":\"" + kProducts +
         "\",\"type\":" + rest + ",\"originated\":\"" + kOrigin + "\"}\n";
}

TEST_CASE("a node prints each instruction that comes after its start") {
  const Database database;
  database.put(1, all_of(kProducts));
  RunningTool node({"node", "--name", "web-1"}, database.url());
  REQUIRE(node.says(following(database, "1")));
  database.put(2, ids_of(kProducts, "[1,2]"));
  database.put(3, all_of(kOrders));
  CHECK(node.prints(kOrders));
  const Outcome outcome = node.stop();
  CHECK(outcome.code == 0);
  CHECK(outcome.out == "2  " + kProducts + " refresh_by_ids 1,2  web-1/shop [P42/D1]\n3  " +
                           kOrders + " refresh_all  web-1/shop [P42/D1]\n");
  CHECK(outcome.err.ends_with(following(database, "1")));
}

TEST_CASE("a node prints JSON") {
  const Database database;
  RunningTool node({"node", "--name", "web-1", "--json"}, database.url());
  REQUIRE(node.says("following"));
  database.put(1, ids_of(kProducts, "[1,2]"));
  CHECK(node.prints(applied(1, "\"refresh_by_ids\",\"ids\":[1,2]")));
  node.stop();
}

TEST_CASE("a durable node goes on where the one before it under its name ended") {
  const Database database;
  const Args durable{"node", "--name", "web-1", "--durable", "--json"};
  database.put(1, all_of(kProducts));
  const auto start = [&](const std::string& entry) {
    auto node = std::make_unique<RunningTool>(durable, database.url());
    REQUIRE(node->says("from entry " + entry));
    return node;
  };
  SUBCASE("and takes what came while it was away") {
    auto node = start("1");
    CHECK(node->stop().out == "{\"resync\":\"first_start\",\"entry\":1}\n");
    database.put(2, ids_of(kProducts, "[1]"));
    node = start("");  // 1, or 2 where it is quick
    CHECK(node->prints(applied(2, "\"refresh_by_ids\",\"ids\":[1]")));
    node->stop();
    CHECK(start("2")->stop().out.empty());
  }
  SUBCASE("which one that is not durable does not") {
    start("1\n")->stop();
    database.put(2, all_of(kProducts));
    RunningTool node({"node", "--name", "web-1"}, database.url());
    CHECK(node.says("from entry 2\n"));
    CHECK(node.stop().out.empty());
  }
}

TEST_CASE("a node takes every instruction, however many are waiting") {
  const Database database;
  RunningTool node({"node", "--name", "web-1", "--json"}, database.url());
  REQUIRE(node.says("following"));
  database.put(1, all_of(kProducts), kOrigin, 1'000'000);
  CHECK(node.prints(applied(1, "\"refresh_all\"")));
  CHECK(node.stop().out.find("resync") == std::string::npos);
}

TEST_CASE("--exec runs a command for each instruction, with its JSON on standard input") {
  const Database database;
  const std::string got = database.folder() / "got.jsonl";
  RunningTool node({"node", "--name", "web-1", "--exec", "cat >> '" + got + "'"}, database.url());
  REQUIRE(node.says("following"));
  database.put(1, ids_of(kProducts, "[1]"));
  database.put(2, all_of(kProducts));
  CHECK(node.prints("2  " + kProducts + " refresh_all"));
  CHECK(contents(got) ==
        applied(1, "\"refresh_by_ids\",\"ids\":[1]") + applied(2, "\"refresh_all\""));
  node.stop();
}

TEST_CASE("a command that fails is run again, given up, and run for a refresh of everything") {
  const Database database;
  const std::string command = "grep -q refresh_all # s3cr3t";
  RunningTool node({"node", "--name", "web-1", "--exec", command}, database.url());
  REQUIRE(node.says(following(database, "0")));
  database.put(1, ids_of(kProducts, "[1]"));
  database.put(2, all_of(kOrders));  // goes on meanwhile
  CHECK(node.prints("2  " + kOrders + " refresh_all"));
  CHECK(node.prints("1  " + kProducts + " refresh_all"));
  CHECK(eventually([&] { return !database.run({"failures"}).out.empty(); }));
  // Others read these.
  for (const Args& looks : {Args{"failures"}, Args{"failures", "--json"}, Args{"nodes"},
                            Args{"nodes", "--json"}, Args{"status"}}) {
    CHECK(database.run(looks).out.find("s3cr3t") == std::string::npos);
  }
  CHECK(query(database.path(), "SELECT group_concat(error) FROM crierFailure") ==
        "the command given to --exec failed with exit status 1");
  CHECK(query(database.path(), "SELECT group_concat(lastError) FROM crierNode").find("s3cr3t") ==
        std::string::npos);
  const Outcome outcome = node.stop();
  CHECK(outcome.code == 0);
  CHECK(outcome.out.find("refresh_by_ids") == std::string::npos);
  const std::string failed = "the command given to --exec failed with exit status 1";
  CHECK(outcome.err.find("crier: " + failed + ": " + command + "\n") != std::string::npos);
  const std::string said = "crier: entry 1: refresher " + kProducts + " (fallback): " + failed;
  CHECK(outcome.err.find(said + " (it is tried again)\n") != std::string::npos);
  CHECK(outcome.err.find(said + "\n") != std::string::npos);
  CHECK(database.run({"failures", "--json"})
            .out.find("\"entry\":1,\"index\":0,\"originated\":\"" + kOrigin) != std::string::npos);
}

TEST_CASE("a command that hangs does not keep a node from ending") {
  const Database database;
  const std::string got = database.folder() / "got";
  RunningTool node({"node", "--name", "web-1", "--exec", "cat > '" + got + "'; sleep 1000"},
                   database.url());
  REQUIRE(node.says("following"));
  database.put(1, all_of(kProducts));
  REQUIRE(eventually([&] { return !contents(got).empty(); }));
  const Outcome outcome = node.stop();
  CHECK(outcome.code == 0);
  CHECK(outcome.out.empty());
}

TEST_CASE("a node that may only read leaves no trace") {
  const Database database;
  RunningTool node({"node", "--name", "web-1", "--read-only"}, database.url());
  REQUIRE(node.says("following"));
  database.put(1, all_of(kProducts));
  CHECK(node.prints("1  " + kProducts));
  CHECK(database.run({"nodes"}) == Outcome{0, "", "crier: no node is remembered\n"});
  CHECK(node.stop().code == 0);
  CHECK(database.run({"node", "--name", "web-1", "--read-only", "--durable"}) ==
        Outcome{2, "",
                "crier: give --durable or --read-only, not both: the place is kept in the "
                "database\n"});
}

TEST_CASE("a node that has to start over prints the resync, and runs the command for it") {
  const Database database;
  database.put(1, all_of(kProducts));
  const std::string got = database.folder() / "got.jsonl";
  const auto start_over = [&] {
    run_sql(database.path(), "UPDATE crierCacheInstruction SET originated = 'other' WHERE id = 1");
  };
  SUBCASE("as text") {
    RunningTool node({"node", "--name", "web-1"}, database.url());
    REQUIRE(node.says("following"));
    start_over();
    CHECK(node.prints("1  resync anchor_changed  "));
    node.stop();
  }
  SUBCASE("as JSON") {
    RunningTool node({"node", "--name", "web-1", "--json", "--exec", "cat >> '" + got + "'"},
                     database.url());
    REQUIRE(node.says("following"));
    start_over();
    const std::string resync = "{\"resync\":\"anchor_changed\",\"entry\":1}\n";
    CHECK(node.prints(resync));
    CHECK(contents(got) == resync);
    CHECK(node.stop().out == resync);
  }
  SUBCASE("and not printed where the command fails") {
    RunningTool node({"node", "--name", "web-1", "--exec", "exit 3"}, database.url());
    REQUIRE(node.says("following"));
    start_over();
    CHECK(node.says("the command given to --exec failed with exit status 3: exit 3"));
    CHECK(node.stop().out.empty());
  }
}

TEST_CASE("a node refuses to start where it can't run") {
  CHECK(run_tool({"node", "--name", "web-1"}, "", "/no/such/folder/x.db").code == 1);
  const Database database;
  CHECK(database.run({"node", "--name", ""}) ==
        Outcome{2, "", "crier: --name: the node's name is empty\n"});
  CHECK(database.run({"node", "--name", "web-1", "--exec", ""}) ==
        Outcome{2, "", "crier: --exec: the command is empty\n"});
  CHECK(database.run({"node", "--name", "two\nlines"}) ==
        Outcome{2, "", "crier: --name holds a control character\n"});
  CHECK(database.run({"node", "--name", std::string(256, 'n')}) ==
        Outcome{2, "", "crier: --name is 256 bytes long: 255 at most\n"});
}

TEST_CASE("a node whose standard output fails ends") {
  class FullDisk final : public std::streambuf {};
  const Database database;
  std::istringstream in;
  FullDisk full_disk;
  std::ostream out(&full_disk);
  SharedText err_text;
  std::ostream err(&err_text);
  crier::cli::Interrupt interrupt;
  int code = -1;
  const Args args{"node", "--name", "web-1"};
  std::thread node([&] {
    code = crier::cli::run(args, {in, out, err}, {database.url(), false, false}, interrupt);
  });
  CHECK(eventually([&] { return err_text.text().find("following") != std::string::npos; }));
  database.put(1, all_of(kProducts));
  node.join();
  CHECK(code == 1);
  CHECK(
      err_text.text().ends_with("crier: can't write to standard output: nobody reads it any more, "
                                "or there is no room where it leads\n"));
}

}  // namespace
}  // namespace crier::test
