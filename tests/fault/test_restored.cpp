// SPDX-License-Identifier: MIT
// The database is restored before any poll has met what it loses.
#include <crier/cached_region.hpp>
#include <crier/sqlitecpp.hpp>

#include "fault/crew.hpp"

#include <SQLiteCpp/Backup.h>

#include <functional>
#include <memory>
#include <string>

namespace crier::test {
namespace {

namespace fs = std::filesystem;

// A node that looks at the log if it is asked to, and not for minutes else; and one price.
struct RestoredFixture : Crew {
  const fs::path backup = dir / "backup.db";
  Registry refreshers;
  CachedRegion<std::int64_t, std::string> prices{refreshers, kProducts, "prices"};
  SQLite::Database app{file, SQLite::OPEN_READWRITE, 20'000};
  std::shared_ptr<RecordingObserver> observer = std::make_shared<RecordingObserver>();
  std::unique_ptr<Node> node;

  RestoredFixture() {
    app.exec("CREATE TABLE price (text); INSERT INTO price VALUES ('old')");
    write(7);
    write(8);
    Options slow = quick("node");
    slow.poll_interval = 10min;
    slow.heartbeat_interval = 10s;
    slow.observer = observer;
    slow.log = [](LogLevel, std::string_view) {};
    node = std::make_unique<Node>(slow, refreshers);
    node->start();
    REQUIRE(eventually([&] { return node->counters().polls > 0; }));
    CHECK(price() == "old");
    SQLite::Database to(backup, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    SQLite::Backup(to, app).executeStep(-1);
  }

  std::string price() {
    return *prices.get(1, [&] {
      return SQLite::Database(file, SQLite::OPEN_READONLY, 20'000)
          .execAndGet("SELECT text FROM price")
          .getString();
    });
  }
  void restore() const {
    SQLite::Database to(file, SQLite::OPEN_READWRITE, 20'000);
    SQLite::Database from(backup, SQLite::OPEN_READONLY);
    SQLite::Backup(to, from).executeStep(-1);
  }
  void comes_back_as(const std::string& expected, const std::string& reason) {
    CHECK(eventually([&] {
      static_cast<void>(node->wait_applied({1'000'000}, 0ms));
      return has_beginning(observer->record, "resync " + reason);
    }));
    CHECK(price() == expected);
    CHECK(node->counters().resyncs == 1);
    CHECK(eventually([&] { return node->position() == connect()->log().newest().id; }));
  }
};

TEST_CASE_FIXTURE(RestoredFixture, "restored before a look: what this node has published is gone") {
  app.exec("UPDATE price SET text = 'new'");
  prices.changed(1);
  CHECK(price() == "new");
  restore();
  CHECK(price() == "new");  // before the look
  comes_back_as("old", "anchor_gone");
}

TEST_CASE_FIXTURE(RestoredFixture,
                  "restored before a look: and publishes again, under the same id") {
  app.exec("UPDATE price SET text = 'new'");
  CHECK(prices.changed(1) == EntryId{3});
  CHECK(price() == "new");
  restore();
  CHECK(prices.changed(2) == EntryId{3});
  comes_back_as("old", "anchor_");  // gone, if the poller has looked between the two
}

TEST_CASE_FIXTURE(RestoredFixture, "restored before a look: what rode in a transaction is gone") {
  auto batch = node->cache().batch_in(app);
  app.exec("BEGIN IMMEDIATE; UPDATE price SET text = 'new'");
  prices.changed(1, batch);
  batch.write();
  app.exec("COMMIT");
  batch.committed();
  CHECK(price() == "new");
  restore();
  comes_back_as("old", "anchor_gone");
}

TEST_CASE_FIXTURE(RestoredFixture, "restored before a look: what a load has seen is gone") {
  app.exec("UPDATE price SET text = 'new'");
  static_cast<void>(prices.evict(1));
  SUBCASE("with an entry of another program") {
    app.exec("INSERT INTO crierCacheInstruction (jsonInstruction, originated) VALUES ('[]', 'x')");
  }
  SUBCASE("and no entry tells of it") {}
  CHECK(price() == "new");
  restore();
  comes_back_as("old", "replaced");
}

TEST_CASE_FIXTURE(RestoredFixture, "restored before a look: by a copy over the file, and a write") {
  app.exec("UPDATE price SET text = 'new'");
  static_cast<void>(prices.evict(1));
  CHECK(price() == "new");
  app.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  SQLite::Database(backup, SQLite::OPEN_READWRITE).exec("PRAGMA journal_mode = WAL; VACUUM");
  fs::copy_file(backup, file, fs::copy_options::overwrite_existing);
  run_sql("INSERT INTO crierCacheInstruction (jsonInstruction, originated) VALUES ('[]', 'x')");
  comes_back_as("old", "replaced");
}

TEST_CASE_FIXTURE(RestoredFixture, "what is added to the schema refreshes nothing") {
  const std::uint64_t polls = node->counters().polls;
  app.exec("CREATE TABLE more (a); CREATE INDEX ofPrice ON price (text)");
  CHECK(node->wait_applied(write(9), 20s));
  app.exec("CREATE TABLE still (a); ANALYZE");
  CHECK(node->wait_applied(write(10), 20s));
  CHECK(node->counters().polls > polls);
  CHECK(node->counters().resyncs == 0);
  // A restore takes it away.
  restore();
  CHECK(eventually([&] {
    static_cast<void>(node->wait_applied({1'000'000}, 0ms));
    return has_beginning(observer->record, "resync anchor_gone");
  }));
}

TEST_CASE_FIXTURE(RestoredFixture, "an altered table refreshes everything, once") {
  app.exec("ALTER TABLE price ADD COLUMN currency DEFAULT 'EUR'");
  CHECK(eventually([&] {
    static_cast<void>(node->wait_applied({1'000'000}, 0ms));
    return has_beginning(observer->record, "resync replaced");
  }));
  CHECK(node->wait_applied(write(9), 20s));
  CHECK(node->counters().resyncs == 1);
}

}  // namespace
}  // namespace crier::test
