// SPDX-License-Identifier: MIT
// Publishing inside the application's transaction, with whole nodes on one file.
#include <crier/error.hpp>
#include <crier/sqlitecpp.hpp>

#include "node_fixture.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// The application, which shares its database with two nodes: `here`, on which it publishes, looks
// at the log when it is rung only; `there` looks all the time.
struct TransactionFixture : NodeFixture {
  Record record;
  std::unique_ptr<Node> here = make_node();
  Member there{quiet()};
  SQLite::Database app = start();

  Options quiet() const {
    Options options = NodeFixture::options();
    options.canary_interval = 0ms;  // it would ring
    return options;
  }
  std::unique_ptr<Node> make_node() {
    Options options = quiet();
    options.poll_interval = 1h;
    options.log = [](LogLevel, std::string_view) {};
    Registry registry;
    registry.add(std::make_shared<RecordingRefresher>(kProducts, "products", record));
    return std::make_unique<Node>(std::move(options), std::move(registry));
  }
  SQLite::Database start() {
    there.node->start();
    here->start();
    REQUIRE(eventually([&] { return here->counters().polls > 0; }));
    SQLite::Database database(dir / "shop.db", SQLite::OPEN_READWRITE, 10'000);
    database.exec("CREATE TABLE products (id INTEGER PRIMARY KEY)");
    return database;
  }
  // Changes a product, and writes so.
  EntryId change(TransactionBatch& batch) {
    app.exec("BEGIN IMMEDIATE; INSERT INTO products VALUES (1)");
    batch.refresh(kProducts, 1);
    return batch.write().value();
  }
};

const Lines kOnce{"products refresh 1"};

}  // namespace

TEST_CASE_FIXTURE(TransactionFixture,
                  "Node: what was committed runs here at once and once, and on every node") {
  TransactionBatch batch = here->cache().batch_in(app);
  const EntryId entry = change(batch);
  app.exec("COMMIT");
  CHECK(record.lines().empty());
  batch.committed();
  CHECK(record.lines() == kOnce);
  CHECK(here->wait_applied(entry, 20s));
  CHECK(there.node->wait_applied(entry, 20s));
  CHECK(record.lines() == kOnce);
  CHECK(there.record.lines() == kOnce);
  CHECK(here->counters().own_skipped == 1);
  CHECK(here->counters().published == 1);
}

TEST_CASE_FIXTURE(TransactionFixture,
                  "Node: without committed() it reaches every node, this one included") {
  TransactionBatch batch = here->cache().batch_in(app);
  const EntryId entry = change(batch);
  app.exec("COMMIT");
  CHECK(there.node->wait_applied(entry, 20s));
  CHECK(there.record.lines() == kOnce);
  there.node->cache().refresh(kProducts, 2);  // rings, as time does
  CHECK(here->wait_applied({entry.value + 1}, 20s));
  CHECK(record.lines() == Lines{"products refresh 1", "products refresh 2"});
  batch.committed();  // too late to do anything
  CHECK(record.size() == 2);
}

TEST_CASE_FIXTURE(TransactionFixture, "Node: what was rolled back reaches nobody") {
  TransactionBatch batch = here->cache().batch_in(app);
  const EntryId entry = change(batch);
  app.exec("ROLLBACK");
  CHECK(there.node->cache().refresh(kProducts, 2) == entry);
  CHECK(here->wait_applied(entry, 20s));
  CHECK(record.lines() == Lines{"products refresh 2"});
  CHECK(there.record.lines() == Lines{"products refresh 2"});
}

TEST_CASE_FIXTURE(
    TransactionFixture,
    "Node: committed() by mistake, after a rollback, hides no entry from the poller") {
  TransactionBatch batch = here->cache().batch_in(app);
  const EntryId entry = change(batch);
  app.exec("ROLLBACK");
  CHECK_THROWS_AS(batch.committed(), Error);
  TransactionBatch next = here->cache().batch_in(app);
  CHECK(change(next) == entry);
  app.exec("COMMIT");
  there.node->cache().refresh(kProducts, 2);  // rings
  CHECK(here->wait_applied({entry.value + 1}, 20s));
  CHECK(record.lines() == Lines{"products refresh 1", "products refresh 2"});
}

TEST_CASE_FIXTURE(TransactionFixture, "Node: without a running node nothing is written in") {
  TransactionBatch batch = here->cache().batch_in(app);
  here->stop();
  batch.refresh(kProducts, 1);
  app.exec("BEGIN");
  CHECK(message_of([&] { batch.write(); }) ==
        "the node does not run: publish between start() and stop()");
  here->start();
  CHECK(batch.write() == EntryId{1});
  app.exec("COMMIT");
  here->stop();
  CHECK_THROWS_AS(batch.committed(), Error);
  CHECK(there.node->wait_applied({1}, 20s));
  CHECK(there.record.lines() == kOnce);
}

}  // namespace crier::test
