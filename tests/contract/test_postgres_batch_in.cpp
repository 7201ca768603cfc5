// SPDX-License-Identifier: MIT
// Publishing inside the application's transaction, with whole nodes.
#include <crier/node.hpp>

#include "contract/postgres_ride.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "support/recording.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

const Lines kOnce{"products refresh 1"};

// Two nodes: `here`, on which the application publishes, looks at the log when it is rung only.
struct Nodes : PostgresRide {
  Record here_record;
  Record there_record;
  std::unique_ptr<Node> here = make("here", here_record, 1h);
  std::unique_ptr<Node> there = make("there", there_record, 20ms);

  std::unique_ptr<Node> make(const char* name, Record& record, std::chrono::milliseconds interval) {
    Options options;
    options.store = space.url("&deadline=30s");
    options.node_name = name;
    options.poll_interval = interval;
    options.canary_interval = 0ms;  // it would ring
    options.heartbeat_interval = 100ms;
    options.log = [](LogLevel, std::string_view) {};
    Registry registry;
    registry.add(std::make_shared<RecordingRefresher>(kProducts, "products", record));
    auto node = std::make_unique<Node>(std::move(options), std::move(registry));
    node->start();
    REQUIRE(eventually([&] { return node->counters().polls > 0; }));
    return node;
  }
  // Changes a product, and writes so.
  void change(TransactionBatch& batch, const std::string& begin) {
    app.exec(begin + "; INSERT INTO products VALUES (1, 100)");
    batch.refresh(kProducts, 1);
    CHECK_FALSE(batch.write());
  }
};

TEST_CASE("postgres: what a transaction has published runs here at once, and on every node") {
  if (postgres_folder().empty()) {
    return;
  }
  for (const std::string begin :
       {"BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ", "BEGIN ISOLATION LEVEL SERIALIZABLE"}) {
    CAPTURE(begin);
    Nodes nodes;
    TransactionBatch batch = nodes.here->cache().batch_in(nodes.app.handle());
    nodes.change(batch, begin);
    CHECK(nodes.there->cache().refresh(kProducts, 2) == EntryId{1});  // nobody waits for it
    REQUIRE(nodes.here->wait_applied({1}, 20s));
    nodes.app.exec("COMMIT");
    CHECK(batch.committed() == EntryId{2});
    CHECK(nodes.here_record.lines() == Lines{"products refresh 2", "products refresh 1"});
    CHECK(static_cast<bool>(nodes.here->wait_everywhere({2}, 20s)));
    CHECK(nodes.there_record.lines() == Lines{"products refresh 2", "products refresh 1"});
    CHECK(nodes.here_record.size() == 2);  // not once more, as its poller met it
    CHECK_FALSE(batch.committed());
  }
}

TEST_CASE("postgres: without committed() it reaches every node, from any level of isolation") {
  if (postgres_folder().empty()) {
    return;
  }
  for (const std::string begin : {"BEGIN", "BEGIN ISOLATION LEVEL SERIALIZABLE"}) {
    CAPTURE(begin);
    Nodes nodes;
    TransactionBatch batch = nodes.here->cache().batch_in(nodes.app.handle());
    nodes.change(batch, begin);
    nodes.app.exec("COMMIT");
    CHECK(nodes.there->wait_applied({1}, 20s));
    CHECK(nodes.there_record.lines() == kOnce);
  }
}

TEST_CASE("postgres: committed() that can't ask for the id runs what was committed, and says so") {
  if (postgres_folder().empty()) {
    return;
  }
  Nodes nodes;
  TransactionBatch batch = nodes.here->cache().batch_in(nodes.app.handle());
  nodes.change(batch, "BEGIN ISOLATION LEVEL SERIALIZABLE");  // no id with the commit
  nodes.app.exec("COMMIT; ALTER FUNCTION crierSettle RENAME TO crierSettled");
  CHECK(error_of([&] { batch.committed(); }).operation() == "settle");
  CHECK(nodes.here_record.lines() == kOnce);
  nodes.app.exec("ALTER FUNCTION crierSettled RENAME TO crierSettle");
  CHECK(nodes.there->wait_applied({1}, 20s));
  CHECK(nodes.there_record.lines() == kOnce);
}

TEST_CASE("postgres: what was rolled back reaches nobody, also where committed() is called") {
  if (postgres_folder().empty()) {
    return;
  }
  Nodes nodes;
  TransactionBatch batch = nodes.here->cache().batch_in(nodes.app.handle());
  nodes.change(batch, "BEGIN");
  nodes.app.exec("ROLLBACK");
  CHECK_FALSE(batch.committed());
  CHECK(nodes.there->cache().refresh(kProducts, 2) == EntryId{1});
  CHECK(nodes.there->wait_applied({1}, 20s));
  CHECK(nodes.there_record.lines() == Lines{"products refresh 2"});
}

}  // namespace
}  // namespace crier::test
