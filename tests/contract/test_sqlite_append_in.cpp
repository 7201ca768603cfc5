// SPDX-License-Identifier: MIT
// Entries that ride in a transaction which the application has open on its own connection.
#include <crier/admin/store.hpp>

#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/temp_dir.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <filesystem>
#include <string>
#include <vector>

namespace crier::test {
namespace {

namespace fs = std::filesystem;

SQLite::Database open_database(const std::string& path, int flags = SQLite::OPEN_READWRITE) {
  return {path, flags};
}

// A store, and the application's own connection to the same file, with a table of its own.
struct Ride {
  TempDir dir;
  std::string path = dir / "shop.db";
  std::unique_ptr<Store> store = open_store(path);
  std::unique_ptr<Connection> connection = store->connect(Access::create);
  SQLite::Database app = make_app();

  SQLite::Database make_app() const {
    connection->schema().migrate();
    SQLite::Database database = open_database(path);
    database.exec("CREATE TABLE products (id INTEGER PRIMARY KEY, price)");
    return database;
  }
  EntryId write(sqlite3* on, const std::vector<NewEntry>& entries = {new_entry("[1]")}) const {
    return store->append_in(on, entries).last.value();
  }
  EntryId write(const std::vector<NewEntry>& entries = {new_entry("[1]")}) {
    return write(app.getHandle(), entries);
  }
  Error refused(sqlite3* on) const {
    return error_of([&] { write(on); });
  }
  std::int64_t prices() { return app.execAndGet("SELECT count(*) FROM products").getInt64(); }
};

void check_refused(const Error& error, const std::string& message) {
  CHECK(error.what() == message);
  CHECK(error.operation() == "append");
  CHECK(error.invalid_argument());
}

TEST_CASE_FIXTURE(Ride, "append_in: entries are there with the commit, and not before") {
  app.exec("BEGIN IMMEDIATE; INSERT INTO products VALUES (1, 100)");
  CHECK(write({new_entry("[1]"), new_entry("[2]", 3, "app")}) == EntryId{2});
  CHECK(all_ids(*connection).empty());
  app.exec("COMMIT");
  CHECK(all_ids(*connection) == Ids{1, 2});
  const Entry entry = *connection->log().find({2});
  CHECK(entry.json_instruction == "[2]");
  CHECK(entry.originated == "app");
  CHECK(entry.instruction_count == 3);
  CHECK(entry.utc_stamp.size() == 23);
}

TEST_CASE_FIXTURE(Ride, "append_in: a rollback takes the entries along and leaves no hole") {
  app.exec("BEGIN; INSERT INTO products VALUES (1, 100)");
  CHECK(write() == EntryId{1});
  app.exec("ROLLBACK");
  CHECK(all_ids(*connection).empty());
  CHECK(prices() == 0);
  CHECK(append(*connection, new_entry("[2]")) == EntryId{1});
}

TEST_CASE_FIXTURE(Ride, "append_in: a savepoint of the application's is a transaction, too") {
  app.exec("SAVEPOINT crier_append_in; INSERT INTO products VALUES (1, 100)");
  write();
  app.exec("ROLLBACK TO crier_append_in");
  CHECK(write() == EntryId{1});
  app.exec("RELEASE crier_append_in");
  CHECK(all_ids(*connection) == Ids{1});
  CHECK(prices() == 0);
}

TEST_CASE_FIXTURE(Ride, "append_in: the application's last_insert_rowid() stays") {
  app.exec("BEGIN; INSERT INTO products VALUES (77, 100)");
  write();
  CHECK(app.getLastInsertRowid() == 77);
  sqlite3_limit(app.getHandle(), SQLITE_LIMIT_LENGTH, 10'000);
  CHECK_THROWS_AS(write({new_entry("[1]"), new_entry(std::string(20'000, ' '))}), Error);
  CHECK(app.getLastInsertRowid() == 77);
}

TEST_CASE_FIXTURE(Ride, "append_in: without an open transaction, or without a connection") {
  check_refused(refused(nullptr), "there is no connection to write on: it is null");
  check_refused(refused(app.getHandle()), "no transaction is open on this connection to '" + path +
                                              "'; write between BEGIN IMMEDIATE and COMMIT");
  CHECK(all_ids(*connection).empty());
}

TEST_CASE_FIXTURE(Ride, "append_in: a connection of another file is refused") {
  const std::string other = dir / "other.db";
  open_store(other)->connect(Access::create)->schema().migrate();
  SQLite::Database wrong = open_database(other);
  // That the right file is attached does not make it the one of the transaction.
  wrong.exec("ATTACH '" + path + "' AS shop; BEGIN IMMEDIATE");
  check_refused(refused(wrong.getHandle()),
                "this connection's main database is '" + other + "', and not '" + path + "'");
  for (const char* name : {":memory:", ""}) {
    SQLite::Database nowhere = open_database(name, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    nowhere.exec("BEGIN IMMEDIATE");
    check_refused(
        refused(nowhere.getHandle()),
        "this connection's main database is in memory or temporary, and not '" + path + "'");
  }
  wrong.exec("COMMIT");
  CHECK(open_store(other)->connect(Access::read_only)->log().newest() == Cursor{});
}

TEST_CASE_FIXTURE(Ride, "append_in: any path to the same file will do") {
  fs::create_symlink("shop.db", dir / "link.db");
  SQLite::Database linked = open_database(dir / "link.db");
  linked.exec("BEGIN IMMEDIATE");
  CHECK(write(linked.getHandle()) == EntryId{1});
  linked.exec("COMMIT");

  const auto store_by_link = open_store("sqlite:" + (dir / "link.db").string());
  const std::string relative = fs::relative(path);
  SQLite::Database walked = open_database(relative);
  walked.exec("BEGIN IMMEDIATE");
  CHECK(store_by_link->append_in(walked.getHandle(), std::vector{new_entry("[2]")}).last ==
        EntryId{2});
  walked.exec("COMMIT");
  CHECK(all_ids(*connection) == Ids{1, 2});
}

TEST_CASE_FIXTURE(Ride, "append_in: a table of that name elsewhere on the connection is not ours") {
  app.exec(
      "CREATE TEMP TABLE crierCacheInstruction (id, utcStamp, jsonInstruction, originated, "
      "instructionCount); BEGIN IMMEDIATE");
  CHECK(write() == EntryId{1});
  app.exec("COMMIT");
  CHECK(all_ids(*connection) == Ids{1});
}

TEST_CASE_FIXTURE(Ride, "append_in: a file that was moved under the application is refused") {
  app.exec("BEGIN IMMEDIATE");
  fs::rename(path, dir / "moved.db");
  const std::string message = "the database file '" + path +
                              "' was moved, replaced or removed while this connection had it open; "
                              "reopen it";
  Error error = refused(app.getHandle());
  CHECK(error.what() == message);
  CHECK(error.replaced());
  open_store(path)->connect(Access::create)->schema().migrate();
  error = refused(app.getHandle());  // now another file stands there
  CHECK(error.what() == message);
  CHECK(error.replaced());
}

TEST_CASE_FIXTURE(Ride, "append_in: a connection that may only read is refused") {
  SQLite::Database reader = open_database(path, SQLite::OPEN_READONLY);
  reader.exec("BEGIN");
  const std::string message =
      "this connection to '" + path + "' may only read; open it for writing";
  check_refused(refused(reader.getHandle()), message);
  app.exec("PRAGMA query_only = ON; BEGIN");
  check_refused(refused(app.getHandle()), message);
}

TEST_CASE("append_in: where the table is missing, the message says how to make it") {
  const TempDir dir;
  const std::string path = dir / "shop.db";
  SQLite::Database app = open_database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  app.exec(
      "CREATE TABLE products (id INTEGER PRIMARY KEY); BEGIN; INSERT INTO products VALUES (1)");
  const auto write = [&](const std::string& url) {
    open_store(url)->append_in(app.getHandle(), std::vector{new_entry("[]")});
  };
  CHECK(message_of([&] { write(path); }) ==
        "the database '" + path +
            "' has no table 'crierCacheInstruction'; create it with: crier --store " + path +
            " migrate");
  CHECK(message_of([&] { write(path + "?table=log"); }) ==
        "the database '" + path + "' has no table 'log'");
  app.exec("COMMIT");
  CHECK(app.execAndGet("SELECT count(*) FROM products").getInt() == 1);
}

TEST_CASE("append_in: a table that is named oddly is quoted") {
  const TempDir dir;
  const std::string path = dir / "shop.db";
  SQLite::Database app = open_database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  app.exec(
      "CREATE TABLE \"a \"\"b\"\" 'c'.d\" (id INTEGER PRIMARY KEY AUTOINCREMENT, utcStamp, "
      "jsonInstruction, originated, instructionCount); BEGIN");
  const auto store = open_store(path + "?table=a \"b\" 'c'.d");
  CHECK(store->append_in(app.getHandle(), std::vector{new_entry("[1]")}).last == EntryId{1});
  app.exec("COMMIT");
  CHECK(all_ids(*store->connect(Access::read_only)) == Ids{1});
}

TEST_CASE_FIXTURE(Ride, "append_in: all entries or none, and the transaction stays usable") {
  app.exec(
      "CREATE TRIGGER refuse BEFORE INSERT ON crierCacheInstruction "
      "WHEN NEW.originated = 'bad' BEGIN SELECT RAISE(FAIL, 'refused'); END;"
      "BEGIN; INSERT INTO products VALUES (1, 100)");
  const Error error = error_of([&] { write({new_entry("[1]"), new_entry("[2]", 1, "bad")}); });
  CHECK(error.what() == "append failed on the database '" + path + "': refused (SQLite code 1811)");
  app.exec("INSERT INTO products VALUES (2, 200)");
  CHECK(write() == EntryId{1});
  app.exec("COMMIT");
  CHECK(prices() == 2);
  CHECK(all_ids(*connection) == Ids{1});
}

TEST_CASE_FIXTURE(Ride, "append_in: a rollback by SQLite itself is said") {
  app.exec(
      "CREATE TRIGGER refuse BEFORE INSERT ON crierCacheInstruction "
      "BEGIN SELECT RAISE(ROLLBACK, 'refused'); END;"
      "BEGIN; INSERT INTO products VALUES (1, 100)");
  const Error error = error_of([&] { write(); });
  CHECK(error.what() == "append failed on the database '" + path +
                            "': refused (SQLite code 1811); the whole transaction has been rolled "
                            "back");
  CHECK(prices() == 0);
}

TEST_CASE_FIXTURE(Ride, "append_in: what can't be undone alone is undone with the transaction") {
  app.exec(
      "CREATE TRIGGER refuse BEFORE INSERT ON crierCacheInstruction "
      "WHEN NEW.originated = 'bad' BEGIN SELECT RAISE(FAIL, 'refused'); END;"
      "BEGIN; INSERT INTO products VALUES (1, 100)");
  sqlite3_set_authorizer(
      app.getHandle(),
      [](void*, int action, const char* verb, const char*, const char*, const char*) {
        return action == SQLITE_SAVEPOINT && std::string(verb) == "ROLLBACK" ? SQLITE_DENY
                                                                             : SQLITE_OK;
      },
      nullptr);
  const std::string what = message_of([&] {
    write({new_entry("[1]"), new_entry("[2]", 1, "bad")});
  });
  CHECK_MESSAGE(what.ends_with("; the whole transaction has been rolled back"), what);
  CHECK(prices() == 0);
  CHECK(all_ids(*connection).empty());
}

TEST_CASE_FIXTURE(Ride, "append_in: a reader that can't become a writer is told to begin as one") {
  const std::string message =
      "the database '" + path +
      "' is locked by another writer, or has changed since this transaction read it; roll back and "
      "try again, with BEGIN IMMEDIATE";
  app.exec("BEGIN");
  CHECK(prices() == 0);
  append(*connection, new_entry("[1]"));
  Error error = refused(app.getHandle());  // its snapshot is out of date
  CHECK(error.what() == message);
  CHECK(error.retryable());
  CHECK(prices() == 0);
  app.exec("ROLLBACK; BEGIN");
  CHECK(prices() == 0);
  {
    SQLite::Database writer = open_database(path);
    writer.exec("BEGIN IMMEDIATE");
    error = refused(app.getHandle());
    CHECK(error.what() == message);
    CHECK(error.retryable());
  }
  CHECK(write() == EntryId{2});
  app.exec("COMMIT");
  CHECK(all_ids(*connection) == Ids{1, 2});
}

TEST_CASE_FIXTURE(Ride, "append_in: the application's interrupt is its own") {
  app.exec("BEGIN; INSERT INTO products VALUES (1, 100)");
  sqlite3_progress_handler(
      app.getHandle(), 1, [](void*) { return 1; }, nullptr);
  const Error error = refused(app.getHandle());
  sqlite3_progress_handler(app.getHandle(), 0, nullptr, nullptr);
  CHECK(std::string(error.what()).starts_with("the application has interrupted the write to '"));
  CHECK(error.retryable());
}

}  // namespace
}  // namespace crier::test
