// SPDX-License-Identifier: MIT
// Entries that ride in a transaction which the application has open on its own connection.
#include "contract/postgres_ride.hpp"
#include "support/errors.hpp"

#include <doctest/doctest.h>

#include <libpq-fe.h>
#include <string>
#include <vector>

namespace crier::test {
namespace {

TEST_CASE("postgres: what rides in a transaction is there with its commit, and not before") {
  if (postgres_folder().empty()) {
    return;
  }
  PostgresRide ride;
  append(*ride.connection, new_entry("[0]"));
  ride.app.exec("BEGIN; INSERT INTO products VALUES (1, 100)");
  const RidingIds ids =
      ride.write(ride.app, {new_entry("[1]"), new_entry("[\"2\\\\'\"]", 3, "app")});
  CHECK_FALSE(ids.last);
  CHECK(ids.after == EntryId{1});
  // Others are not held up, and come first: the ids are given at the commit.
  CHECK(append(*ride.connection, new_entry("[9]")) == EntryId{2});
  CHECK(all_ids(*ride.connection) == Ids{1, 2});
  ride.app.exec("COMMIT");
  CHECK(all_ids(*ride.connection) == Ids{1, 2, 3, 4});
  CHECK(ride.connection->log().find({3})->json_instruction == "[1]");
  const Entry entry = *ride.connection->log().find({4});
  CHECK(entry.json_instruction == "[\"2\\\\'\"]");
  CHECK(entry.originated == "app");
  CHECK(entry.instruction_count == 3);
  CHECK(entry.utc_stamp.size() == 23);
  CHECK(ride.connection->log().find_written(ids.after, "app", 2) == std::vector{EntryId{4}});
  CHECK(ride.connection->log().find_written({4}, "app", 2).empty());
  CHECK(ride.connection->log().find_written({}, "nobody", 2).empty());
  CHECK(ride.connection->log().find_written({}, "test", 2) == std::vector<EntryId>{{3}, {2}});
  CHECK(append(*ride.connection, new_entry("[5]")) == EntryId{5});
  // Which is READ COMMITTED here.
  ride.app.exec("BEGIN ISOLATION LEVEL READ UNCOMMITTED");
  ride.write(ride.app);
  ride.app.exec("COMMIT");
  CHECK(all_ids(*ride.connection).size() == 6);
}

TEST_CASE("postgres: a rollback takes along what rides, and leaves no hole") {
  if (postgres_folder().empty()) {
    return;
  }
  PostgresRide ride;
  ride.app.exec("BEGIN; INSERT INTO products VALUES (1, 100)");
  ride.write(ride.app);
  ride.app.exec("ROLLBACK");
  // One that fails in its commit, after the ids were given.
  ride.app.exec(
      "CREATE TABLE later (id bigint REFERENCES products DEFERRABLE INITIALLY DEFERRED); BEGIN");
  ride.write(ride.app);
  ride.app.exec("INSERT INTO later VALUES (7)");
  CHECK_THROWS_AS(ride.app.exec("COMMIT"), std::runtime_error);
  // Half of one.
  ride.app.exec("BEGIN; SAVEPOINT crier_append_in");
  ride.write(ride.app);
  ride.app.exec("ROLLBACK TO crier_append_in");
  ride.write(ride.app, {new_entry("[2]")});
  ride.app.exec("COMMIT");
  CHECK_FALSE(ride.connection->log().assign_pending_ids());
  CHECK(all_ids(*ride.connection) == Ids{1});
  CHECK(ride.connection->log().find({1})->json_instruction == "[2]");
  CHECK(ride.value("SELECT count(*) FROM crierPending") == "0");
}

TEST_CASE("postgres: isolated transactions commit whatever others do, and settle afterwards") {
  if (postgres_folder().empty()) {
    return;
  }
  for (const std::string level : {"REPEATABLE READ", "SERIALIZABLE"}) {
    CAPTURE(level);
    PostgresRide ride;
    ride.app.exec("BEGIN ISOLATION LEVEL " + level + "; INSERT INTO products VALUES (1, 100)");
    const RidingIds ids = ride.write(ride.app, {new_entry("[1]"), new_entry("[2]", 1, "app")});
    append(*ride.connection, new_entry("[9]"));
    ride.app.exec("COMMIT");
    CHECK(all_ids(*ride.connection) == Ids{1});
    CHECK(ride.connection->log().assign_pending_ids());
    CHECK(all_ids(*ride.connection) == Ids{1, 2, 3});
    CHECK(ride.connection->log().find({2})->json_instruction == "[1]");
    CHECK(ride.connection->log().find_written(ids.after, "app", 1) == std::vector{EntryId{3}});
    CHECK_FALSE(ride.connection->log().assign_pending_ids());
    CHECK(all_ids(*ride.connection) == Ids{1, 2, 3});
  }
}

TEST_CASE("postgres: a connection on which nothing can ride is refused, and stays as it was") {
  if (postgres_folder().empty()) {
    return;
  }
  PostgresRide ride;
  const auto refused = [&](const RawPostgres& app) {
    const Error error = error_of([&] { ride.write(app); });
    CHECK(error.operation() == "append");
    return std::string(error.what());
  };
  const auto says = [](const std::string& message, const std::string& words) {
    CHECK_MESSAGE(message.find(words) != std::string::npos, message);
  };
  const auto on_null = [&](ApplicationConnection none) {
    return message_of([&] { ride.store->append_in(none, std::vector{new_entry("[]")}); });
  };
  CHECK(on_null(static_cast<pg_conn*>(nullptr)) ==
        "there is no connection to write on: it is null");
  says(on_null(static_cast<sqlite3*>(nullptr)), "is PostgreSQL: nothing can be written there");
  says(refused(ride.app), "no transaction is open on this connection to 'postgresql://");

  RawPostgres failed(ride.space.conninfo());
  failed.exec("BEGIN");
  CHECK_THROWS_AS(failed.exec("SELECT 1 / 0"), std::runtime_error);
  says(refused(failed), "has failed already; roll it back");

  RawPostgres busy(ride.space.conninfo());
  busy.exec("BEGIN");
  REQUIRE(PQsendQuery(busy.handle(), "SELECT 1") == 1);
  says(refused(busy), "a command of the application's is still running");

  RawPostgres piped(ride.space.conninfo());
  piped.exec("BEGIN");
  REQUIRE(PQenterPipelineMode(piped.handle()) == 1);
  says(refused(piped), "is in pipeline mode");

  RawPostgres latin(ride.space.conninfo());
  latin.exec("SET client_encoding = LATIN1; BEGIN");
  says(refused(latin), "has the client_encoding LATIN1; set it to UTF8");

  RawPostgres read_only(ride.space.conninfo());
  read_only.exec("BEGIN READ ONLY");
  says(refused(read_only), "may only read");
  CHECK(read_only.value("SELECT 1") == "1");

  const PostgresSpace empty;
  RawPostgres elsewhere(empty.conninfo());
  elsewhere.exec("BEGIN");
  const auto unnamed =
      open_store("host=" + postgres_folder() +
                 " user=crier dbname=crier options='-c search_path=" + empty.schema() + "'");
  says(message_of([&] { unnamed->append_in(elsewhere.handle(), std::vector{new_entry("[]")}); }),
       "has no tables of crier's there");
  CHECK(elsewhere.value("SELECT 1") == "1");

  // Tables of crier's, but those of another log.
  const MigratedSpace other;
  RawPostgres there(other.conninfo());
  there.exec("BEGIN");
  const auto by_path =
      open_store("host=" + postgres_folder() +
                 " user=crier dbname=crier options='-c search_path=" + ride.space.schema() + "'");
  says(message_of([&] { by_path->append_in(there.handle(), std::vector{new_entry("[]")}); }),
       "this connection's log is another one");
  CHECK(there.value("SELECT 1") == "1");

  RawPostgres cut(ride.space.conninfo());
  cut.exec("BEGIN");
  ride.space.execute("SELECT pg_terminate_backend(" + cut.value("SELECT pg_backend_pid()") + ")");
  CHECK(error_of([&] { ride.write(cut); }).retryable());
  CHECK(error_of([&] { ride.write(cut); }).retryable());
  CHECK(all_ids(*ride.connection).empty());
}

TEST_CASE("postgres: all that rides is written, or none, and the transaction goes on") {
  if (postgres_folder().empty()) {
    return;
  }
  PostgresRide ride;
  ride.app.exec("BEGIN; INSERT INTO products VALUES (1, 100)");
  const Error error = error_of([&] {
    ride.write(ride.app, {new_entry("[1]"), new_entry(std::string("[\0]", 3))});
  });
  CHECK(error.invalid_argument());
  ride.app.exec("COMMIT");
  CHECK(all_ids(*ride.connection).empty());
  CHECK(ride.value("SELECT count(*) FROM crierPending") == "0");
  CHECK(ride.value("SELECT count(*) FROM products") == "1");

  // The application's own time-out, while another one holds what it needs.
  RawPostgres holder(ride.space.conninfo());
  holder.exec("BEGIN; LOCK TABLE crierPending");
  ride.app.exec("SET lock_timeout = '10ms'; BEGIN");
  const Error late = error_of([&] { ride.write(ride.app); });
  CHECK(late.retryable());
  CHECK(std::string(late.what()).find("the application's own timeout") == 0);
  holder.exec("ROLLBACK");
  ride.app.exec("SET lock_timeout = 0");
  ride.write(ride.app);
  ride.app.exec("COMMIT");
  CHECK(all_ids(*ride.connection) == Ids{1});
}

TEST_CASE("postgres: what waits in great number is settled bit by bit, and all of it") {
  if (postgres_folder().empty()) {
    return;
  }
  PostgresRide ride;
  ride.app.exec(
      "BEGIN ISOLATION LEVEL SERIALIZABLE; INSERT INTO crierPending (jsonInstruction, originated) "
      "SELECT '[]', 'test' FROM generate_series(1, 10002); COMMIT");
  CHECK(ride.app.value("SELECT crierSettle(2)") == "2");
  CHECK(ride.connection->log().assign_pending_ids());
  CHECK(ride.connection->log().bounds()->newest == EntryId{10002});
}

TEST_CASE("postgres: the cost of what rides grows with it, and not with its square") {
  if (postgres_folder().empty()) {
    return;
  }
  PostgresRide ride;
  ride.app.exec("BEGIN");
  ride.write(ride.app, std::vector<NewEntry>(300, new_entry("[1]")));
  ride.app.exec("SET CONSTRAINTS ALL IMMEDIATE");
  CHECK(std::stoi(ride.app.value(
            "SELECT pg_stat_get_xact_tuples_returned('crierPending_pkey'::regclass)")) < 3000);
  ride.app.exec("COMMIT");
  CHECK(all_ids(*ride.connection).size() == 300);
}

TEST_CASE("postgres: what rides where the tables were made anew since the last session is taken") {
  if (postgres_folder().empty()) {
    return;
  }
  PostgresRide ride;
  ride.space.execute("UPDATE crierLog SET identity = gen_random_uuid()");
  ride.app.exec("BEGIN");
  ride.write(ride.app);
  ride.app.exec("COMMIT");
  CHECK(ride.value("SELECT count(*) FROM crierCacheInstruction") == "1");
}

}  // namespace
}  // namespace crier::test
