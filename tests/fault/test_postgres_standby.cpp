// SPDX-License-Identifier: MIT
// Servers that may only be read.
#include <crier/admin/store.hpp>

#include "fault/postgres_crew.hpp"
#include "support/errors.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <string>

namespace crier::test {
namespace {

// The words, or the message where it lacks them.
std::string sought(const std::string& message, const std::string& words) {
  return message.find(words) != std::string::npos ? words : message;
}

TEST_CASE("postgres: nodes on a standby follow the log, and publish once it is promoted") {
  if (!PostgresServer::is_here()) {
    return;
  }
  const auto primary = PostgresServer::start();
  PostgresCrew writers(primary->url("&deadline=30s"));
  DistributedCache& cache = writers.join("writer").node.cache();
  const auto standby = PostgresServer::start_standby(*primary);

  PostgresCrew crew(standby->url("&deadline=30s"));
  Options looks = crew.quick("looks");
  looks.migrate_on_start = false;
  Options writes = looks;
  writes.node_name = "writes";
  looks.read_only = true;
  CHECK(crew.join(looks).has_logged("only by polling: others are not heard"));
  Node& publishing = crew.join(writes).node;
  CHECK(crew.all_have(cache.refresh(kProducts, 1)));

  const Error error = error_of([&] { publishing.cache().refresh(kProducts, 2); });
  CHECK_FALSE(error.retryable());
  const std::string words = "session is read-only; writing needs a server that is no standby";
  CHECK(sought(error.what(), words) == words);

  standby->promote();
  CHECK(crew.all_have(publishing.cache().refresh(kProducts, 3)));
  for (const auto& mate : crew.mates) {
    CHECK(mate->node.counters().resyncs == 0);
  }
}

TEST_CASE(
    "postgres: a node that reads on a standby does not take what that is yet to get for lost") {
  if (!PostgresServer::is_here()) {
    return;
  }
  const auto primary = PostgresServer::start();
  static_cast<void>(open_store(primary->url())->connect(Access::create)->schema().migrate());
  const auto standby = PostgresServer::start_standby(*primary);
  PostgresCrew crew("postgresql://crier@/postgres?host=" + standby->folder() + "," +
                    primary->folder() + "&deadline=30s");
  Node& node = crew.join("a").node;
  // The first entry of a log, and one that follows another.
  for (const int product : {1, 2}) {
    CAPTURE(product);
    standby->execute("SELECT pg_wal_replay_pause()");
    REQUIRE(eventually(
        [&] { return standby->value("SELECT pg_get_wal_replay_pause_state()") == "paused"; }));
    const EntryId id = node.cache().refresh(kProducts, product);
    const std::uint64_t polls = node.counters().polls;
    CHECK(eventually([&] { return node.counters().polls >= polls + 2; }));
    CHECK(node.position() < id);
    standby->execute("SELECT pg_wal_replay_resume()");
    REQUIRE(crew.all_have(id));
    CHECK(node.counters().resyncs == 0);
  }
}

TEST_CASE("postgres: a server that was set to be read only refuses publishes in words, and heals") {
  if (!PostgresServer::is_here()) {
    return;
  }
  const auto server = PostgresServer::start();
  PostgresCrew crew(server->url("&deadline=30s"));
  crew.join("a");
  Node& publishing = crew.join("publishing").node;
  CHECK(crew.all_have(publishing.cache().refresh(kProducts, 1)));

  server->execute("ALTER SYSTEM SET default_transaction_read_only = on");
  server->execute("SELECT pg_reload_conf()");
  // In a session that stands, once it has heard of it; and in a new one.
  Lines messages;
  CHECK(eventually([&] {
    try {
      publishing.cache().refresh(kProducts, 2);
      return false;
    } catch (const Error& error) {
      CHECK_FALSE(error.retryable());
      messages.push_back(error.what());
      return messages.size() == 2;
    }
  }));
  const std::string words = "without default_transaction_read_only";
  for (const std::string& message : messages) {
    CHECK(sought(message, words) == words);
  }

  RawPostgres raw(server->conninfo());
  raw.exec("SET default_transaction_read_only = off");
  raw.exec("ALTER SYSTEM RESET default_transaction_read_only");
  raw.exec("SELECT pg_reload_conf()");
  EntryId last;
  REQUIRE(eventually([&] {
    try {
      last = publishing.cache().refresh(kProducts, 3);
      return true;
    } catch (const Error&) {
      return false;
    }
  }));
  CHECK(crew.all_have(last));
}

}  // namespace
}  // namespace crier::test
