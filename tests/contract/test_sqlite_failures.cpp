// SPDX-License-Identifier: MIT
// The quarantine and the canary, where the database is not as it should be.
#include <crier/admin/store.hpp>

#include "contract/meanwhile.hpp"
#include "contract/peer.hpp"
#include "store/sqlite/migrations.hpp"
#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/temp_dir.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* kForeignTable =
    "CREATE TABLE theirs (id INTEGER PRIMARY KEY AUTOINCREMENT, utcStamp, jsonInstruction, "
    "originated, instructionCount)";

FailureRecord failure_of(const std::string& node) {
  FailureRecord failure;
  failure.node = node;
  failure.json_instruction = "[]";
  return failure;
}

void run_sql(const std::string& path, const std::string& sql) {
  SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(sql);
}

// A migrated database with a second log in it.
struct Files {
  Files() {
    open_store(path)->connect(Access::create)->schema().migrate();
    run_sql(path, kForeignTable);
  }
  [[nodiscard]] std::unique_ptr<Connection> own() const {
    return open_store(path)->connect(Access::read_write);
  }
  [[nodiscard]] std::unique_ptr<Connection> theirs() const {
    return open_store(path + "?table=THEIRS")->connect(Access::read_write);
  }

  TempDir dir;
  const std::string path = dir / "x.db";
};

Fence fence_of(Connection& connection) {
  const Guid leader = Guid::random();
  return {leader, connection.leases().hold(leader, 1h).fencing};
}

TEST_CASE("failures are recorded all or not at all") {
  const Files files;
  run_sql(files.path,
          "CREATE TRIGGER refuse BEFORE INSERT ON crierFailure WHEN NEW.node = 'bad' "
          "BEGIN SELECT RAISE(ABORT, 'refused'); END");
  const auto connection = files.own();
  CHECK_THROWS_AS(connection->failures().record({failure_of("good"), failure_of("bad")}), Error);
  CHECK(connection->failures().list().empty());
}

TEST_CASE("a retry that can't drop the record publishes nothing") {
  const Files files;
  const auto connection = files.own();
  connection->failures().record({failure_of("a")});
  run_sql(files.path,
          "CREATE TRIGGER refuse BEFORE DELETE ON crierFailure "
          "BEGIN SELECT RAISE(ABORT, 'refused'); END");
  CHECK_THROWS_AS(connection->failures().retry(1, "test"), Error);
  CHECK(all_ids(*connection).empty());
}

TEST_CASE("of two that retry at once one publishes") {
  const Files files;
  const auto connection = files.own();
  connection->failures().record({failure_of("a")});
  while_another_writes(files.path, "DELETE FROM crierFailure",
                       [&] { CHECK_FALSE(connection->failures().retry(1, "test")); });
  CHECK(all_ids(*connection).empty());
}

TEST_CASE("of two that send a canary at once one sends it") {
  const Files files;
  const auto connection = files.own();
  const Fence fence = fence_of(*connection);
  while_another_writes(
      files.path, "INSERT INTO crierCanary SELECT log, 7, heldMs FROM crierLease",
      [&] { CHECK_FALSE(connection->nodes().send_canary(new_entry("[]"), 1h, fence)); });
  CHECK(connection->nodes().canary().value().entry == EntryId{7});
  CHECK(all_ids(*connection).empty());
}

TEST_CASE("the failures and canaries of each log of a database are its own") {
  const Files files;
  const auto own = files.own();
  const auto theirs = files.theirs();
  theirs->failures().record({failure_of("theirs")});
  own->failures().record(std::vector(FailureLog::kMax + 1, failure_of("own")));
  theirs->failures().record({failure_of("theirs")});
  CHECK(own->failures().list().size() == FailureLog::kMax);
  REQUIRE(theirs->failures().list().size() == 2);
  const std::int64_t id = theirs->failures().list().at(0).id;
  CHECK_FALSE(own->failures().find(id));
  CHECK_FALSE(own->failures().dismiss(id));
  CHECK_FALSE(own->failures().retry(id, "test"));
  const Fence fence = fence_of(*own);
  CHECK(own->failures().forget_older(-1h, fence) == FailureLog::kMax);
  CHECK(theirs->failures().retry(id, "test") == EntryId{1});
  CHECK(all_ids(*own).empty());

  CHECK(own->nodes().send_canary(new_entry("[]"), 1h, fence) == EntryId{1});
  CHECK_FALSE(theirs->nodes().canary());
}

