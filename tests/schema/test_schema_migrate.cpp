// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "schema/knowing.hpp"
#include "store/sqlite/migrations.hpp"
#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/forked.hpp"
#include "support/sqlite_calls.hpp"
#include "support/temp_dir.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <array>
#include <atomic>
#include <chrono>
#include <latch>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

constexpr int kRounds = 20;

const int kAll = static_cast<int>(sqlite::migrations().size());

std::unique_ptr<Connection> connect(const std::string& path,
                                    std::chrono::milliseconds deadline = 30s) {
  return open_store(path + "?deadline=" + std::to_string(deadline.count()) + "ms")
      ->connect(Access::create);
}

int migrate(const std::string& path) {
  return static_cast<int>(connect(path)->schema().migrate().size());
}

TEST_CASE("migrating says what it applied, and the second time finds nothing to do") {
  const TempDir dir;
  const auto connection = connect(dir / "x.db");
  const std::vector<Migration> done = connection->schema().migrate();
  REQUIRE(done.size() == 8);
  CHECK(done[0].version == 1);
  CHECK(done[0].name == "0001_instruction_log");
  CHECK(done[1].name == "0002_cluster");
  CHECK(done[2].name == "0003_failures");
  CHECK(done[3].name == "0004_shared_cache");
  CHECK(done[4].name == "0005_rights");
  CHECK(done[5].name == "0006_hybrid_caches");
  CHECK(done[6].name == "0007_history");
  CHECK(connection->schema().status().state == SchemaState::current);
  CHECK(connection->schema().migrate().empty());
}

TEST_CASE("what ran is recorded with its name, its checksum and the time") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  migrate(path);
  SQLite::Database raw(path, SQLite::OPEN_READONLY);
  CHECK(raw.execAndGet("SELECT name FROM crierMigration WHERE version = 1").getString() ==
        "0001_instruction_log");
  CHECK(raw.execAndGet("SELECT checksum FROM crierMigration WHERE version = 1").getString() ==
        sqlite::migrations().at(0).checksum);
  CHECK(raw.execAndGet("SELECT appliedUtc LIKE '2___-__-__ __:__:__.___' FROM crierMigration")
            .getInt() == 1);
}

TEST_CASE("of two threads that migrate at once, one applies each migration") {
  for (int round = 0; round < kRounds; ++round) {
    const TempDir dir;
    const std::string path = dir / "x.db";
    std::array<std::atomic<int>, 2> applied = {-1, -1};
    {
      std::latch start(2);
      std::vector<std::jthread> threads;
      for (std::atomic<int>& mine : applied) {
        threads.emplace_back([&] {
          start.arrive_and_wait();
          try {
            mine = migrate(path);
          } catch (const Error& error) {
            MESSAGE(error.what());
          }
        });
      }
    }
    CHECK(applied[0] + applied[1] == kAll);
  }
}

TEST_CASE("of two processes that migrate at once, one applies each migration") {
  for (int round = 0; round < kRounds; ++round) {
    const TempDir dir;
    const std::string path = dir / "x.db";
    std::array<int, 2> start{};
    REQUIRE(pipe(start.data()) == 0);
    const auto body = [&] {
      close(start[1]);
      char byte = 0;
      // Ends, for both at once, when the parent closes its end.
      static_cast<void>(!read(start[0], &byte, 1));
      return migrate(path);
    };
    Forked one(body);
    Forked other(body);
    close(start[0]);
    close(start[1]);
    const int applied = one.wait();
    CHECK(applied + other.wait() == kAll);
    CHECK(connect(path)->schema().status().state == SchemaState::current);
  }
}

TEST_CASE("a migration that fails leaves the database at the one before") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  std::vector<Migration> known = sqlite::migrations();
  known.push_back({kAll + 1, "bad", "CREATE TABLE half (x); CREATE TABLE half (x)", "c"});
  const auto connection = connect_knowing(path, Access::create, known);
  Schema& schema = connection->schema();
  CHECK(message_of([&] { schema.migrate(); }) ==
        "the database '" + path +
            "' holds what no migration of crier's has recorded (table half already exists); "
            "restore it from a backup, or rename that table");
  CHECK(schema.status().version == kAll);
  CHECK(schema.status().state == SchemaState::older);
  CHECK_FALSE(SQLite::Database(path).tableExists("half"));
}

TEST_CASE(
    "migrating ends by the deadline while another uses the database, and may be tried again") {
  for (const char* use : {"BEGIN IMMEDIATE", "BEGIN; SELECT * FROM application"}) {
    CAPTURE(use);
    const TempDir dir;
    const std::string path = dir / "x.db";
    const auto connection = connect(path, 60ms);
    SQLite::Database raw(path, SQLite::OPEN_READWRITE);
    raw.exec("CREATE TABLE application (x)");
    raw.exec(use);
    CHECK(error_of([&] { connection->schema().migrate(); }).retryable());
    raw.exec("COMMIT");
    CHECK(connection->schema().status().state == SchemaState::missing);
    connection->set_deadline(30s);
    CHECK_FALSE(connection->schema().migrate().empty());
  }
}

// SQLite does not wait by itself for every lock that a change of the journal's mode takes.
TEST_CASE("migrating waits for a writer in a database that has no write-ahead log yet") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  const auto connection = connect(path);
  SQLite::Database(path, SQLite::OPEN_READWRITE).exec("CREATE TABLE application (x)");

  std::array<int, 2> locked{}, release{};
  REQUIRE(pipe(locked.data()) == 0);
  REQUIRE(pipe(release.data()) == 0);
  char byte = 0;
  Forked writer([&] {
    SQLite::Database raw(path, SQLite::OPEN_READWRITE);
    raw.exec("BEGIN IMMEDIATE");
    const bool told = write(locked[1], &byte, 1) == 1 && read(release[0], &byte, 1) == 1;
    raw.exec("ROLLBACK");
    return told ? 0 : 1;
  });
  REQUIRE(read(locked[0], &byte, 1) == 1);

  constexpr int kSomeTries = 100;
  int calls = 0;
  const SqliteCalls gate([&](std::string_view) {
    if (++calls == kSomeTries) {
      CHECK(write(release[1], &byte, 1) == 1);
      CHECK(writer.wait() == 0);
    }
    return 0;
  });
  CHECK_FALSE(connection->schema().migrate().empty());
  CHECK(calls > kSomeTries);
}

TEST_CASE("an application's own tables stay as they are") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  SQLite::Database raw(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  raw.exec(
      "CREATE TABLE product (id INTEGER PRIMARY KEY, name); INSERT INTO product VALUES (1, 2)");
  CHECK(migrate(path) == kAll);
  CHECK(raw.execAndGet("SELECT name FROM product").getInt() == 2);
}

TEST_CASE("migrating is refused where there can be no write-ahead log") {
  sqlite3_vfs* const usual = sqlite3_vfs_find(nullptr);
  sqlite3_vfs_register(sqlite3_vfs_find("unix-dotfile"), 1);  // as on some network file systems
  {
    const TempDir dir;
    const std::string path = dir / "x.db";
    const auto connection = connect(path);
    CHECK(message_of([&] { connection->schema().migrate(); }) ==
          "the database '" + path +
              "' can't have a write-ahead log where it is; move it to a local disk");
    CHECK(connection->schema().status().state == SchemaState::missing);
  }
  sqlite3_vfs_register(usual, 1);
}

}  // namespace
}  // namespace crier::test
