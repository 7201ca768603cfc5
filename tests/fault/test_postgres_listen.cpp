// SPDX-License-Identifier: MIT
// The connection that listens dies, and no other.
#include "fault/postgres_crew.hpp"
#include "support/entries.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <thread>

namespace crier::test {
namespace {

TEST_CASE("postgres: the connection that listens dies alone: nodes poll, say so, and it heals") {
  if (!PostgresServer::is_here()) {
    return;
  }
  const auto server = PostgresServer::start();
  server->execute("CREATE ROLE shop LOGIN; CREATE SCHEMA shop AUTHORIZATION shop");
  const std::string where = "/postgres?schema=shop&host=" + server->folder();
  PostgresCrew crew("postgresql://shop@" + where);
  Mate& polls = crew.join("polls");
  Options patient = crew.quick("patient");
  patient.poll_interval = 1h;  // what it gets in time it was woken for
  Mate& wakes = crew.join(patient);
  PostgresCrew others("postgresql://crier@" + where);
  DistributedCache& cache = others.join("other").node.cache();

  CHECK(wakes.node.wait_applied(cache.refresh(kProducts, 1), 20s));

  // They can't come back for now; connections that stand stay.
  server->execute("ALTER ROLE shop CONNECTION LIMIT 1");
  server->execute(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'shop' "
      "AND (query LIKE 'LISTEN%' OR query LIKE 'NOTIFY %')");
  CHECK(polls.has_logged(
      "only by polling: others are not heard, and what they write is found by polling"));
  CHECK(polls.node.wait_applied(cache.refresh(kProducts, 2), 20s));
  CHECK(polls.node.counters().polls_failed == 0);

  server->execute("ALTER ROLE shop CONNECTION LIMIT -1");
  CHECK(polls.has_logged("woken at once again"));
  CHECK(wakes.node.wait_applied({2}, 20s));
  CHECK(wakes.node.wait_applied(cache.refresh(kProducts, 3), 20s));
}

TEST_CASE("postgres: a server whose notifications stand still holds up no publish") {
  if (!PostgresServer::is_here()) {
    return;
  }
  const auto server = PostgresServer::start();
  server->execute("ALTER DATABASE postgres SET synchronous_commit = local");
  server->execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
  server->execute("SELECT pg_reload_conf()");
  REQUIRE(eventually([&] { return server->value("SHOW synchronous_standby_names") == "nobody"; }));
  const auto publisher = open_store(server->url("&deadline=30s"));
  const auto connection = publisher->connect(Access::create);
  connection->schema().migrate();
  const auto reader = open_store(server->url("&deadline=30s"));
  append(*connection, new_entry("[]"));
  std::uint64_t mark = reader->wakeup().mark();

  // Its commit waits for a standby that never comes, with the lock that is every NOTIFY's.
  std::jthread other([&] {
    RawPostgres session(server->conninfo());
    session.exec("SET synchronous_commit = on");
    session.exec("CREATE TABLE other (); NOTIFY other");
  });
  const std::string waiting = "FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
  REQUIRE(eventually([&] { return server->value("SELECT count(*) " + waiting) == "1"; }));
  const auto begin = std::chrono::steady_clock::now();
  int last = 2;
  SUBCASE("one, of which the connection hears only later that nobody was told") {}
  SUBCASE("many") { last = 20; }
  for (int i = 2; i <= last; ++i) {
    CHECK(append(*connection, new_entry("[]")) == EntryId{i});
  }
  CHECK(connection->log().newest().id == EntryId{last});
  CHECK(std::chrono::steady_clock::now() - begin < 20s);
  while (reader->wakeup().wait(mark, 0ms)) {  // for what was rung before
    mark = reader->wakeup().mark();
  }
  server->execute("SELECT pg_cancel_backend(pid) " + waiting);
  other.join();
  CHECK(reader->wakeup().wait(mark, 60s));
}

}  // namespace
}  // namespace crier::test
