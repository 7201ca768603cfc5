// SPDX-License-Identifier: MIT
// DistributedCache::transact(), on connections of SQLite's.
#include <crier/cached_region.hpp>
#include <crier/error.hpp>
#include <crier/sqlitecpp.hpp>

#include "node_fixture.hpp"
#include "support/errors.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

struct TransactFixture : NodeFixture {
  Registry registry;
  CachedRegion<std::int64_t, std::string> names{registry, kOrders, "names"};
  Record record;
  std::unique_ptr<Node> node = make();
  SQLite::Database app = open();
  DistributedCache& cache = node->cache();

  std::unique_ptr<Node> make() {
    registry.add(std::make_shared<RecordingRefresher>(kProducts, "products", record));
    Options made = options();
    made.canary_interval = 0s;
    made.poll_interval = 1h;  // else its poller may run what transact() runs, too
    made.log = [](LogLevel, std::string_view) {};
    auto started = std::make_unique<Node>(made, registry);
    started->start();
    return started;
  }
  SQLite::Database open() const {
    SQLite::Database database(dir / "shop.db", SQLite::OPEN_READWRITE, 10'000);
    database.exec(
        "CREATE TABLE IF NOT EXISTS products (id INTEGER PRIMARY KEY, part INTEGER REFERENCES "
        "products DEFERRABLE INITIALLY DEFERRED); PRAGMA foreign_keys = ON");
    return database;
  }
  int products() { return app.execAndGet("SELECT count(*) FROM products").getInt(); }
  // Nothing is open, changed or told.
  void check_nothing_happened() {
    CHECK(sqlite3_get_autocommit(app.getHandle()) != 0);
    CHECK(products() == 0);
    CHECK(record.lines().empty());
    CHECK(cache.refresh(kOrders, 1) == EntryId{1});
  }
};

constexpr const char* kInsert = "INSERT INTO products (id) VALUES (1)";

}  // namespace

TEST_CASE_FIXTURE(TransactFixture, "transact: data and instructions are committed together") {
  const Committed done = cache.transact(app, [&](auto& batch) {
    app.exec(kInsert);
    batch.refresh(kProducts, 1);
    names.changed(7, batch);
    CHECK(record.lines().empty());
  });
  CHECK(done.entry == EntryId{1});
  CHECK(done.entry->check != 0);
  CHECK(done.trouble.empty());
  CHECK(products() == 1);
  CHECK(record.lines() == Lines{"products refresh 1"});
  CHECK(node->wait_applied(*done.entry, 20s));
  // The connection itself, and nothing to tell.
  CHECK_FALSE(
      cache.transact(app.getHandle(), [&](auto&) { app.exec("DELETE FROM products"); }).entry);
  CHECK(products() == 0);
}

TEST_CASE_FIXTURE(TransactFixture, "transact: what is thrown rolls everything back") {
  CHECK_THROWS_AS(cache.transact(app,
                                 [&](auto& batch) {
                                   app.exec(kInsert);
                                   batch.refresh(kProducts, 1);
                                   throw std::logic_error("the application's own");
                                 }),
                  std::logic_error);
  check_nothing_happened();
}

TEST_CASE_FIXTURE(TransactFixture, "transact: a commit that fails is an error, and nothing runs") {
  const Error error = error_of([&] {
    cache.transact(app, [&](auto& batch) {
      app.exec("INSERT INTO products (id, part) VALUES (1, 2)");  // there is no product 2
      batch.refresh(kProducts, 1);
    });
  });
  CHECK(error.operation() == "transact");
  CHECK_FALSE(error.retryable());
  CHECK(
      std::string(error.what()) ==
      "the transaction could not be committed, and is rolled back: FOREIGN KEY constraint failed");
  check_nothing_happened();
}

TEST_CASE_FIXTURE(TransactFixture, "transact: a connection that is in a transaction is refused") {
  app.exec("BEGIN");
  const Error error = error_of([&] { cache.transact(app, [&](auto&) { CHECK(false); }); });
  CHECK(error.invalid_argument());
  CHECK(std::string(error.what()).starts_with("this connection is in a transaction already"));
  CHECK(sqlite3_get_autocommit(app.getHandle()) == 0);  // as it was
  app.exec("ROLLBACK");
  // So is one within another, which then takes nothing along.
  cache.transact(app, [&](auto& batch) {
    batch.refresh(kProducts, 1);
    CHECK(error_of([&] { cache.transact(app, [](auto&) {}); }).invalid_argument());
  });
  CHECK(record.lines() == Lines{"products refresh 1"});
  CHECK(error_of([&] {
          cache.transact(static_cast<sqlite3*>(nullptr), [](auto&) {});
        }).invalid_argument());
}

TEST_CASE_FIXTURE(TransactFixture, "transact: a transaction that is ended within is told") {
  const auto sentence = [&](const char* sql) {
    return message_of([&] {
      cache.transact(app, [&](auto& batch) {
        batch.refresh(kProducts, 1);
        app.exec(sql);
      });
    });
  };
  for (const char* sql : {"COMMIT", "ROLLBACK", "COMMIT; BEGIN", "ROLLBACK; BEGIN IMMEDIATE"}) {
    CAPTURE(sql);
    CHECK(sentence(sql).starts_with("the transaction was ended within transact()"));
    CHECK(sqlite3_get_autocommit(app.getHandle()) != 0);
    CHECK(record.lines().empty());
  }
}

TEST_CASE_FIXTURE(TransactFixture, "transact: another writer in the way may be tried again") {
  SQLite::Database other = open();
  other.exec("BEGIN IMMEDIATE");
  app.setBusyTimeout(1);
  CHECK(error_of([&] { cache.transact(app, [](auto&) {}); }).retryable());
  other.exec("ROLLBACK");
  check_nothing_happened();
}

TEST_CASE_FIXTURE(TransactFixture,
                  "transact: what fails after the commit does not look like a failure of it") {
  const Committed done = cache.transact(app, [&](auto& batch) {
    app.exec(kInsert);
    batch.refresh(kProducts, 1);
    // The node stops after the write, and before committed().
    sqlite3_commit_hook(
        app.getHandle(),
        [](void* self) {
          static_cast<Node*>(self)->stop();
          return 0;
        },
        node.get());
  });
  sqlite3_commit_hook(app.getHandle(), nullptr, nullptr);
  CHECK_FALSE(done.entry);
  CHECK(done.trouble == "the node does not run: publish between start() and stop()");
  CHECK(products() == 1);
  CHECK(app.execAndGet("SELECT count(*) FROM crierCacheInstruction").getInt() == 1);
}

TEST_CASE("transact: on a single server it is a transaction as any, and the refreshers run") {
  TempDir dir;
  SQLite::Database app(dir / "own.db", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  Member alone{Options()};
  alone.node->start();
  const Committed done = alone.node->cache().transact(app, [&](auto& batch) {
    app.exec("CREATE TABLE t (x)");
    batch.refresh(kProducts, 1);
  });
  CHECK(done.entry == EntryId{0});
  CHECK(app.tableExists("t"));
  CHECK(alone.record.lines() == Lines{"products refresh 1"});
}

}  // namespace crier::test
