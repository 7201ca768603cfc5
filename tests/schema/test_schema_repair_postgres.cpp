// SPDX-License-Identifier: MIT
// PostgreSQL: tables that were truncated, dropped or restored in part, and are mended.
#include <crier/admin/store.hpp>

#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

// A migrated schema with three entries, and a node that stands at entry 7.
struct DamagedSpace : PostgresSpace {
  std::unique_ptr<Connection> connection =
      open_store(url("&deadline=30s"))->connect(Access::create);

  explicit DamagedSpace(const std::string& how = "SELECT 1") {
    connection->schema().migrate();
    for (int i = 0; i < 3; ++i) {
      append(*connection, new_entry("[]"));
    }
    NodeReport node;
    node.name = "web";
    node.incarnation = Guid::random();
    node.position = {7};
    static_cast<void>(connection->nodes().beat(node));
    execute("SET client_min_messages = warning; " + how);
  }
  [[nodiscard]] std::unique_ptr<Connection> again() const {
    return open_store(url("&deadline=30s"))->connect(Access::read_write);
  }
  [[nodiscard]] std::string value(const std::string& sql) const {
    return RawPostgres(conninfo()).value(sql);
  }
};

TEST_CASE("postgres: whatever was truncated or dropped is noticed and mended, and ids go on") {
  if (postgres_folder().empty()) {
    return;
  }
  const std::string functions =
      "DROP FUNCTION crierSettle, crierAppend(text, text, bigint, crierLog)";
  for (const std::string& how : std::vector<std::string>{
           "TRUNCATE crierLog, crierCacheInstruction", "TRUNCATE crierLog", "DELETE FROM crierLog",
           "DROP TABLE crierLog CASCADE", "DROP TABLE crierPending", "DROP TABLE crierNode",
           "DROP TABLE crierCacheInstruction", "DROP TABLE crierFailure", "DROP TABLE crierCache",
           functions, "DROP FUNCTION crierSettleAtCommit CASCADE",
           "ALTER TABLE crierPending DISABLE TRIGGER crierSettleAtCommit",
           "DROP TRIGGER crierSettleAtCommit ON crierPending",
           // What restores in part, ORMs and people leave behind.
           "ALTER TABLE crierNode DROP COLUMN troubles",
           "ALTER TABLE crierCacheInstruction DROP COLUMN originated",
           "ALTER TABLE crierLog DROP COLUMN newest",
           "ALTER TABLE crierPending ALTER COLUMN number DROP IDENTITY",
           "ALTER TABLE crierFailure ALTER COLUMN id DROP IDENTITY",
           "ALTER TABLE crierPending ALTER COLUMN writer DROP DEFAULT",
           "ALTER TABLE crierCacheInstruction ALTER COLUMN instructionCount SET DEFAULT 2",
           "ALTER TABLE crierNode ALTER COLUMN beatMs TYPE numeric",
           "ALTER TABLE crierNode ALTER COLUMN name TYPE text COLLATE \"default\"",
           "ALTER TABLE crierCacheInstruction DROP CONSTRAINT crierCacheInstruction_pkey",
           "ALTER TABLE crierCacheInstruction SET UNLOGGED",
           "CREATE OR REPLACE FUNCTION crierSettleAtCommit() RETURNS trigger LANGUAGE plpgsql AS "
           "'BEGIN RETURN NULL; END'",
           "ALTER FUNCTION crierSettle(bigint, xid8, xid8, crierLog) SECURITY INVOKER",
           "ALTER FUNCTION crierAppend(text, text, bigint, crierLog) RESET search_path",
           "CREATE OR REPLACE TRIGGER other AFTER INSERT ON crierPending FOR EACH ROW EXECUTE "
           "FUNCTION crierSettleAtCommit(); DROP TRIGGER crierSettleAtCommit ON crierPending; "
           "ALTER "
           "TRIGGER other ON crierPending RENAME TO crierSettleAtCommit",
           "TRUNCATE crierMigration", "DELETE FROM crierMigration WHERE version > 5",
           "DROP TABLE crierMigration", "ALTER TABLE crierMigration DROP COLUMN checksum"}) {
    CAPTURE(how);
    const DamagedSpace space(how);
    const auto connection = space.again();
    Schema& schema = connection->schema();
    const SchemaStatus status = schema.status();
    CHECK(status.state == SchemaState::altered);
    CHECK_MESSAGE(status.advice.find("migrate --repair") != std::string::npos, status.advice);
    CHECK(message_of([&] { schema.migrate(); }) == status.advice);
    CHECK_FALSE(schema.repair(true).empty());
    CHECK(schema.status().state == SchemaState::altered);  // the dry run has changed nothing
    CHECK_FALSE(schema.repair(false).empty());
    CHECK(schema.status().advice.empty());
    CHECK(schema.repair(true).empty());

    const auto after = space.again();
    const EntryId next = append(*after, new_entry("[]"));
    CHECK(next >= EntryId{4});
    space.execute("INSERT INTO crierPending (jsonInstruction, originated) VALUES ('[]', 'x')");
    CHECK(after->log().newest().id == EntryId{next.value + 1});
    CHECK(space.value("SELECT count(*) FROM pg_proc WHERE pronamespace = "
                      "current_schema()::regnamespace AND has_function_privilege('public', oid, "
                      "'EXECUTE')") == "0");
  }
}

