// SPDX-License-Identifier: MIT
// The server ends, in whatever way, while nodes run and one of them publishes all the while.
#include "fault/postgres_crew.hpp"
#include "support/entries.hpp"
#include "support/files.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>

namespace crier::test {
namespace {

struct Tool {
  int code;
  std::string said;
};

Tool run_tool(const PostgresServer& server, std::vector<std::string> words) {
  const TempDir dir;
  words.insert(words.begin(), {built_program("cli/crier"), "--store", server.url()});
  Child child(dir.path(), "tool", words);
  const int code = child.wait();
  std::string said;
  for (const auto& lines : {child.out(), child.err()}) {
    for (const std::string& line : lines) {
      said += line + "\n";
    }
  }
  return {code, said};
}

// Nodes, one of them a process of its own, through whatever `disaster` does to their server.
void survive(
    const std::function<void(PostgresServer&, const Publisher&, const PostgresCrew&)>& disaster) {
  const auto server = PostgresServer::start();
  PostgresCrew crew(server->url("&deadline=2s"));
  Mate& publishing = crew.join("publishing");
  crew.join("a");
  crew.join("b");
  const TempDir dir;
  Child process(dir.path(), "node",
                {built_program("cli/crier"), "--store", server->url("&deadline=2s"), "node",
                 "--name", "process", "--json"});
  REQUIRE(
      eventually([&] { return text_of(process.err()).find("following") != std::string::npos; }));
  Publisher publisher(publishing.node);
  for (int round = 0; round < 2; ++round) {
    REQUIRE(publisher.goes_on());
    disaster(*server, publisher, crew);
    REQUIRE(publisher.goes_on());
  }
  const std::size_t logged = crew.check_nothing_lost(publisher, *server);
  CHECK(eventually([&] { return process.out().size() >= logged; }));
  CHECK(process.out().size() == logged);  // each of them, once
  process.signal(SIGTERM);
  CHECK(process.wait() == 0);
}

TEST_CASE("postgres: the server is stopped and started again: nothing is lost") {
  if (!PostgresServer::is_here()) {
    return;
  }
  int signal = 0;
  SUBCASE("as for maintenance") { signal = SIGINT; }
  SUBCASE("by kill -9") { signal = SIGKILL; }
  survive([&](PostgresServer& server, const Publisher& publisher, const PostgresCrew& crew) {
    server.end(signal);
    CHECK(publisher.fails());
    CHECK(crew.all_are_stale());
    const Tool sent = run_tool(server, {"send", "--refresher", kProducts.to_string(), "--all"});
    CHECK(sent.code == 1);
    CHECK(sent.said.find("can't connect to the database 'postgresql:///postgres?host=" +
                         server.folder()) != std::string::npos);
    CHECK(run_tool(server, {"status"}).code == 4);
    server.run();
  });
}

TEST_CASE("postgres: a session crashes, and the server recovers: nothing is lost") {
  if (!PostgresServer::is_here()) {
    return;
  }
  // A publisher need not notice, if it had nothing under way.
  survive([](PostgresServer& server, const Publisher&, const PostgresCrew&) { server.crash(); });
}

TEST_CASE("postgres: sessions are ended again and again while one publishes: nothing is lost") {
  if (!PostgresServer::is_here()) {
    return;
  }
  survive([](PostgresServer& server, const Publisher& publisher, const PostgresCrew&) {
    for (int i = 0; i < 10; ++i) {
      server.execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
          "WHERE application_name = 'crier'");
      REQUIRE(publisher.goes_on(3));
    }
  });
}

// As logical replication leaves them.
TEST_CASE(
    "sequences behind their rows: what they stop is named, beats go on, and a repair heals it") {
  const auto server = PostgresServer::start();
  PostgresCrew crew(server->url("&deadline=10s"));
  Mate& node = crew.join("node");
  const auto other = open_store(server->url("&deadline=30s"))->connect(Access::read_write);
  const auto write = [&] { return append(*other, new_entry("no JSON")); };
  CHECK(node.node.wait_applied(write(), 60s));
  REQUIRE(eventually([&] { return other->failures().list().size() == 1; }));
  for (const char* table : {"crierfailure", "crierevent"}) {
    server->execute("DO $$ BEGIN EXECUTE 'ALTER SEQUENCE ' || pg_get_serial_sequence('" +
                    std::string(table) + "', 'id') || ' RESTART WITH 1'; END $$");
  }
  const EntryId next = write();
  for (const char* duty : {"recording what was given up", "the history"}) {
    CHECK(eventually([&] {
      return std::ranges::any_of(node.log.lines(), [&](const std::string& line) {
        return line.starts_with(std::string(duty) + " failed") &&
               line.find("a sequence of the database ") != std::string::npos &&
               line.find("migrate --repair") != std::string::npos;
      });
    }));
  }
  const std::uint64_t beats = node.node.counters().beats;
  CHECK(eventually([&] { return node.node.counters().beats > beats; }));
  static_cast<void>(other->schema().repair(false));  // each try has moved them on, too
  CHECK(node.node.wait_applied(next, 60s));
  CHECK(eventually([&] { return other->failures().list().size() == 2; }));
}

}  // namespace
}  // namespace crier::test
