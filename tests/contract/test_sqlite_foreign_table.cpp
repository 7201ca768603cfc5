// SPDX-License-Identifier: MIT
// An instruction table that another program made.
#include <crier/admin/store.hpp>

#include "support/contents.hpp"
#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/temp_dir.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <limits>
#include <string>

namespace crier::test {
namespace {

// A database with one table, and a connection of crier's to it.
class Foreign {
 public:
  explicit Foreign(const std::string& ddl, const std::string& table = "log") : table_(table) {
    raw_.exec(ddl);
  }
  [[nodiscard]] std::unique_ptr<Connection> connect(const std::string& more = {}) const {
    return open_store(path_ + "?table=" + table_ + more)->connect(Access::read_write);
  }
  [[nodiscard]] std::string status() const { return connect()->schema().status().advice; }
  [[nodiscard]] std::string path() const { return "'" + path_ + "'"; }
  void execute(const std::string& sql) { raw_.exec(sql); }
  [[nodiscard]] std::string schema() const {
    SQLite::Statement rows(raw_, "SELECT group_concat(sql, ';') FROM sqlite_master");
    rows.executeStep();
    return rows.getColumn(0).getString();
  }

 private:
  TempDir dir_;
  const std::string path_ = dir_ / "x.db";
  const std::string table_;
  SQLite::Database raw_{path_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
};

constexpr const char* kLooseDdl =
    "CREATE TABLE log (id INTEGER PRIMARY KEY AUTOINCREMENT, utcStamp, jsonInstruction, "
    "originated, instructionCount)";

TEST_CASE("Umbraco's table is read and written, and its schema stays as it was") {
  Foreign umbraco(umbraco_ddl(), "umbracoCacheInstruction");
  umbraco.execute(
      "INSERT INTO umbracoCacheInstruction (utcStamp, jsonInstruction, originated) "
      "VALUES ('2024-05-06 07:08:09.1234567', '[{}]', 'HOST/App [P1/D2] AB')");
  const std::string before = umbraco.schema();
  {
    const auto connection = umbraco.connect();
    const SchemaStatus status = connection->schema().status();
    CHECK(status.state == SchemaState::current);
    CHECK(status.advice.empty());
    CHECK(append(*connection, new_entry("[1]", 4)) == EntryId{2});

    const Page page = connection->log().read_after({1});
    CHECK(ids_of(page.entries) == Ids{2});
    const std::optional<Entry> first = connection->log().find({1});
    CHECK(first == Entry{{1}, "2024-05-06 07:08:09.1234567", "HOST/App [P1/D2] AB", 1, "[{}]"});
    CHECK(page.anchor == first->fingerprint());
    CHECK(connection->log().backlog({}, 100) == 5);
    CHECK(connection->log().newest().id == EntryId{2});
  }
  CHECK(umbraco.schema() == before);
}

TEST_CASE("a table is Umbraco's by its name or by its shape, and no other is") {
  const auto is_umbracos = [](const std::string& ddl, const std::string& table) {
    return Foreign(ddl, table).connect()->log().is_umbracos();
  };
  std::string renamed = umbraco_ddl();
  renamed.replace(renamed.find("umbracoCacheInstruction"), 23, "log");
  std::string of_that_name = kLooseDdl;
  of_that_name.replace(of_that_name.find("log"), 3, "UMBRACOcacheInstruction");
  CHECK(is_umbracos(umbraco_ddl(), "umbracoCacheInstruction"));
  CHECK(is_umbracos(renamed, "log"));
  CHECK(is_umbracos(of_that_name, "umbracocacheinstruction"));
  CHECK_FALSE(is_umbracos(kLooseDdl, "log"));
  // Whoever made it, and however wide its numbers are: Umbraco's classes decide.
  for (const std::string type : {"INTEGER", "BIGINT", "int(8)"}) {
    for (const std::string text : {"TEXT", "nvarchar(500)", "TEXT COLLATE NOCASE"}) {
      CHECK(is_umbracos(
          "CREATE TABLE Invalidation (id INTEGER PRIMARY KEY AUTOINCREMENT, utcStamp "
          "DATETIME, jsonInstruction " +
              text + " NOT NULL, originated " + text + ", instructionCount " + type + ", more)",
          "invalidation"));
    }
  }
  const TempDir dir;
  const auto own = open_store((dir / "x.db").string())->connect(Access::create);
  own->schema().migrate();
  CHECK_FALSE(own->log().is_umbracos());
  const std::string file = dir / "x.db";
  open_store(file + "?app=shop")->connect(Access::create)->schema().migrate();
  for (const std::string table : {"shop_crierCacheInstruction", "SHOP_criercacheinstruction"}) {
    const auto other = open_store(file + "?table=" + table)->connect(Access::read_write);
    CHECK_FALSE(other->log().is_umbracos());
  }
}

TEST_CASE("Umbraco's table takes no entry beyond its ids of 32 bits") {
  Foreign umbraco(umbraco_ddl(), "umbracoCacheInstruction");
  umbraco.execute(
      "INSERT INTO umbracoCacheInstruction (id, utcStamp, jsonInstruction, originated) "
      "VALUES (2147483646, '', '[]', '')");
  const auto connection = umbraco.connect();
  CHECK(append(*connection, new_entry("[]")) == EntryId{2'147'483'647});
  const Error error = error_of([&] { append(*connection, new_entry("[]")); });
  CHECK(std::string(error.what()).find("have come to the end of 32 bits") != std::string::npos);
  CHECK(connection->log().newest().id == EntryId{2'147'483'647});

  Foreign loose(kLooseDdl);
  loose.execute("INSERT INTO log VALUES (2147483647, '', '[]', '', 1)");
  CHECK(append(*loose.connect(), new_entry("[]")) == EntryId{2'147'483'648});
}

TEST_CASE("migrating a database with a table of another program puts crier's own beside it") {
  Foreign umbraco(umbraco_ddl(), "umbracoCacheInstruction");
  const std::string before = umbraco.schema();
  CHECK_FALSE(umbraco.connect()->schema().migrate().empty());
  CHECK(umbraco.schema().starts_with(before + ";CREATE TABLE crierCacheInstruction"));
  CHECK(umbraco.connect()->schema().status().state == SchemaState::current);
  append(*umbraco.connect(), new_entry("[]"));
  CHECK(all_ids(*umbraco.connect()) == Ids{1});
}

TEST_CASE("a table that the URL names must be there") {
  const Foreign none("CREATE TABLE other (id INTEGER)");
  CHECK(none.connect()->schema().status().state == SchemaState::missing);
  CHECK(none.status() == "there is no table 'log' in the database " + none.path() +
                             "; the URL's ?table= must name an instruction table");
  CHECK(message_of([&] { none.connect()->log().newest(); }) ==
        "the database " + none.path() + " has no table 'log'");
}

TEST_CASE("a URL that names crier's own table, in whatever case, is one that names none") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  const auto store = open_store(path + "?table=CRIERcacheInstruction");
  const auto connection = store->connect(Access::create);
  CHECK(connection->schema().status().advice == "the database '" + path +
                                                    "' has no tables of crier's; create them "
                                                    "with: crier --store '" +
                                                    path + "?table=CRIERcacheInstruction' migrate");
  connection->schema().migrate();
  append(*connection, new_entry("[]"));
  append(*connection, new_entry("[]"));
  connection->nodes().request_position({1}, std::chrono::hours(1));
  CHECK(open_store(path)->connect(Access::read_only)->nodes().position_requests().size() == 1);
  const Pruned pruned = connection->log().prune({.older_than = std::chrono::milliseconds(-1000)});
  CHECK(pruned.outcome == Pruned::Outcome::done);
  CHECK(pruned.rows == 1);
  CHECK(connection->log().pruned_through() == EntryId{1});

  SQLite::Database(path, SQLite::OPEN_READWRITE).exec("DROP TABLE crierCacheInstruction");
  CHECK(connection->schema().status().state == SchemaState::altered);
}

TEST_CASE("a table without one of the five columns is not an instruction table") {
  const Foreign old(
      "CREATE TABLE log (id INTEGER PRIMARY KEY AUTOINCREMENT, utcStamp, jsonInstruction, "
      "originated)");
  CHECK(old.connect()->schema().status().state == SchemaState::missing);
  CHECK(old.status() == "the table 'log' in the database " + old.path() +
                            " has no column 'instructionCount', so it is not an instruction table");
}

TEST_CASE("a table that may use an id again is not an instruction table") {
  const Foreign reusing(
      "CREATE TABLE log (id INTEGER PRIMARY KEY, utcStamp, jsonInstruction, originated, "
      "instructionCount)");
  CHECK(reusing.status() ==
        "the column 'id' of the table 'log' in the database " + reusing.path() +
            " is not INTEGER PRIMARY KEY AUTOINCREMENT, so ids could be used again");
}

TEST_CASE("a table may have any name") {
  Foreign odd(
      "CREATE TABLE \"o\"\"d {table}; --\" (id INTEGER PRIMARY KEY AUTOINCREMENT, utcStamp, "
      "jsonInstruction, originated, instructionCount)",
      "o%22d {table}; --");
  CHECK(odd.status().empty());
  CHECK(append(*odd.connect(), new_entry("[]")) == EntryId{1});
}

TEST_CASE("rows of any storage class are read as they are") {
  Foreign loose(kLooseDdl);
  loose.execute(
      "INSERT INTO log VALUES (1, NULL, NULL, NULL, NULL);"
      "INSERT INTO log VALUES (2, 2026, 3.5, 7, '12');"
      "INSERT INTO log VALUES (3, x'00ff', x'5b00ff5d', x'', 1e300);"
      "INSERT INTO log VALUES (4, CAST(x'41ff42' AS TEXT), CAST(x'5b0022ff5d' AS TEXT), "
      "                        'a' || char(0) || 'b', 'many');"
      "INSERT INTO log VALUES (5, '', '', '', x'39');");
  const auto connection = loose.connect();
  const Page page = connection->log().read_after({1});
  const Entry none{{1}, "", "", 0, ""};
  CHECK(page.anchor == none.fingerprint());
  CHECK(connection->log().find({1}) == none);
  REQUIRE(page.entries.size() == 4);
  CHECK(page.entries[0] == Entry{{2}, "2026", "7", 12, "3.5"});
  CHECK(page.entries[1] == Entry{{3},
                                 std::string("\0\xff", 2),
                                 "",
                                 std::numeric_limits<std::int64_t>::max(),
                                 std::string("[\0\xff]", 4)});
  CHECK(page.entries[2] == Entry{{4},
                                 "A\xff"
                                 "B",
                                 std::string("a\0b", 3),
                                 0,
                                 std::string("[\0\"\xff]", 5)});
  CHECK(page.entries[3].instruction_count == 9);
  CHECK(connection->log().backlog({}, 5) == 12);  // what is no number counts for none
  CHECK(connection->log().backlog({3}, 100) == 9);
  CHECK(connection->log().newest().fingerprint == page.entries[3].fingerprint());
}

TEST_CASE("rows that stand before the first id are no anchor for the start") {
  Foreign loose(kLooseDdl);
  loose.execute("INSERT INTO log VALUES (-1, '', '', '', 1), (0, '', '', '', 1)");
  const Page page = loose.connect()->log().read_after({});
  CHECK_FALSE(page.anchor);
  CHECK(page.entries.empty());
}

TEST_CASE("text of a UTF-16 database is read as UTF-8, and a blob as it is") {
  Foreign wide("PRAGMA encoding = 'UTF-16'; " + std::string(kLooseDdl));
  append(*wide.connect(), new_entry("[\"\xc3\xa9\"]", 1, "h\xc3\xb6st"));
  wide.execute("INSERT INTO log VALUES (2, '', x'5b5d', '', 1)");
  const Page page = wide.connect()->log().read_after({});
  REQUIRE(page.entries.size() == 2);
  CHECK(page.entries[0].json_instruction == "[\"\xc3\xa9\"]");
  CHECK(page.entries[0].originated == "h\xc3\xb6st");
  CHECK(page.entries[1].json_instruction == "[]");
}

TEST_CASE("memory that runs out is an error, not a shorter text") {
  const Foreign wide("PRAGMA encoding = 'UTF-16'; " + std::string(kLooseDdl));
  const auto connection = wide.connect();
  const std::string json(100'000, 'x');  // converted from UTF-16 when it is read
  append(*connection, new_entry(json));
  static_cast<void>(connection->log().find({1}));
  int failures = 0;
  constexpr int kStep = 2048, kEnough = 2'000'000;
  for (int more = 0; more < kEnough; more += kStep) {
    std::optional<Entry> entry;
    sqlite3_hard_heap_limit64(sqlite3_memory_used() + more);
    try {
      entry = connection->log().find({1});
    } catch (const Error&) {
      ++failures;
    }
    sqlite3_hard_heap_limit64(0);
    REQUIRE((!entry || entry->json_instruction == json));
  }
  CHECK(failures > 0);
  CHECK(failures < kEnough / kStep);
}

TEST_CASE("a statement that does not end is ended by the deadline, and may be tried again") {
  const Foreign endless(
      "CREATE VIEW log AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
      "SELECT -i AS id, '' AS utcStamp, '' AS jsonInstruction, '' AS originated, "
      "1 AS instructionCount FROM n");
  const auto connection = endless.connect("&deadline=30ms");
  for (int i = 0; i < 2; ++i) {
    const Error error = error_of([&] { connection->log().find({1}); });
    CHECK(error.retryable());
    CHECK(error.what() == "the database " + endless.path() +
                              " did not finish in 30ms; try again, or give it a longer deadline");
  }
  CHECK(connection->schema().status().state == SchemaState::missing);
}

}  // namespace
}  // namespace crier::test
