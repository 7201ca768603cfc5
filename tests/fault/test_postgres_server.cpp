// SPDX-License-Identifier: MIT
// The server ends, in whatever way, while nodes run and one of them publishes all the while.
#include "fault/postgres_crew.hpp"
#include "support/files.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

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
  REQUIRE(eventually([&] {
    const Lines said = process.err();
    return !said.empty() && said.back().find("following") != std::string::npos;
  }));
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
    CHECK(run_tool(server, {"status"}).code == 3);
    server.run();
  });
}

TEST_CASE("postgres: a session crashes, and the server recovers: nothing is lost") {
  if (!PostgresServer::is_here()) {
    return;
  }
  survive([](PostgresServer& server, const Publisher& publisher, const PostgresCrew&) {
    server.crash();
    CHECK(publisher.fails());
  });
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

}  // namespace
}  // namespace crier::test
