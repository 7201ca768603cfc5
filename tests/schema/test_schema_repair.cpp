// SPDX-License-Identifier: MIT
// Tables that were truncated, dropped or restored in part, and are mended.
#include <crier/admin/store.hpp>

#include "store/sql/schema_parts.hpp"
#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/temp_dir.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>

#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace crier::test {
namespace {

// A migrated database with three entries, and a node that stands at entry 7.
struct Damaged {
  TempDir dir;
  const std::string path = dir / "x.db";
  std::unique_ptr<Connection> connection = open_store(path)->connect(Access::create);

  explicit Damaged(const std::string& how = {}) {
    connection->schema().migrate();
    for (int i = 0; i < 3; ++i) {
      append(*connection, new_entry("[]"));
    }
    NodeReport node;
    node.name = "web";
    node.incarnation = Guid::random();
    node.position = {7};
    static_cast<void>(connection->nodes().beat(node));
    execute(how);
  }
  void execute(const std::string& sql) const {
    SQLite::Database(path, SQLite::OPEN_READWRITE).exec(sql);
  }
  // With one space for all white space.
  [[nodiscard]] std::string schema() const {
    SQLite::Database raw(path, SQLite::OPEN_READONLY);
    std::istringstream words(
        raw.execAndGet("SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY "
                       "type, name)")
            .getString());
    std::string all;
    for (std::string word; words >> word;) {
      all += word + " ";
    }
    return all;
  }
};

TEST_CASE("repair: ids go on above what nodes have seen, and then all is well") {
  const Damaged database("DELETE FROM crierCacheInstruction; DELETE FROM sqlite_sequence");
  Schema& schema = database.connection->schema();
  const std::vector<Repair> planned = schema.repair(true);
  REQUIRE(planned.size() == 1);
  CHECK(planned.front().what ==
        "the log gave its ids from 0 on, and ids up to 7 have been seen: "
        "new entries go on after that");
  CHECK(schema.repair(false).size() == 1);  // the dry run has changed nothing
  CHECK(append(*database.connection, new_entry("[]")) == EntryId{8});
  CHECK(schema.repair(false).empty());
}

TEST_CASE("repair: a table that was dropped is noticed, and made again as it was") {
  const Damaged whole;
  for (const char* table : {"crierNode", "crierLease", "crierPosition", "crierPruned", "crierWait",
                            "crierFailure", "crierCanary", "crierCache", "crierCacheInstruction"}) {
    CAPTURE(table);
    const Damaged database("DROP TABLE " + std::string(table));
    Schema& schema = database.connection->schema();
    const SchemaStatus status = schema.status();
    CHECK(status.state == SchemaState::altered);
    CHECK(status.advice.starts_with("the database '" + database.path +
                                    "' was migrated, and is not as that left it: the table " +
                                    table + " is gone"));
    CHECK(
        status.advice.ends_with("; restore the database from a backup, or mend it with: crier "
                                "--store " +
                                database.path + " migrate --repair"));
    CHECK(message_of([&] { schema.migrate(); }) == status.advice);
    const std::string before = database.schema();
    CHECK_FALSE(schema.repair(true).empty());
    CHECK(database.schema() == before);
    CHECK_FALSE(schema.repair(false).empty());
    CHECK(database.schema() == whole.schema());
    CHECK(schema.status().state == SchemaState::current);
    CHECK(append(*database.connection, new_entry("[]")) >= EntryId{4});
  }
}

// The table made anew after a change of its SQL.
std::string altered(const std::string& table, const std::string& from, const std::string& to) {
  return "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, '" + from +
         "', '" + to + "') WHERE name = '" + table + "'; PRAGMA writable_schema = RESET";
}

TEST_CASE("repair: a table that was changed is noticed, and made again with its rows") {
  const Damaged whole;
  for (const std::string& how :
       {altered("crierCacheInstruction", " AUTOINCREMENT", ""),
        altered("crierFailure", " AUTOINCREMENT", ""),
        altered("crierCacheInstruction", " DEFAULT 1", ""),
        altered("crierNode", "COLLATE NOCASE", ""),
        std::string("ALTER TABLE crierNode DROP COLUMN troubles"),
        std::string("ALTER TABLE crierNode RENAME COLUMN lag TO slack"),
        std::string("DELETE FROM crierMigration"), std::string("DROP TABLE crierMigration"),
        std::string("DELETE FROM crierMigration WHERE version > 5")}) {
    CAPTURE(how);
    const Damaged database(how);
    const auto connection = open_store(database.path)->connect(Access::read_write);
    Schema& schema = connection->schema();
    CHECK(schema.status().state == SchemaState::altered);
    CHECK(message_of([&] { schema.migrate(); }) == schema.status().advice);
    CHECK_FALSE(schema.repair(true).empty());
    for (const Repair& one : schema.repair(false)) {
      CHECK_MESSAGE(one.failed.empty(), one.failed);
    }
    CHECK(schema.status().advice.empty());
    CHECK(schema.repair(true).empty());
    if (how.find("RENAME COLUMN") == std::string::npos) {
      CHECK(database.schema() == whole.schema());
    }
    const auto after = open_store(database.path)->connect(Access::read_write);
    CHECK(after->log().read_after({}).entries.size() == 3);
    CHECK(append(*after, new_entry("[]")) >= EntryId{4});
  }
}

TEST_CASE("repair: an index that is gone or was changed keeps no node from starting") {
  const Damaged whole;
  for (const std::string how : {"", "; CREATE INDEX crierFailureOfNode ON crierFailure (log)"}) {
    const Damaged database("DROP INDEX crierFailureOfNode" + how);
    Schema& schema = database.connection->schema();
    const SchemaStatus status = schema.status();
    CHECK(status.state == SchemaState::current);
    REQUIRE(status.warnings.size() == 1);
    CHECK(status.warnings[0].find(": the index crierFailureOfNode " +
                                  std::string(how.empty() ? "is gone" : "was changed") + "; ") !=
          std::string::npos);
    CHECK(status.warnings[0].ends_with(" migrate --repair"));
    CHECK(schema.migrate().empty());
    CHECK(schema.repair(false).front().what.find("the index crierFailureOfNode") == 0);
    CHECK(schema.status().warnings.empty());
    CHECK(database.schema() == whole.schema());
  }
}

TEST_CASE("repair: somebody's own columns do no harm, and are kept") {
  const Damaged database(
      "ALTER TABLE crierCacheInstruction ADD COLUMN mine TEXT DEFAULT 'x'; UPDATE "
      "crierCacheInstruction SET mine = 'y' WHERE id = 2");
  CHECK(database.connection->schema().status().advice.empty());
  database.execute(altered("crierCacheInstruction", " DEFAULT 1", ""));
  const auto connection = open_store(database.path)->connect(Access::read_write);
  CHECK(connection->schema().repair(false).front().what ==
        "the column crierCacheInstruction.instructionCount was changed");
  SQLite::Database raw(database.path, SQLite::OPEN_READONLY);
  CHECK(raw.execAndGet("SELECT group_concat(mine) FROM crierCacheInstruction").getString() ==
        "x,y,x");
}

TEST_CASE("repair: the ids of another program's table are its own") {
  const Damaged database(
      "CREATE TABLE umbracoCacheInstruction (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "
      "utcStamp TEXT NOT NULL, jsonInstruction TEXT NOT NULL, originated TEXT NOT NULL, "
      "instructionCount INTEGER NOT NULL DEFAULT 1); UPDATE crierNode SET log = "
      "'umbracoCacheInstruction'");
  const auto foreign = open_store("sqlite:" + database.path + "?table=umbracoCacheInstruction")
                           ->connect(Access::read_write);
  CHECK(foreign->schema().repair(false).empty());
  CHECK(append(*foreign, new_entry("[]")) == EntryId{1});
  database.execute("DROP TABLE crierCanary");
  CHECK(foreign->schema().repair(false).size() == 1);
}

TEST_CASE("repair: what was never migrated, or by a newer crier, is not touched") {
  const TempDir dir;
  const auto connection = open_store((dir / "x.db").string())->connect(Access::create);
  CHECK(message_of([&] { connection->schema().repair(false); }).find("create them with: ") !=
        std::string::npos);
  const Damaged newer(
      "INSERT INTO crierMigration (version, name, checksum) VALUES (99, 'x', 'y'); "
      "DROP TABLE crierNode");
  CHECK(message_of([&] { newer.connection->schema().repair(false); }).find("use a newer crier") !=
        std::string::npos);
}

TEST_CASE("the statements of a schema are told apart, whatever stands in them") {
  const std::vector<sql::SchemaPart> parts = sql::schema_parts(
      "-- a; b\nCREATE TABLE a (x text DEFAULT ';', -- 'c\n  \"y;\" text);\nINSERT INTO a VALUES "
      "('--');\nCREATE FUNCTION f(x a) AS $function$ BEGIN; '$function$;\nCREATE INDEX i ON a "
      "(x);");
  REQUIRE(parts.size() == 4);
  CHECK(parts[0].kind == sql::SchemaPart::Kind::table);
  CHECK(parts[0].name == "a");
  CHECK(parts[0].sql == "CREATE TABLE a (x text DEFAULT ';', \n  \"y;\" text);");
  CHECK(parts[1].kind == sql::SchemaPart::Kind::row);
  CHECK(parts[2].kind == sql::SchemaPart::Kind::function);
  CHECK(parts[2].name == "f");
  CHECK(parts[3].kind == sql::SchemaPart::Kind::index);
  CHECK_THROWS_AS(static_cast<void>(sql::schema_parts("DROP TABLE a;")), std::logic_error);
}

}  // namespace
}  // namespace crier::test
