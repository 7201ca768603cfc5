// SPDX-License-Identifier: MIT
// crier's functions run with their owner's rights, and nothing of anybody else's with them.
#include <crier/admin/store.hpp>

#include "contract/postgres_roles.hpp"
#include "support/entries.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("postgres: the trigger's function runs nothing of a table that is not crier's") {
  if (postgres_folder().empty()) {
    return;
  }
  const Roles roles;
  // Though somebody gave the right away, and as it was before it was taken from everybody.
  roles.execute("GRANT EXECUTE ON FUNCTION crierSettleAtCommit TO PUBLIC; GRANT USAGE ON SCHEMA " +
                roles.schema() + " TO PUBLIC");
  RawPostgres reader = roles.raw("reader");
  reader.exec(
      "CREATE TYPE pg_temp.mine AS (x int); CREATE TEMP TABLE seen (who text);"
      "CREATE FUNCTION pg_temp.cast_mine(pg_temp.mine) RETURNS xid8 LANGUAGE plpgsql AS $$ BEGIN "
      "INSERT INTO pg_temp.seen VALUES (current_user); RETURN '1'; END $$;"
      "GRANT ALL ON seen TO PUBLIC;"
      "CREATE CAST (pg_temp.mine AS xid8) WITH FUNCTION pg_temp.cast_mine AS IMPLICIT;");
  for (const std::string table : {"evil", "crierPending"}) {
    reader.exec("CREATE TEMP TABLE " + table + " (writer pg_temp.mine, number bigint)");
    reader.exec("CREATE TRIGGER evil AFTER INSERT ON pg_temp." + table +
                " FOR EACH ROW EXECUTE FUNCTION crierSettleAtCommit()");
    CHECK_THROWS_WITH(reader.exec("INSERT INTO pg_temp." + table + " VALUES (ROW(1), 1)"),
                      doctest::Contains("is the trigger of crierPending only"));
  }
  CHECK(reader.value("SELECT count(*) FROM seen") == "0");
}

TEST_CASE("postgres: who may create functions beside crier's tables gets none of his called") {
  if (postgres_folder().empty()) {
    return;
  }
  const Roles roles;
  roles.execute("GRANT USAGE, CREATE ON SCHEMA " + roles.schema() + " TO " +
                roles.name("stranger"));
  RawPostgres stranger = roles.raw("stranger");
  stranger.exec("CREATE TABLE seen (what text); GRANT INSERT ON seen TO PUBLIC");
  for (const std::string function :
       {"crierSettle(integer, xid8, xid8)", "crierSettle(bigint, xid8, xid8)",
        "crierSettle(bigint)", "crierSettle(integer)", "crierAppend(text, text, bigint)",
        "crierAppend(text[], text[], bigint[])", "cardinality(text[])", "row_number()",
        "to_char(timestamp, varchar)", "pg_notify(text, varchar)", "pg_notify(varchar, varchar)",
        "current_setting(varchar)", "md5(varchar)", "unnest(text[])"}) {
    stranger.exec("CREATE FUNCTION " + function + " RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN " +
                  "INSERT INTO " + roles.schema() + ".seen VALUES ('" + function +
                  " as ' || current_user); RETURN 1; END $$");
  }
  const auto publisher = roles.connect("publisher", Access::read_write);
  CHECK(append(*publisher, new_entry("[]")) == EntryId{1});
  CHECK(publisher->log().append(std::vector(2, new_entry("[]"))) == EntryId{3});
  RawPostgres app = roles.raw("application");
  app.exec("INSERT INTO crierPending (jsonInstruction, originated) VALUES ('[]', 'x')");
  app.exec(
      "BEGIN ISOLATION LEVEL SERIALIZABLE; "
      "INSERT INTO crierPending (jsonInstruction, originated) VALUES ('[]', 'x'); COMMIT");
  const auto node = roles.connect("node", Access::read_write);
  CHECK(node->log().assign_pending_ids());
  CHECK(node->log().newest().id == EntryId{5});
  CHECK(stranger.value("SELECT string_agg(what, '; ') FROM seen").empty());
}

TEST_CASE("postgres: a publisher that appends nothing moves nothing") {
  if (postgres_folder().empty()) {
    return;
  }
  const Roles roles;
  RawPostgres publisher = roles.raw("publisher");
  CHECK(publisher.value("SELECT crierAppend('[]', 'x', 1)") == "1");
  const std::string moved = publisher.value("SELECT xmin FROM crierLog");
  CHECK(publisher.value("SELECT crierAppend('{}'::text[], '{}', '{}') IS NULL") == "t");
  CHECK(publisher.value("SELECT xmin FROM crierLog") == moved);
  CHECK(publisher.value("SELECT crierAppend('[]', 'x', 1)") == "2");
}

// One who may publish chooses it; a row that can't be read would stop every node.
TEST_CASE("postgres: of an origin that is very long the beginning is read, by each look") {
  if (postgres_folder().empty()) {
    return;
  }
  const Roles roles;
  RawPostgres publisher = roles.raw("publisher");
  publisher.exec("SELECT crierAppend('[]', repeat('é', 3000000), 1)");
  const auto node = roles.connect("node", Access::read_write);
  InstructionLog& log = node->log();
  const Page page = log.read_after({});
  REQUIRE(page.entries.size() == 1);
  CHECK(page.entries[0].originated.size() == 2000);
  const Cursor there{page.entries[0].id, page.entries[0].fingerprint()};
  CHECK(log.newest() == there);
  CHECK(log.heads({1}).here == there);
  CHECK(log.read_before({2}, 1).at(0).originated == page.entries[0].originated);
  CHECK(log.find({1}).value().originated == page.entries[0].originated);
  CHECK(log.backlog({}, 10, "x") == 1);
}

TEST_CASE("postgres: a server that quotes all names is written to like any") {
  if (postgres_folder().empty()) {
    return;
  }
  const Roles roles;
  for (const char* role : {"publisher", "application", "node"}) {
    roles.execute("ALTER ROLE " + roles.name(role) + " SET quote_all_identifiers = on");
  }
  CHECK(append(*roles.connect("publisher", Access::read_write), new_entry("[]")) == EntryId{1});
  CHECK(roles.raw("publisher").value("SELECT crierAppend('[]', 'x', 1)") == "2");
  CHECK(roles.raw("publisher")
            .value("SELECT crierAppend(ARRAY['[]'], ARRAY['x'], ARRAY[1::bigint])") == "3");
  const auto store = open_store(roles.url_of("node"));
  const std::uint64_t mark = store->wakeup().mark();
  RawPostgres app = roles.raw("application");
  app.exec(
      "BEGIN ISOLATION LEVEL SERIALIZABLE; "
      "INSERT INTO crierPending (jsonInstruction, originated) VALUES ('[]', 'x'); COMMIT");
  CHECK(store->wakeup().wait(mark, 30s));  // under one name of the channel
  CHECK(store->connect(Access::read_write)->log().assign_pending_ids());
}

}  // namespace
}  // namespace crier::test
