// SPDX-License-Identifier: MIT
// Entries that were committed without ids: nobody who looks takes the log for all that is new.
#include <crier/crier.hpp>

#include "contract/postgres_ride.hpp"
#include "support/entries.hpp"
#include "support/eventually.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* kInsert =
    "INSERT INTO crierPending (jsonInstruction, originated) VALUES ('[]', 'x'); ";

std::string isolated(const std::string& level) {
  return "BEGIN ISOLATION LEVEL " + level + "; " + kInsert + "COMMIT";
}

TEST_CASE("postgres: a read says that entries are due, and a look at the log as a whole how many") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresRide ride;
  const auto reader = ride.store->connect(Access::read_only);
  CHECK_FALSE(reader->log().read_after({}).ids_are_due);
  for (const std::string level : {"REPEATABLE READ", "SERIALIZABLE"}) {
    ride.space.execute(isolated(level));
    CHECK(reader->log().read_after(ride.connection->log().newest().id).ids_are_due);
    REQUIRE(reader->log().faults().size() == 1);
    CHECK(reader->log().faults()[0].code == "entries-pending");
    CHECK(reader->log().faults()[0].figure == 1);
    CHECK(ride.connection->log().assign_pending_ids());
    CHECK_FALSE(reader->log().read_after(ride.connection->log().newest().id).ids_are_due);
    CHECK(reader->log().faults().empty());
  }
  ride.space.execute(std::string("BEGIN; ") + kInsert + "COMMIT");
  CHECK(ride.connection->log().newest().id == EntryId{3});
}

TEST_CASE("postgres: a commit that gives no ids wakes the nodes") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresRide ride;
  const auto listening = open_store(ride.space.url("&deadline=30s"));
  for (const std::string& sql :
       {isolated("SERIALIZABLE"),
        std::string("INSERT INTO crierPending (jsonInstruction, originated) "
                    "SELECT '[]', 'x' FROM generate_series(1, 5001)")}) {
    const std::uint64_t mark = listening->wakeup().mark();
    ride.space.execute(sql);
    CHECK(listening->wakeup().wait(mark, 30s));
  }
}

TEST_CASE("postgres: the commit of a very large transaction gives some of the ids, and tells") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresRide ride;
  ride.space.execute(
      "INSERT INTO crierPending (jsonInstruction, originated) "
      "SELECT n::text, 'x' FROM generate_series(1, 12000) AS n");
  CHECK(ride.value("SELECT newest FROM crierLog") == "5000");
  CHECK(ride.connection->log().assign_pending_ids());
  CHECK(ride.value("SELECT newest FROM crierLog") == "12000");
  CHECK(ride.value("SELECT count(*) FROM crierCacheInstruction WHERE id::text = jsonInstruction") ==
        "12000");
}

TEST_CASE("postgres: of what a savepoint takes back nothing is left, and the rest has its ids") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresRide ride;
  const std::string insert = kInsert;
  ride.space.execute("BEGIN; " + insert + "SAVEPOINT a; " + insert + "ROLLBACK TO a; COMMIT");
  ride.space.execute("BEGIN; SAVEPOINT a; " + insert + "RELEASE a; " + insert +
                     "SET CONSTRAINTS ALL IMMEDIATE; " + insert + "COMMIT");
  CHECK(ride.value("SELECT count(*) FROM crierPending") == "0");
  CHECK(all_ids(*ride.connection) == std::vector<std::int64_t>{1, 2, 3, 4});
}

Options pending_options(const std::string& url, Role role) {
  Options options;
  options.store = url;
  options.role = role;
  options.poll_interval = 100ms;
  options.heartbeat_interval = 1h;  // no tick comes to help
  options.lease_duration = 2h;
  return options;
}

TEST_CASE("postgres: whoever leads gives ids at once, and if nobody leads anyone does") {
  if (postgres_folder().empty()) {
    return;
  }
  for (const Role role : {Role::unknown, Role::subscriber}) {
    const PostgresRide ride;
    Node node(pending_options(ride.space.url("&deadline=30s"), role), {});
    node.start();
    ride.space.execute(isolated("SERIALIZABLE"));
    CHECK(eventually([&] { return node.wait_applied({1}, 20s); }));
    CHECK(ride.value("SELECT count(*) FROM crierPending") == "0");
  }
}

}  // namespace
}  // namespace crier::test
