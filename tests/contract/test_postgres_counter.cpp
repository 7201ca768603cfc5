// SPDX-License-Identifier: MIT
// The counter that gives the ids and the log that it counts: what becomes of a log in which they
// disagree, or which has come to another name.
#include <crier/admin/store.hpp>

#include "contract/postgres_ride.hpp"
#include "contract/postgres_test_store.hpp"
#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace crier::test {
namespace {

Ids seen(const PostgresRide& ride) { return ids_of(ride.connection->log().read_after({}).entries); }

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("postgres: what the counter has not counted is not seen, and told") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresRide ride;
  InstructionLog& log = ride.connection->log();
  append(*ride.connection, new_entry("[1]"));
  CHECK(log.faults().empty());
  ride.space.execute(
      "INSERT INTO crierCacheInstruction SELECT 1000 + id, utcStamp, jsonInstruction, originated, "
      "instructionCount FROM crierCacheInstruction");
  CHECK(seen(ride) == Ids{1});
  CHECK(log.newest().id == EntryId{1});
  const std::vector<LogFault> faults = log.faults();
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].code == "entries-not-counted");
  CHECK(faults[0].figure == 1000);
  CHECK(contains(faults[0].what,
                 "holds entry 1001, which crierLog has not counted (it stands at 1)"));
  CHECK(append(*ride.connection, new_entry("[2]")) == EntryId{2});
  CHECK(seen(ride) == Ids{1, 2});
  CHECK(log.newest().id == EntryId{2});
}

TEST_CASE("postgres: a counter that was set back takes with it what it had counted") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresRide ride;
  InstructionLog& log = ride.connection->log();
  log.append(std::vector{new_entry("[1]"), new_entry("[2]"), new_entry("[3]")});
  CHECK(log.read_after(EntryId{3}).anchor.has_value());
  ride.space.execute("UPDATE crierLog SET newest = 2");
  CHECK_FALSE(log.read_after(EntryId{3}).anchor.has_value());
  CHECK(log.newest().id == EntryId{2});
  CHECK(contains(message_of([&] { append(*ride.connection, new_entry("[x]")); }),
                 "does not count its entries any more"));
  CHECK(seen(ride) == Ids{1, 2});
}

TEST_CASE("postgres: a counter that is lost stops publishes and reads, and is told") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresRide ride;
  append(*ride.connection, new_entry("[1]"));
  ride.space.execute("TRUNCATE crierLog");
  const std::vector<LogFault> faults = ride.connection->log().faults();
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].code == "counter-lost");
  CHECK_THROWS_AS(ride.connection->log().read_after({}), Error);
  CHECK_THROWS_AS(append(*ride.connection, new_entry("[2]")), Error);
}

TEST_CASE("postgres: a schema that is renamed takes its log along, transactions and all") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresRide ride;
  append(*ride.connection, new_entry("[1]"));
  const std::string was = ride.space.schema();
  RawPostgres owner(ride.space.conninfo());
  owner.exec("ALTER SCHEMA " + was + " RENAME TO \"Renamed " + was + "\"");
  owner.exec("SET search_path = \"Renamed " + was + "\"");
  CHECK(owner.value("SELECT crierAppend('[2]', 'x', 1)") == "2");
  owner.exec("INSERT INTO crierPending (jsonInstruction, originated) VALUES ('[3]', 'x')");
  CHECK(owner.value("SELECT count(*) FROM crierPending") == "0");
  owner.exec("ALTER SCHEMA \"Renamed " + was + "\" RENAME TO " + was);
  CHECK(seen(ride) == Ids{1, 2, 3});
}

TEST_CASE("postgres: another schema under the same name is another log") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresRide ride;
  append(*ride.connection, new_entry("[1]"));
  const auto reader = ride.store->connect(Access::read_only);
  CHECK(reader->log().read_after(EntryId{1}).anchor.has_value());
  const MigratedSpace other;
  const std::string was = ride.space.schema();
  RawPostgres owner(ride.space.conninfo());
  owner.exec("INSERT INTO " + other.schema() + ".crierCacheInstruction SELECT * FROM " + was +
             ".crierCacheInstruction; UPDATE " + other.schema() + ".crierLog SET newest = 1");
  owner.exec("ALTER SCHEMA " + was + " RENAME TO aside_" + was + "; ALTER SCHEMA " +
             other.schema() + " RENAME TO " + was);
  CHECK(error_of([&] {
          static_cast<void>(reader->log().read_after(EntryId{1}));
          static_cast<void>(reader->log().read_after(EntryId{1}));
        }).replaced());
  owner.exec("ALTER SCHEMA " + was + " RENAME TO " + other.schema() + "; ALTER SCHEMA aside_" +
             was + " RENAME TO " + was);
}

TEST_CASE("postgres: what is missing of the tables is said by its name") {
  if (postgres_folder().empty()) {
    return;
  }
  const auto advice_after = [](const std::string& sql) {
    const PostgresRide ride;
    ride.space.execute(sql);
    const SchemaStatus status = ride.connection->schema().status();
    CHECK(status.state == SchemaState::altered);
    CHECK(message_of([&] { ride.connection->schema().migrate(); }) == status.advice);
    return status.advice;
  };
  CHECK(contains(advice_after("DROP TABLE crierNode, crierWait"),
                 "left it: the table crierNode is gone, the table crierWait is gone; restore"));
  CHECK(contains(advice_after("ALTER TABLE crierPending DISABLE TRIGGER USER"),
                 "left it: the trigger crierSettleAtCommit was changed; restore"));
  CHECK(
      contains(advice_after("DROP FUNCTION crierSettle"),
               "left it: the function crierSettle(bigint, xid8, xid8, crierLog) is gone; restore"));
  CHECK(contains(advice_after("ALTER TABLE crierCacheInstruction DROP COLUMN originated"),
                 "left it: the column crierCacheInstruction.originated is gone; restore"));
}

}  // namespace
}  // namespace crier::test
