// SPDX-License-Identifier: MIT
// The connection that listens dies, and no other.
#include "fault/postgres_crew.hpp"

#include <doctest/doctest.h>

#include <string>

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

}  // namespace
}  // namespace crier::test