TEST_CASE("postgres: an index or a check that is not as it was keeps no node from starting") {
  if (postgres_folder().empty()) {
    return;
  }
  for (const char* how :
       {"ALTER TABLE crierLog DROP CONSTRAINT crierLog_one_check", "DROP INDEX crierFailureOfNode",
        "DROP INDEX crierFailureOfNode; CREATE INDEX crierFailureOfNode ON crierFailure (log)"}) {
    CAPTURE(how);
    const DamagedSpace space(how);
    const auto connection = space.again();
    Schema& schema = connection->schema();
    const SchemaStatus status = schema.status();
    CHECK(status.state == SchemaState::current);
    REQUIRE(!status.warnings.empty());
    CHECK_MESSAGE(status.warnings[0].ends_with(" migrate --repair"), status.warnings[0]);
    CHECK(schema.migrate().empty());
    CHECK_FALSE(schema.repair(false).empty());
    CHECK(schema.repair(true).empty());
    CHECK(schema.status().warnings.size() + 1 == status.warnings.size());
  }
}

TEST_CASE("postgres: a counter that is behind goes on above all that was seen, for all to notice") {
  if (postgres_folder().empty()) {
    return;
  }
  const DamagedSpace space("UPDATE crierLog SET newest = 2");
  const std::string identity = space.value("SELECT identity FROM crierLog");
  const auto connection = space.again();
  REQUIRE(connection->log().faults().size() == 1);
  CHECK(connection->log().faults().front().next.find("migrate --repair") != std::string::npos);
  CHECK(message_of([&] { append(*connection, new_entry("[]")); }).find("migrate --repair") !=
        std::string::npos);
  const std::vector<Repair> done = connection->schema().repair(false);
  REQUIRE(done.size() == 1);
  CHECK(
      done.front().what ==
      "the counter of the log stood at 2, and ids up to 7 have been seen: new entries go on after "
      "that, and every node refreshes everything");
  CHECK(append(*connection, new_entry("[]")) == EntryId{8});
  CHECK(space.value("SELECT identity FROM crierLog") != identity);
  CHECK(connection->log().faults().empty());
}

TEST_CASE("postgres: a counter that another session moves meanwhile is not set back") {
  if (postgres_folder().empty()) {
    return;
  }
  const DamagedSpace space("UPDATE crierLog SET newest = 2");
  const std::string name = "mender" + space.schema();
  const auto connection =
      open_store(space.url("&application_name=" + name))->connect(Access::read_write);
  RawPostgres other(space.conninfo());
  other.exec("BEGIN; UPDATE crierLog SET newest = 20");
  std::vector<Repair> done;
  std::thread mender([&] { done = connection->schema().repair(false); });
  CHECK(eventually([&] {
    return space.value(
               "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND "
               "application_name = '" +
               name + "'") == "1";
  }));
  other.exec("COMMIT");
  mender.join();
  CHECK(done.empty());
  CHECK(append(*connection, new_entry("[]")) == EntryId{21});
}

TEST_CASE("postgres: the lock's row is put back, and sequences that are behind go on") {
  if (postgres_folder().empty()) {
    return;
  }
  // As logical replication leaves it: the rows are there, and the sequences where they were.
  const DamagedSpace space(
      "UPDATE crierLog SET newest = 7; DELETE FROM crierLock; "
      "INSERT INTO crierWait (serial, log, entry, untilMs) OVERRIDING SYSTEM VALUE "
      "SELECT n, 'x', 1, extract(epoch FROM now()) * 1000 + 3600000 FROM generate_series(1, 2) AS "
      "n");
  const auto connection = space.again();
  const auto ask = [&] {
    static_cast<void>(connection->nodes().request_position({1}, std::chrono::hours(1)));
  };
  const std::string behind = message_of(ask);
  CHECK_MESSAGE(behind.find("a sequence of the database ") != std::string::npos, behind);
  CHECK_MESSAGE(behind.find("crierwait_pkey") != std::string::npos, behind);
  CHECK_MESSAGE(behind.find("migrate --repair") != std::string::npos, behind);
  const std::vector<Repair> done = connection->schema().repair(false);
  REQUIRE(done.size() == 2);
  CHECK(done[0].what == "the row of crierLock was gone");
  CHECK(done[1].what == "the sequence of crierWait.serial was behind its rows");
  CHECK_NOTHROW(ask());
}

