// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "support/errors.hpp"
#include "support/files.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <fstream>
#include <iterator>
#include <latch>
#include <string>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

// What a schema is made of, and what a function or a rule does, a line each.
std::vector<std::string> schema_of(const PostgresSpace& space) {
  const std::string here = "current_schema()::regnamespace";
  std::vector<std::string> lines =
      RawPostgres(space.conninfo())
          .values(
              "SELECT replace(line, current_schema() || '.', '') FROM ("
              "SELECT concat_ws(' ', relname, attnum, attname, atttypid::regtype, attnotnull, "
              "attidentity, attcollation::regcollation, pg_get_expr(adbin, adrelid), reloptions) "
              "FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 "
              "AND NOT attisdropped LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum "
              "WHERE relnamespace = " +
              here +
              " UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, "
              "pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace = " +
              here +
              " UNION ALL SELECT pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class "
              "ON pg_class.oid = indexrelid WHERE relnamespace = " +
              here +
              " UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = " +
              here +
              " UNION ALL SELECT concat_ws(' ', oid::regprocedure, proacl) FROM pg_proc "
              "WHERE pronamespace = " +
              here +
              " UNION ALL SELECT pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger JOIN pg_class "
              "ON pg_class.oid = tgrelid WHERE NOT tgisinternal AND relnamespace = " +
              here + ") AS all_of_it (line) ORDER BY 1");
  for (std::string& line : lines) {
    for (std::size_t at = 0; (at = line.find(space.schema())) != std::string::npos;) {
      line.replace(at, space.schema().size(), "SCHEMA");
    }
  }
  return lines;
}

TEST_CASE("postgres: the migrations make exactly what schema/postgresql.sql shows") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresSpace migrated;
  open_store(migrated.url())->connect(Access::create)->schema().migrate();
  const PostgresSpace shown;
  std::ifstream file(source_file("schema/postgresql.sql"));
  shown.execute(std::string(std::istreambuf_iterator(file), {}));
  CHECK(schema_of(migrated) == schema_of(shown));
  CHECK(schema_of(migrated).size() > 50);
}

TEST_CASE("postgres: the migrations are numbered and named as SQLite's") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresSpace space;
  const auto postgres = open_store(space.url())->pending();
  const auto sqlite = open_store("none.db")->pending();
  REQUIRE(postgres.size() == sqlite.size());
  for (std::size_t i = 0; i < sqlite.size(); ++i) {
    CHECK(postgres[i].name == sqlite[i].name);
  }
}

TEST_CASE("postgres: migrating makes the schema that the URL names") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresSpace space;
  space.execute("DROP SCHEMA " + space.schema());
  const auto connection = open_store(space.url())->connect(Access::create);
  CHECK(connection->schema().status().state == SchemaState::missing);
  CHECK_FALSE(connection->schema().migrate().empty());
  CHECK(connection->schema().status().state == SchemaState::current);
}

TEST_CASE("postgres: of threads that migrate at once, one applies each migration") {
  if (postgres_folder().empty()) {
    return;
  }
  for (int round = 0; round < 5; ++round) {
    const PostgresSpace space;
    const std::size_t all = open_store(space.url())->pending().size();
    std::atomic<std::size_t> applied = 0;
    std::atomic<int> failures = 0;
    {
      constexpr int kThreads = 4;
      std::latch start(kThreads);
      std::vector<std::jthread> threads;
      for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&] {
          const auto connection = open_store(space.url("&deadline=30s"))->connect(Access::create);
          start.arrive_and_wait();
          try {
            applied += connection->schema().migrate().size();
          } catch (const Error&) {
            ++failures;
          }
        });
      }
    }
    CHECK(applied == all);
    CHECK(failures == 0);
  }
}

TEST_CASE("postgres: what stands there is told apart, with what to do about it") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresSpace space;
  const auto connection = open_store(space.url())->connect(Access::create);
  const auto advice = [&] { return connection->schema().status().advice; };
  CHECK(advice().find("has no tables of crier's; create them with: crier --store "
                      "'postgresql://crier@/crier?host=") != std::string::npos);
  connection->schema().migrate();
  CHECK(advice().empty());

  space.execute("UPDATE crierMigration SET checksum = 'x' WHERE version = 2");
  CHECK(connection->schema().status().state == SchemaState::altered);
  CHECK_THROWS_AS(connection->schema().migrate(), Error);
  space.execute("INSERT INTO crierMigration VALUES (99, '0099_x', 'x')");
  CHECK(connection->schema().status().state == SchemaState::newer);
  CHECK(message_of([&] { connection->schema().migrate(); }) == advice());

  const PostgresSpace dropped;
  const auto other = open_store(dropped.url())->connect(Access::create);
  other->schema().migrate();
  dropped.execute("DROP TABLE crierCacheInstruction CASCADE");
  CHECK(other->schema().status().state == SchemaState::altered);
  dropped.execute("DROP TABLE crierMigration");
  CHECK(message_of([&] {
          other->schema().migrate();
        }).find("no record of the migrations that made them") != std::string::npos);
}

}  // namespace
}  // namespace crier::test
