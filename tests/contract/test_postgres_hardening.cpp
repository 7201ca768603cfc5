// SPDX-License-Identifier: MIT
// What a role can do to others with the rights that it has, and on servers that are hardened.
#include <crier/admin/store.hpp>

#include "contract/peer.hpp"
#include "contract/postgres_roles.hpp"
#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <array>
#include <stdexcept>
#include <string>
#include <vector>

namespace crier::test {
namespace {

// What became of a statement: "done", or the server's words.
std::string outcome(RawPostgres& session, const std::string& sql) {
  try {
    session.exec("BEGIN; " + sql + "; ROLLBACK");
    return "done";
  } catch (const std::runtime_error& error) {
    session.exec("ROLLBACK");
    return error.what();
  }
}

struct Attempt {
  const char* sql;
  std::array<bool, 5> is_allowed;  // stranger, reader, publisher, application, node
};

const std::vector<Attempt> kAttempts = {
    {"SELECT crierSettle(0)", {false, false, false, false, true}},
    {"SELECT crierSettle(NULL, '0', '1')", {false, false, false, false, true}},
    {"SELECT crierAppend('[]', 'x', 1)", {false, false, true, false, true}},
    {"SELECT crierAppend(ARRAY['[]'], ARRAY['x'], ARRAY[1::bigint])",
     {false, false, true, false, true}},
    {"SELECT crierAppend('{}'::text[], '{}', '{}')", {false, false, true, false, true}},
    {"SELECT crierAppend(ARRAY['[]'], ARRAY['x', 'x'], ARRAY[1::bigint])",
     {false, false, false, false, false}},
    {"SELECT newest FROM crierLog", {false, true, true, true, true}},
    // Its lock is taken before the right is asked for: docs/security.md names that.
    {"PREPARE p AS DELETE FROM crierLock", {false, true, true, true, true}},
    {"SELECT nextval(pg_get_serial_sequence('crierPending', 'number'))",
     {false, false, false, false, false}},
    {"SELECT setval(pg_get_serial_sequence('crierWait', 'serial'), 1)",
     {false, false, false, false, false}},
    {"TRUNCATE crierCacheInstruction", {false, false, false, false, false}},
    {"DELETE FROM crierCache", {false, false, false, false, true}},
    {"DELETE FROM crierHybrid", {false, false, false, false, true}},
    {"DELETE FROM crierLease", {false, false, false, false, true}},
    {"DELETE FROM crierPosition", {false, false, false, false, true}},
    {"DELETE FROM crierPruned", {false, false, false, false, true}},
    {"DELETE FROM crierWait", {false, false, false, false, true}},
    {"DELETE FROM crierFailure", {false, false, false, false, true}},
    {"DELETE FROM crierCanary", {false, false, false, false, true}},
    {"SELECT newest FROM crierLog FOR UPDATE", {false, false, false, false, false}},
    {"SELECT newest FROM crierLog FOR KEY SHARE", {false, false, false, false, false}},
    {"UPDATE crierLog SET newest = 0", {false, false, false, false, false}},
    {"LOCK TABLE crierLog IN ACCESS EXCLUSIVE MODE", {false, false, false, false, false}},
    {"INSERT INTO crierCacheInstruction VALUES (1002, '', '[]', 'x', 1)",
     {false, false, false, false, false}},
    {"UPDATE crierCacheInstruction SET jsonInstruction = '[]'",
     {false, false, false, false, false}},
    {"DELETE FROM crierCacheInstruction", {false, false, false, false, true}},
    {"INSERT INTO crierPending (jsonInstruction, originated) VALUES ('[]', 'x')",
     {false, false, false, true, false}},
    {"INSERT INTO crierPending (jsonInstruction, originated, writer) VALUES ('[]', 'x', '1')",
     {false, false, false, false, false}},
    {"INSERT INTO crierPending (jsonInstruction, originated, number) OVERRIDING SYSTEM VALUE "
     "VALUES ('[]', 'x', 1)",
     {false, false, false, false, false}},
    {"DELETE FROM crierPending", {false, false, false, false, false}},
    {"SELECT FROM crierLock FOR UPDATE", {false, false, false, false, true}},
    {"LOCK TABLE crierLock IN ROW EXCLUSIVE MODE", {false, false, false, false, true}},
    {"SELECT FROM crierEvent, crierRefresher, crierProgress, crierAudit",
     {false, true, false, false, true}},
    {"INSERT INTO crierEvent (log, atMs, kind, node, incarnation, detail) VALUES ('', 0, '', '', "
     "'', '')",
     {false, false, false, false, true}},
    {"DELETE FROM crierRefresher", {false, false, false, false, true}},
    {"DELETE FROM crierProgress", {false, false, false, false, true}},
    {"INSERT INTO crierAudit VALUES ('', 1, '', '', '', '', '', 0)",
     {false, false, false, false, true}},
    {"UPDATE crierNode SET pausedUntilMs = 1", {false, false, false, false, true}},
    {"UPDATE crierNode SET position = 0", {false, false, false, false, true}},
    {"UPDATE crierMigration SET checksum = ''", {false, false, false, false, false}},
    {"CREATE TABLE evil (x int)", {false, false, false, false, false}},
    {"CREATE TEMP TABLE evil (x int); CREATE TRIGGER evil AFTER INSERT ON evil FOR EACH ROW "
     "EXECUTE FUNCTION crierSettleAtCommit()",
     {false, false, false, false, false}},
};

TEST_CASE("postgres: each role can do what its kind says, and nothing else") {
  if (postgres_folder().empty()) {
    return;
  }
  const Roles roles;
  constexpr std::array kNames = {"stranger", "reader", "publisher", "application", "node"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    RawPostgres session = roles.raw(kNames.at(i));
    for (const Attempt& attempt : kAttempts) {
      const std::string what = outcome(session, attempt.sql);
      INFO(kNames.at(i), ": ", attempt.sql, ": ", what);
      if (attempt.is_allowed.at(i)) {
        CHECK(what == "done");
      } else {
        const bool is_refused = what.find("permission denied") != std::string::npos ||
                                what.find("does not exist") != std::string::npos ||
                                what.find("null value in column") != std::string::npos ||
                                what.find("no schema has been selected") != std::string::npos;
        CHECK(is_refused);
      }
    }
  }
}

TEST_CASE("postgres: who may only connect holds up nobody") {
  if (postgres_folder().empty()) {
    return;
  }
  const Roles roles;
  RawPostgres stranger = roles.raw("stranger");
  const std::string log =
      "(SELECT oid FROM pg_class WHERE relname = 'crierlog' AND relnamespace = "
      "(SELECT oid FROM pg_namespace WHERE nspname = '" +
      roles.schema() + "'))::int";
  const std::string cache =
      "(SELECT oid FROM pg_class WHERE relname = 'criercache' AND "
      "relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = '" +
      roles.schema() + "'))::int";
  stranger.exec("SELECT pg_advisory_lock(1668441458, " + log + "), pg_advisory_lock(1668441460, " +
                cache + ")");
  const auto node = open_store(roles.url_of("node", "5s"))->connect(Access::read_write);
  CHECK(node->nodes().beat(new_report("web")).alone);
  CHECK(append(*node, new_entry("[]")) == EntryId{1});
  CHECK(node->cache().add("a", "1", node->cache().lookup("a").stamp, {}));
  CHECK(node->cache().clear({}, 10).entries == 1);
}

TEST_CASE("postgres: what everybody has by default may be taken from everybody") {
  if (postgres_folder().empty()) {
    return;
  }
  const Roles roles;
  roles.execute("REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA " + roles.schema() + " FROM PUBLIC");
  const auto node = roles.connect("node", Access::read_write);
  CHECK(node->nodes().beat(new_report("web")).alone);
  CHECK(append(*node, new_entry("[]")) == EntryId{1});
  CHECK(append(*roles.connect("publisher", Access::read_write), new_entry("[]")) == EntryId{2});
  RawPostgres app = roles.raw("application");
  app.exec("INSERT INTO crierPending (jsonInstruction, originated) VALUES ('[]', 'x')");
  app.exec(
      "BEGIN ISOLATION LEVEL SERIALIZABLE; "
      "INSERT INTO crierPending (jsonInstruction, originated) VALUES ('[]', 'x'); COMMIT");
  CHECK(node->log().assign_pending_ids());
  CHECK(all_ids(*roles.connect("reader", Access::read_only)) ==
        std::vector<std::int64_t>{1, 2, 3, 4});
}

TEST_CASE("postgres: rows that a policy hides are not taken for rows that are not there") {
  if (postgres_folder().empty()) {
    return;
  }
  const Roles roles;
  const auto node = roles.connect("node", Access::read_only);
  for (const std::string table : {"crierCacheInstruction", "crierPending", "crierLog"}) {
    roles.execute("ALTER TABLE " + table + " ENABLE ROW LEVEL SECURITY");
    const std::string message = message_of([&] { static_cast<void>(node->log().read_after({})); });
    CHECK_MESSAGE(message.find("row-level security") != std::string::npos, message);
    roles.execute("ALTER TABLE " + table + " DISABLE ROW LEVEL SECURITY");
    CHECK(node->log().read_after({}).entries.empty());
  }
}

TEST_CASE("postgres: an earlier crier's grants become those of this one") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresSpace space;
  const auto store = open_store(space.url("&deadline=30s"));
  const std::vector<Migration> all = store->pending();
  const std::string node = "node" + space.schema();
  const std::string publisher = "publisher" + space.schema();
  const std::string application = "application" + space.schema();
  for (std::size_t i = 0; i < 4; ++i) {
    space.execute(all.at(i).sql);
    space.execute("INSERT INTO crierMigration (version, name, checksum) VALUES (" +
                  std::to_string(all[i].version) + ", '" + all[i].name + "', '" + all[i].checksum +
                  "')");
  }
  space.execute("CREATE ROLE " + node + " LOGIN; CREATE ROLE " + publisher +
                " LOGIN; CREATE ROLE " + application + " LOGIN; GRANT USAGE ON SCHEMA " +
                space.schema() + " TO PUBLIC; GRANT SELECT ON ALL TABLES IN SCHEMA " +
                space.schema() + " TO " + node + "; GRANT UPDATE (newest) ON crierLog TO " + node +
                ", " + publisher +
                "; GRANT SELECT ON crierLog TO PUBLIC; "
                "GRANT INSERT, DELETE ON crierCacheInstruction TO " +
                node + "; GRANT INSERT ON crierCacheInstruction TO " + publisher +
                "; GRANT INSERT ON crierPending TO " + application +
                "; GRANT INSERT, UPDATE, DELETE ON crierNode, crierLease TO " + node);
  CHECK(store->connect(Access::create)->schema().migrate().size() == 4);
  const auto as = [&](const std::string& role) {
    RawPostgres session("host=" + postgres_folder() + " dbname=crier user=" + role);
    session.exec("SET search_path = " + space.schema());
    return session;
  };
  RawPostgres of_node = as(node);
  CHECK(of_node.value("SELECT crierSettle(5000)") == "0");
  CHECK(of_node.value("SELECT crierAppend('[]', 'x', 1)") == "1");
  of_node.exec("BEGIN; SELECT FROM crierLock FOR UPDATE; ROLLBACK");
  RawPostgres of_publisher = as(publisher);
  CHECK(of_publisher.value("SELECT crierAppend('[]', 'x', 1)") == "2");
  CHECK_THROWS(of_publisher.exec("SELECT crierSettle(5000)"));
  RawPostgres of_application = as(application);
  of_application.exec("INSERT INTO crierPending (jsonInstruction, originated) VALUES ('[]', 'x')");
  CHECK_THROWS(of_application.exec(
      "INSERT INTO crierPending (jsonInstruction, originated, writer) VALUES ('[]', 'x', '1')"));
  // As a node of the earlier crier publishes.
  of_node.exec(
      "WITH counter AS (UPDATE crierLog SET newest = newest + 1 RETURNING newest) "
      "INSERT INTO crierCacheInstruction SELECT newest, '', '[]', 'x', 1 FROM counter");
  CHECK(all_ids(*store->connect(Access::read_only)) == std::vector<std::int64_t>{1, 2, 3, 4});
  space.execute("DROP OWNED BY " + node + ", " + publisher + ", " + application + "; DROP ROLE " +
                node + ", " + publisher + ", " + application);
}

}  // namespace
}  // namespace crier::test