TEST_CASE("postgres: all tables truncated: what migrate, status and repair say leads out") {
  if (postgres_folder().empty()) {
    return;
  }
  const DamagedSpace space;
  space.execute(
      space.value("SELECT 'TRUNCATE ' || string_agg(oid::regclass::text, ', ') FROM "
                  "pg_class WHERE relkind = 'r' AND relnamespace = "
                  "current_schema()::regnamespace"));
  const auto connection = space.again();
  Schema& schema = connection->schema();
  const std::string advice = schema.status().advice;
  CHECK_MESSAGE(advice.find("no record of the migrations that made them") != std::string::npos,
                advice);
  CHECK(message_of([&] { schema.migrate(); }) == advice);
  CHECK_FALSE(schema.repair(false).empty());
  CHECK(schema.status().state == SchemaState::current);
  CHECK(schema.migrate().empty());
  CHECK(append(*space.again(), new_entry("[]")) == EntryId{1});
}

TEST_CASE(
    "postgres: a record that was lost of older tables is written again, and migrate goes on") {
  if (postgres_folder().empty()) {
    return;
  }
  const DamagedSpace space(
      "DROP TABLE crierProgress, crierAudit; ALTER TABLE crierNode DROP COLUMN pausedUntilMs, DROP "
      "COLUMN pausedBy, DROP COLUMN stands; TRUNCATE crierMigration");
  const auto connection = space.again();
  REQUIRE(connection->schema().repair(false).size() == 1);
  CHECK(connection->schema().status().state == SchemaState::older);
  CHECK(connection->schema().migrate().size() == 1);
  CHECK(connection->schema().status().state == SchemaState::current);
}

TEST_CASE("postgres: what somebody has added to the tables is nobody's fault") {
  if (postgres_folder().empty()) {
    return;
  }
  const DamagedSpace space(
      "UPDATE crierLog SET newest = 7; ALTER TABLE crierNode ADD COLUMN rack text, ALTER COLUMN "
      "host SET DEFAULT 'here'; "
      "ALTER TABLE crierCacheInstruction ADD CONSTRAINT own UNIQUE (utcStamp, id); "
      "ALTER TABLE crierLog DROP CONSTRAINT crierLog_one_check; ALTER TABLE crierLog ADD CHECK "
      "(newest "
      ">= 0); ALTER TABLE crierLog ADD CONSTRAINT crierLog_one_check CHECK (one); "
      "CREATE INDEX own_index ON crierNode (host); CREATE TRIGGER own AFTER DELETE ON crierNode "
      "FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()");
  CHECK(space.again()->schema().status().advice.empty());
  CHECK(space.again()->schema().repair(false).empty());
}

TEST_CASE("postgres: what the server refuses to mend is told, and the rest is mended") {
  if (postgres_folder().empty()) {
    return;
  }
  const DamagedSpace space(
      "ALTER TABLE crierCacheInstruction DROP CONSTRAINT crierCacheInstruction_pkey; "
      "INSERT INTO crierCacheInstruction VALUES (3, '', '[]', 'x', 1); DROP INDEX "
      "crierFailureOfNode; DROP TABLE crierCanary; CREATE VIEW crierCanary AS SELECT 1 AS one");
  const auto connection = space.again();
  const std::vector<Repair> done = connection->schema().repair(false);
  REQUIRE(done.size() == 3);
  CHECK(done[0].what == "the primary key of crierCacheInstruction was gone");
  CHECK_MESSAGE(done[0].failed.find("could not create unique index") != std::string::npos,
                done[0].failed);
  CHECK(done[1].what == "the index crierFailureOfNode was gone");
  CHECK(done[1].failed.empty());
  CHECK(done[2].what == "the table crierCanary was no table");
  CHECK_FALSE(done[2].failed.empty());
  CHECK(connection->schema().status().advice.find("the primary key of crierCacheInstruction is "
                                                  "gone, the table crierCanary is no table;") !=
        std::string::npos);
}

}  // namespace
}  // namespace crier::test
