// SPDX-License-Identifier: MIT
// What stands in a database, and what a person is told to do about it.
#include <crier/admin/store.hpp>

#include "schema/knowing.hpp"
#include "store/sqlite/migrations.hpp"
#include "support/errors.hpp"
#include "support/temp_dir.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include <string>

namespace crier::test {
namespace {

const int kNewest = static_cast<int>(sqlite::migrations().size());
const std::string kNext = std::to_string(kNewest + 1);

// A database that was migrated, and changed behind crier's back.
struct Migrated {
  explicit Migrated(const std::string& sql = {}) {
    connection->schema().migrate();
    SQLite::Database(path, SQLite::OPEN_READWRITE).exec(sql);
  }
  TempDir dir;
  const std::string path = dir / "x.db";
  const std::string command = "crier --store " + path + " migrate";
  std::unique_ptr<Connection> connection = open_store(path)->connect(Access::create);
};

TEST_CASE("a database without tables names the command that creates them") {
  const TempDir dir;
  const std::string path = dir / "x y.db";
  const auto connection = open_store(path)->connect(Access::create);
  const SchemaStatus status = connection->schema().status();
  CHECK(status.state == SchemaState::missing);
  CHECK(status.version == 0);
  CHECK(status.understood == kNewest);
  CHECK(status.advice == "the database '" + path +
                             "' has no tables of crier's; create them with: crier --store '" +
                             path + "' migrate");
  REQUIRE(connection->schema().pending().size() == 8);
  CHECK(connection->schema().pending().at(0).name == "0001_instruction_log");
  CHECK(connection->schema().status().state == SchemaState::missing);
}

TEST_CASE("a newer schema says which version it is and which is understood") {
  const Migrated newer("INSERT INTO crierMigration (version, name, checksum) VALUES (" + kNext +
                       ", 'x', 'y')");
  const SchemaStatus status = newer.connection->schema().status();
  CHECK(status.state == SchemaState::newer);
  CHECK(status.version == kNewest + 1);
  CHECK(status.understood == kNewest);
  CHECK(status.advice == "the database '" + newer.path + "' has crier's tables in version " +
                             kNext + ", and this crier understands them up to version " +
                             std::to_string(kNewest) + "; use a newer crier");
  const Error error = error_of([&] { newer.connection->schema().migrate(); });
  CHECK(error.operation() == "migrate");
  CHECK(error.what() == status.advice);
  CHECK_THROWS_AS(static_cast<void>(newer.connection->schema().pending()), Error);
}

TEST_CASE("a table that was dropped is told from one that was never made") {
  const Migrated migrated("DROP TABLE crierCacheInstruction");
  const std::string advice =
      "the database '" + migrated.path +
      "' was migrated, and is not as that left it: the table crierCacheInstruction is gone; "
      "restore the database from a backup, or mend it with: " +
      migrated.command + " --repair";
  CHECK(migrated.connection->schema().status().state == SchemaState::altered);
  CHECK(migrated.connection->schema().status().advice == advice);
  CHECK(message_of([&] { migrated.connection->schema().migrate(); }) == advice);
}

TEST_CASE("tables that no migration recorded are left as they are, and told") {
  const Migrated migrated("DROP TABLE crierMigration");
  const SchemaStatus status = migrated.connection->schema().status();
  CHECK(status.state == SchemaState::altered);
  CHECK(status.advice ==
        "the database '" + migrated.path + "' has crier's tables up to version " +
            std::to_string(kNewest) +
            ", and no record of the migrations that made them; if they are another program's, "
            "rename them, else have that recorded again with: " +
            migrated.command + " --repair");
  CHECK(message_of([&] { migrated.connection->schema().migrate(); }) == status.advice);
}

TEST_CASE("a database that is refused stays as it was") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  SQLite::Database raw(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  raw.exec(sqlite::migrations().at(0).sql);
  raw.exec("INSERT INTO crierMigration (version, name, checksum) VALUES (" + kNext + ", 'x', 'y')");
  const auto connection = open_store(path)->connect(Access::read_write);
  CHECK_THROWS_AS(connection->schema().migrate(), Error);
  SQLite::Database again(path, SQLite::OPEN_READONLY);
  CHECK(again.execAndGet("PRAGMA journal_mode").getString() == "delete");
}

TEST_CASE("a migration that differs from the one that was applied is named") {
  const Migrated altered("UPDATE crierMigration SET checksum = 'another'");
  const SchemaStatus status = altered.connection->schema().status();
  CHECK(status.state == SchemaState::altered);
  CHECK(status.advice == "the database '" + altered.path +
                             "' was not migrated with the 0001_instruction_log that this crier "
                             "has; use the crier that migrated it");
  CHECK(message_of([&] { altered.connection->schema().migrate(); }) == status.advice);
}

TEST_CASE("an older schema names the command that upgrades it, and its data stays") {
  const Migrated older(
      "INSERT INTO crierCacheInstruction (jsonInstruction, originated) VALUES "
      "('[]', 'test')");
  std::vector<Migration> known = sqlite::migrations();
  known.push_back({kNewest + 1, "more", "CREATE TABLE more (x)", "c"});
  const auto connection = connect_knowing(older.path, Access::read_write, known);
  Schema& schema = connection->schema();

  const SchemaStatus status = schema.status();
  CHECK(status.state == SchemaState::older);
  CHECK(status.version == kNewest);
  CHECK(status.understood == kNewest + 1);
  CHECK(status.advice == "the database '" + older.path + "' has crier's tables in version " +
                             std::to_string(kNewest) + ", and this crier needs version " + kNext +
                             "; upgrade them with: " + older.command +
                             " (or set migrate_on_start)");
  const std::vector<Migration> done = schema.migrate();
  REQUIRE(done.size() == 1);
  CHECK(done[0].version == kNewest + 1);
  CHECK(schema.status().state == SchemaState::current);
  CHECK(older.connection->log().find({1}));
  CHECK(older.connection->schema().status().state == SchemaState::newer);
}

}  // namespace
}  // namespace crier::test
