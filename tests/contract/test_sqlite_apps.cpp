// SPDX-License-Identifier: MIT
// Several applications' tables in one file.
#include <crier/admin/store.hpp>
#include <crier/sqlitecpp.hpp>

#include "contract/peer.hpp"
#include "store/sqlite/config.hpp"
#include "store/sqlite/statements.hpp"
#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/temp_dir.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// One application of those in the file `path`.
struct App {
  App(const std::string& path, const std::string& name)
      : store(open_store("sqlite:" + path + "?app=" + name)),
        connection(store->connect(Access::create)) {
    connection->schema().migrate();
    report.incarnation = Guid::random();
    report.name = "web-1";
    report.interval = 1h;
  }
  [[nodiscard]] std::int64_t newest() const { return connection->log().newest().id.value; }

  std::unique_ptr<Store> store;
  std::unique_ptr<Connection> connection;
  NodeReport report;
};

struct AppsFixture {
  const TempDir dir;
  const std::string path = dir / "x.db";
  App shop{path, "shop"};
  App blog{path, "blog_2"};
  SQLite::Database raw{path, SQLite::OPEN_READWRITE};

  std::vector<std::string> tables_of_nobody() {
    SQLite::Statement query(raw,
                            "SELECT name FROM sqlite_master WHERE name NOT GLOB 'shop_crier*' AND "
                            "name NOT GLOB 'blog_2_crier*' AND name NOT GLOB 'sqlite_*'");
    std::vector<std::string> names;
    while (query.executeStep()) {
      names.push_back(query.getColumn(0).getString());
    }
    return names;
  }
};

TEST_CASE_FIXTURE(AppsFixture, "apps: each application in a file has tables of its own") {
  CHECK(tables_of_nobody().empty());
  shop.connection->log().append(std::vector(3, new_entry("[]")));
  CHECK(shop.newest() == 3);
  CHECK(blog.newest() == 0);
  CHECK(append(*blog.connection, new_entry("[]")) == EntryId{1});

  for (App* app : {&shop, &blog}) {
    app->connection->nodes().beat(app->report);
    CHECK(app->connection->nodes().list().size() == 1);
    CHECK(app->connection->leases().hold(app->report.incarnation, 1h).holder ==
          app->report.incarnation);
  }
  shop.connection->cache().set("a", "1", {});
  CHECK_FALSE(blog.connection->cache().get("a"));
  FailureRecord failure;
  failure.entry = {1};
  failure.incarnation = shop.report.incarnation;
  shop.connection->failures().record({failure});
  CHECK(shop.connection->failures().list().size() == 1);
  CHECK(blog.connection->failures().list().empty());
}

TEST_CASE_FIXTURE(AppsFixture, "apps: each is pruned by itself") {
  for (App* app : {&shop, &blog}) {
    app->connection->log().append(std::vector(3, new_entry("[]")));
  }
  raw.exec(
      "UPDATE shop_crierCacheInstruction SET utcStamp = '2020-01-01 00:00:00.000';"
      "UPDATE blog_2_crierCacheInstruction SET utcStamp = '2020-01-01 00:00:00.000'");
  CHECK(shop.connection->log().prune({.older_than = 1h}).rows == 2);  // the newest stays
  CHECK(all_ids(*shop.connection).size() == 1);
  CHECK(all_ids(*blog.connection).size() == 3);
}

TEST_CASE_FIXTURE(AppsFixture, "apps: an entry rides in a transaction to its application's log") {
  SQLite::Transaction transaction(raw, SQLite::TransactionBehavior::IMMEDIATE);
  const std::vector entries{new_entry("[]")};
  CHECK(shop.store->append_in(raw.getHandle(), entries).last == EntryId{1});
  transaction.commit();
  CHECK(shop.newest() == 1);
  CHECK(blog.newest() == 0);
}

TEST_CASE_FIXTURE(AppsFixture, "apps: every statement is on the tables of one application") {
  raw.exec("CREATE TABLE shop_crierTrigger (name TEXT PRIMARY KEY, onTable TEXT, command TEXT)");
  const sqlite::StoreConfig config =
      sqlite::parse_sqlite_url("sqlite:" + path + "?app=shop&table=umbracoCacheInstruction");
  raw.exec("CREATE TABLE umbracoCacheInstruction AS SELECT * FROM shop_crierCacheInstruction");
  for (const auto& statement : sqlite::statements().all()) {
    if (statement.first != "clock") {
      CAPTURE(statement.first);
      const std::string text = sqlite::statement_text(statement.first, config);
      CHECK_NOTHROW(SQLite::Statement(raw, text));
      CHECK(text.find("shop_crierCacheInstruction") == std::string::npos);
    }
  }
}

TEST_CASE_FIXTURE(AppsFixture, "apps: what one lacks is told with its name, and mended") {
  raw.exec("DROP TABLE shop_crierNode");
  CHECK(message_of([&] { shop.connection->nodes().beat(shop.report); }) ==
        "the database '" + path + "' has no tables for nodes; add them with: crier --store " + "'" +
            path + "?app=shop' migrate");
  CHECK_NOTHROW(blog.connection->nodes().beat(blog.report));
  const std::vector<Repair> repairs = shop.connection->schema().repair(false);
  REQUIRE(repairs.size() == 1);
  CHECK(repairs[0].what == "the table shop_crierNode was gone");
  CHECK_NOTHROW(shop.connection->nodes().beat(shop.report));
}

TEST_CASE_FIXTURE(AppsFixture,
                  "apps: one that was not migrated is missing, whatever stands there") {
  const auto store = open_store("sqlite:" + path + "?app=third");
  const auto connection = store->connect(Access::read_write);
  const SchemaStatus status = connection->schema().status();
  CHECK(status.state == SchemaState::missing);
  CHECK(status.advice.find("crier --store '" + path + "?app=third' migrate") != std::string::npos);
  CHECK(open_store(path)->connect(Access::read_write)->schema().status().state ==
        SchemaState::missing);
  CHECK(store->app() == "third");
}

TEST_CASE_FIXTURE(AppsFixture, "apps: no trigger is made on another application's tables") {
  for (const std::string table : {"blog_2_crierNode", "shop_crierCacheInstruction"}) {
    CHECK(shop.connection->schema().describe(table).kind == TableInfo::Kind::reserved);
  }
  raw.exec("CREATE TABLE shop_products (id INTEGER PRIMARY KEY)");
  CHECK(shop.connection->schema().describe("shop_products").kind == TableInfo::Kind::table);
}

}  // namespace
}  // namespace crier::test
