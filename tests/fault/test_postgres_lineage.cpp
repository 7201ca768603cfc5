// SPDX-License-Identifier: MIT
// What answers under the server's name is no longer the log that the nodes have read.
#include "fault/postgres_crew.hpp"
#include "support/entries.hpp"
#include "support/postgres_wire.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <functional>
#include <string>

namespace crier::test {
namespace {

std::unique_ptr<Connection> connect(const PostgresServer& server) {
  auto connection = open_store(server.url("&deadline=30s"))->connect(Access::create);
  connection->schema().migrate();
  return connection;
}

void write(const PostgresServer& server, int count) {
  const auto connection = connect(server);
  for (int i = 0; i < count; ++i) {
    append(*connection, new_entry("[]", 1, "another program"));
  }
}

// Two nodes that reach a server through a wire, and have read all of its log.
struct LineageFixture {
  std::unique_ptr<PostgresServer> server = PostgresServer::start();
  PostgresWire wire{server->folder()};
  PostgresCrew crew{wire.url("&deadline=2s")};

  // Whoever answers now.
  PostgresServer* current = server.get();

  void join() {
    write(*server, 3);
    crew.join("a");
    crew.join("b");
    level();
  }
  void level() {
    REQUIRE(crew.all_have(connect(*server)->log().newest().id));
    for (const auto& mate : crew.mates) {
      mate->member.record.take();
    }
  }
  // The nodes see what is there when `body` has run, and nothing of it before.
  void behind_their_back(const std::function<void()>& body) {
    wire.lead_to("/nowhere");
    wire.cut();
    body();
    wire.lead_to(current->folder());
  }
  void check_resync(const std::string& reason, const std::string& detail) {
    for (const auto& mate : crew.mates) {
      CAPTURE(mate->node.name());
      CHECK(mate->has_resynced(reason));
      CHECK(mate->has_logged(detail));
      CHECK(mate->member.record.lines().at(0) == "products all");
    }
    DistributedCache& cache = crew.mates[0]->node.cache();
    EntryId last;
    REQUIRE(eventually([&] {
      try {
        last = cache.refresh(kProducts, 7);
        return true;
      } catch (const Error& error) {
        return !error.retryable();
      }
    }));
    CHECK(crew.all_have(last));
  }
};

TEST_CASE("postgres: an older copy of the server's data is restored") {
  if (!PostgresServer::is_here()) {
    return;
  }
  LineageFixture shop;
  shop.join();
  shop.behind_their_back([&] {
    shop.server->end(SIGINT);
    shop.server->save_data();
    shop.server->run();
  });
  write(*shop.server, 3);
  shop.level();
  int more = 0;
  std::string reason = "anchor_gone";
  std::string detail = "is no longer in the log";
  SUBCASE("shorter") {}
  SUBCASE("grown past the position since") {
    more = 10;
    reason = "anchor_changed";
    detail = "is not the one that was read";
  }
  shop.behind_their_back([&] {
    shop.server->end(SIGINT);
    shop.server->restore_data();
    shop.server->run();
    write(*shop.server, more);
  });
  shop.check_resync(reason, detail);
}

TEST_CASE("postgres: a standby takes over") {
  if (!PostgresServer::is_here()) {
    return;
  }
  LineageFixture shop;
  shop.join();
  const auto standby = PostgresServer::start_standby(*shop.server);
  bool lacks_the_tail = false;
  SUBCASE("that has all") {}
  SUBCASE("that lacks the tail, which others have written anew") { lacks_the_tail = true; }
  if (lacks_the_tail) {
    standby->end(SIGINT);
    write(*shop.server, 3);
    shop.level();
  }
  shop.behind_their_back([&] {
    if (lacks_the_tail) {
      shop.server->end(SIGKILL);
      standby->run();
    } else {
      const std::string written = shop.server->value("SELECT pg_current_wal_lsn()");
      REQUIRE(eventually([&] {
        return standby->value("SELECT pg_last_wal_replay_lsn() >= '" + written + "'") == "t";
      }));
      shop.server->end(SIGKILL);
    }
    standby->promote();
    write(*standby, lacks_the_tail ? 5 : 0);
    shop.current = standby.get();
  });
  shop.check_resync("replaced", "the server was restored, or another one took over");
}

TEST_CASE("postgres: another server has the name") {
  if (!PostgresServer::is_here()) {
    return;
  }
  LineageFixture shop;
  shop.join();
  const auto other = PostgresServer::start_another();
  shop.behind_their_back([&] {
    write(*other, 20);
    shop.current = other.get();
  });
  shop.check_resync("replaced", "another server answers under this name");
}

TEST_CASE("postgres: the tables are dropped and made anew") {
  if (!PostgresServer::is_here()) {
    return;
  }
  LineageFixture shop;
  shop.join();
  shop.behind_their_back([&] {
    shop.server->execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    write(*shop.server, 20);
  });
  shop.check_resync("replaced", "the tables were made anew, or restored from a backup");
}

}  // namespace
}  // namespace crier::test
