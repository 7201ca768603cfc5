// SPDX-License-Identifier: MIT
// What answers under the server's name is no longer the log that the nodes have read.
#include "fault/postgres_crew.hpp"
#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/postgres_wire.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <exception>
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

// The server may end it for a deadlock with a session that looks.
void drop_tables(const PostgresServer& server) {
  REQUIRE(eventually([&] {
    try {
      server.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
      return true;
    } catch (const std::exception&) {
      return false;
    }
  }));
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
    drop_tables(*shop.server);
    write(*shop.server, 20);
  });
  shop.check_resync("replaced", "the tables were made anew, or restored from a backup");
}

TEST_CASE("postgres: a server that tells nothing of its identity will do") {
  if (!PostgresServer::is_here()) {
    return;
  }
  const auto server = PostgresServer::start();
  server->execute(
      "REVOKE EXECUTE ON FUNCTION pg_control_system(), pg_walfile_name(pg_lsn) FROM PUBLIC; "
      "CREATE ROLE plain LOGIN; CREATE SCHEMA AUTHORIZATION plain");
  const auto store =
      open_store("postgresql://plain@/postgres?deadline=30s&host=" + server->folder());
  store->connect(Access::create)->schema().migrate();
  CHECK(append(*store->connect(Access::read_write), new_entry("[]")) == EntryId{1});
  CHECK(store->connect(Access::read_only)->log().read_after({}).entries.size() == 1);
}

// As on Aurora, whose storage has no write-ahead log to ask about.
TEST_CASE("postgres: a server whose functions of the write-ahead log fail will do") {
  if (!PostgresServer::is_here()) {
    return;
  }
  const auto server = PostgresServer::start();
  std::string function;
  SUBCASE("where it writes") { function = "pg_current_wal_lsn() RETURNS pg_lsn"; }
  SUBCASE("which file that is") { function = "pg_walfile_name(pg_lsn) RETURNS text"; }
  SUBCASE("which system it is") {
    function =
        "pg_control_system(OUT pg_control_version integer, OUT catalog_version_no integer, "
        "OUT system_identifier bigint, OUT pg_control_last_modified timestamptz) RETURNS record";
  }
  server->execute("SET allow_system_table_mods = on; CREATE OR REPLACE FUNCTION pg_catalog." +
                  function +
                  " LANGUAGE plpgsql AS $$ BEGIN RAISE feature_not_supported USING MESSAGE = "
                  "'Function is currently not supported for Aurora'; END $$");
  REQUIRE(server->value("SELECT prosrc LIKE '%Aurora%' FROM pg_proc WHERE proname = '" +
                        function.substr(0, function.find('(')) + "'") == "t");
  write(*server, 3);
  PostgresCrew crew{server->url("&deadline=20s")};
  Node& node = crew.join("a").node;
  crew.join("b");
  CHECK(crew.all_have(node.cache().refresh(kProducts, 7)));
  const auto connection = connect(*server);
  CHECK_FALSE(connection->schema().check_setup().empty());
  CHECK(connection->log().faults().empty());
  // That the tables are others is told by them.
  drop_tables(*server);
  write(*server, 20);
  for (const auto& mate : crew.mates) {
    CHECK(mate->has_resynced("replaced"));
  }
}

TEST_CASE("postgres: a database that can't keep every text is refused before it has tables") {
  if (!PostgresServer::is_here()) {
    return;
  }
  const auto server = PostgresServer::start();
  server->execute(
      "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
  const auto store = open_store("postgresql://crier@/latin?deadline=30s&host=" + server->folder());
  const std::string message =
      message_of([&] { store->connect(Access::create)->schema().migrate(); });
  CHECK_MESSAGE(message.find("is encoded in LATIN1") != std::string::npos, message);
  const SchemaStatus status = store->connect(Access::create)->schema().status();
  CHECK(status.state == SchemaState::missing);
  CHECK(status.advice == message);  // not to migrate, which would be refused
}

// A node that has read a log of two entries, and looks again only if it is rung for.
struct SlowNode {
  std::unique_ptr<PostgresServer> server = PostgresServer::start();
  std::unique_ptr<PostgresCrew> crew = make_crew();
  Mate& mate = join();

  SlowNode() { REQUIRE(crew->all_have({2})); }

 private:
  [[nodiscard]] std::unique_ptr<PostgresCrew> make_crew() const {
    write(*server, 2);
    return std::make_unique<PostgresCrew>(server->url("&deadline=20s"));
  }
  [[nodiscard]] Mate& join() const {
    Options options = crew->quick("a");
    options.poll_interval = 10min;
    options.heartbeat_interval = 10s;
    return crew->join(options);
  }
};

TEST_CASE("postgres: the log is set back before anybody has read what was published") {
  if (!PostgresServer::is_here()) {
    return;
  }
  const SlowNode slow;
  const auto& server = slow.server;
  Mate& mate = slow.mate;
  const EntryId id = mate.node.cache().refresh(kProducts, 7);
  mate.member.record.take();
  server->execute("BEGIN; DELETE FROM crierCacheInstruction WHERE id = " +
                  std::to_string(id.value) + "; UPDATE crierLog SET newest = 2; COMMIT");
  SUBCASE("and it looks") { static_cast<void>(mate.node.wait_applied({1'000'000}, 0ms)); }
  SUBCASE("and it publishes again") {
    CHECK(mate.node.cache().refresh(kProducts, 8) == id);
    static_cast<void>(mate.node.wait_applied({1'000'000}, 0ms));
  }
  CHECK(mate.has_resynced("anchor_"));
  CHECK(eventually([&] {
    const Lines lines = mate.member.record.lines();
    return std::find(lines.begin(), lines.end(), "products all") != lines.end();
  }));
}

TEST_CASE("postgres: the log is set back before anybody has read what another program wrote") {
  if (!PostgresServer::is_here()) {
    return;
  }
  const SlowNode slow;
  const auto& server = slow.server;
  Mate& mate = slow.mate;
  const auto look = [&] { static_cast<void>(mate.node.wait_applied({1'000'000}, 0ms)); };
  const std::uint64_t polls = mate.node.counters().polls;
  look();
  REQUIRE(eventually([&] { return mate.node.counters().polls > polls; }));
  // As a program does that knows the table only; and something loads what it has changed.
  server->execute("INSERT INTO crierPending (jsonInstruction, originated) VALUES ('[]', 'x')");
  const std::string kept =
      "CREATE TABLE kept AS SELECT * FROM crierCacheInstruction WHERE id <= 2;";
  const std::string counter = "UPDATE crierLog SET newest = 2; COMMIT";
  SUBCASE("by deleting rows") {
    server->execute("BEGIN; DELETE FROM crierCacheInstruction WHERE id > 2; " + counter);
  }
  SUBCASE("by loading the table again") {
    server->execute("BEGIN; " + kept +
                    "TRUNCATE crierCacheInstruction; INSERT INTO "
                    "crierCacheInstruction SELECT * FROM kept; " +
                    counter);
  }
  look();
  CHECK(mate.has_resynced(""));
}

}  // namespace
}  // namespace crier::test