TEST_CASE("no canary is sent through another program's table") {
  const Files files;
  const auto theirs = files.theirs();
  CHECK_FALSE(theirs->nodes().send_canary(new_entry("[]"), 0ms, fence_of(*theirs)));
  CHECK(all_ids(*theirs).empty());
  CHECK_FALSE(theirs->nodes().canary());
}

TEST_CASE("where there are no tables for it, there is no canary") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  run_sql(path, kForeignTable);
  const auto connection = open_store(path + "?table=theirs")->connect(Access::read_write);
  CHECK_FALSE(connection->nodes().canary());
  CHECK_FALSE(connection->nodes().send_canary(new_entry("[]"), 0ms, {}));
  connection->schema().migrate();
  run_sql(path, "ALTER TABLE crierCanary RENAME COLUMN sentMs TO other");
  CHECK_THROWS_AS(connection->nodes().canary(), Error);
}

TEST_CASE("tables for nodes that an earlier crier made are to be upgraded") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  run_sql(path, kForeignTable);
  run_sql(path, sqlite::migrations().at(0).sql);
  run_sql(path, sqlite::migrations().at(1).sql);
  const auto connection = open_store(path + "?table=theirs")->connect(Access::read_write);
  const std::string advice = " with: crier --store '" + path + "?table=theirs' migrate";
  CHECK(message_of([&] { connection->nodes().beat({}); }) ==
        "the database '" + path + "' has the tables for nodes of an earlier crier; upgrade them" +
            advice);
  CHECK(message_of([&] { connection->failures().list(); }) ==
        "the database '" + path + "' has no tables for nodes; add them" + advice);
}

TEST_CASE("a node of an earlier crier beats on beside the newer ones") {
  const Files files;
  const auto connection = files.own();
  run_sql(files.path,
          "INSERT INTO crierNode (log, name, incarnation, host, application, version, pid, "
          "process, startedMs, beatMs, intervalMs, role, position, lag, durable, pollerAlive, "
          "lastError, lastErrorMs, applied, failed, resyncs) VALUES ('crierCacheInstruction', "
          "'old', '', '', '', '', 1, '', 0, 0, 5000, 0, 0, 0, 0, 1, '', 0, 0, 0, 0)");
  const NodeRecord node = connection->nodes().list().at(0);
  CHECK(node.proof_age > 24h * 366 * 50);  // since 1970: it has never proved anything
  CHECK(node.canary == EntryId{});
  CHECK(node.troubles.empty());
}

TEST_CASE("nothing is retried, and no canary sent, in a database that was moved") {
  const Files files;
  const auto connection = files.own();
  connection->failures().record({failure_of("a")});
  const Fence fence = fence_of(*connection);
  const std::string elsewhere = files.dir / "y.db";
  std::filesystem::rename(files.path, elsewhere);
  CHECK(error_of([&] { connection->failures().retry(1, "test"); }).replaced());
  CHECK(error_of([&] { connection->failures().forget_older(-1h, fence); }).replaced());
  CHECK(error_of([&] { connection->failures().list(); }).replaced());
  CHECK(error_of([&] { connection->failures().find(1); }).replaced());
  CHECK(error_of([&] { connection->nodes().send_canary(new_entry("[]"), 1h, fence); }).replaced());
  std::filesystem::rename(elsewhere, files.path);
  CHECK(connection->failures().list().size() == 1);
  CHECK(all_ids(*connection).empty());
  CHECK_FALSE(connection->nodes().canary());
}

}  // namespace
}  // namespace crier::test
