// SPDX-License-Identifier: MIT
// Publishing inside the application's transaction, with whole nodes.
#include <crier/error.hpp>
#include <crier/node.hpp>

#include "contract/postgres_ride.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "support/recording.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <libpq-fe.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

const Lines kOnce{"products refresh 1"};
// Nothing but what a node publishes itself rings it.
constexpr const char* kDeaf = "&pool=transaction";

// Two nodes: `here`, on which the application publishes, looks at the log when it is rung only.
// Rung by the commit it may run what committed() runs, too.
struct Nodes : PostgresRide {
  Record here_record;
  Record there_record;
  std::unique_ptr<Node> here;
  std::unique_ptr<Node> there = make("there", there_record, 20ms);

  explicit Nodes(const std::string& how = "") : here(make("here", here_record, 1h, how)) {}

  std::unique_ptr<Node> make(const char* name, Record& record, std::chrono::milliseconds interval,
                             const std::string& how = "") {
    Options options;
    options.store = space.url("&deadline=30s" + how);
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
    const Lines both{"products refresh 2", "products refresh 1"};
    Lines here = nodes.here_record.lines();
    here.resize(std::min(here.size(), both.size()));
    CHECK(here == both);
    CHECK(static_cast<bool>(nodes.there->wait_applied({2}, 20s)));
    CHECK(nodes.there_record.lines() == both);
    CHECK_THROWS_AS(batch.committed(), Error);  // twice
  }
}

TEST_CASE(
    "postgres: what a transaction has published is not run once more as the poller meets it") {
  if (postgres_folder().empty()) {
    return;
  }
  Nodes nodes(kDeaf);
  TransactionBatch batch = nodes.here->cache().batch_in(nodes.app.handle());
  nodes.change(batch, "BEGIN");
  nodes.app.exec("COMMIT");
  CHECK(batch.committed() == EntryId{1});
  CHECK(nodes.here_record.lines() == kOnce);
  const EntryId next = nodes.here->cache().refresh(kProducts, 3);
  CHECK(static_cast<bool>(nodes.here->wait_applied(next, 20s)));
  CHECK(nodes.here_record.lines() == Lines{"products refresh 1", "products refresh 3"});
}

TEST_CASE(
    "postgres: transact() commits data and entry together, or neither, and can't be misused") {
  if (postgres_folder().empty()) {
    return;
  }
  Nodes nodes(kDeaf);
  DistributedCache& cache = nodes.here->cache();
  pg_conn* const app = nodes.app.handle();
  const Committed done = cache.transact(app, [&](auto& batch) {
    nodes.app.exec("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    nodes.app.exec("INSERT INTO products VALUES (1, 100)");
    batch.refresh(kProducts, 1);
  });
  CHECK(done.entry == EntryId{1});
  CHECK(done.entry->check != 0);
  CHECK(done.trouble.empty());
  CHECK(nodes.here_record.lines() == kOnce);
  CHECK(static_cast<bool>(nodes.there->wait_applied(*done.entry, 20s)));

  const auto refused = [&](const std::function<void()>& change) {
    const std::string sentence = message_of([&] {
      cache.transact(app, [&](auto& batch) {
        nodes.app.exec("INSERT INTO products VALUES (2, 100)");
        batch.refresh(kProducts, 2);
        change();
      });
    });
    CHECK(PQtransactionStatus(app) == PQTRANS_IDLE);
    CHECK(nodes.here_record.lines() == kOnce);
    CHECK(nodes.app.value("SELECT count(*) FROM products WHERE id = 2") == "0");
    return sentence;
  };
  CHECK_THROWS_AS(cache.transact(app,
                                 [&](auto& batch) {
                                   nodes.app.exec("INSERT INTO products VALUES (2, 100)");
                                   batch.refresh(kProducts, 2);
                                   throw std::logic_error("the application's own");
                                 }),
                  std::logic_error);
  CHECK(refused([&] {
          PQclear(PQexec(app, "SELECT 1 / 0"));
        }).starts_with("a statement within transact() has failed"));
  for (const char* sql : {"ROLLBACK", "ROLLBACK; BEGIN"}) {
    CHECK(refused([&] {
            PQclear(PQexec(app, sql));
          }).starts_with("the transaction was ended within transact()"));
  }
  nodes.app.exec("CREATE TABLE parts (id int REFERENCES products DEFERRABLE INITIALLY DEFERRED)");
  CHECK(refused([&] {
          nodes.app.exec("INSERT INTO parts VALUES (9)");
        }).starts_with("the transaction could not be committed, and is rolled back"));
  nodes.app.exec("BEGIN");
  CHECK(error_of([&] { cache.transact(app, [](auto&) {}); }).invalid_argument());
  nodes.app.exec("ROLLBACK");
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
    // It has its id a moment later.
    CHECK(eventually([&] { return nodes.there->wait_applied({1}, 20s); }));
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
  // Before the commit, which wakes whoever could give the id.
  nodes.space.execute("ALTER FUNCTION crierSettle RENAME TO crierSettled");
  nodes.app.exec("COMMIT");
  CHECK(error_of([&] { batch.committed(); }).operation() == "settle");
  CHECK(nodes.here_record.lines() == kOnce);
  nodes.app.exec("ALTER FUNCTION crierSettled RENAME TO crierSettle");
  CHECK(eventually([&] { return nodes.there->wait_applied({1}, 20s); }));
  CHECK(nodes.there_record.lines() == kOnce);
}

TEST_CASE("postgres: what was rolled back reaches nobody, also where committed() is called") {
  if (postgres_folder().empty()) {
    return;
  }
  Nodes nodes;
  TransactionBatch batch = nodes.here->cache().batch_in(nodes.app.handle());
  nodes.change(batch, "BEGIN");
  CHECK(message_of([&] { batch.committed(); }).starts_with("committed() was called before COMMIT"));
  nodes.app.exec("ROLLBACK");
  CHECK(message_of([&] { batch.committed(); }).find("was rolled back") != std::string::npos);
  CHECK(nodes.there->cache().refresh(kProducts, 2) == EntryId{1});
  CHECK(nodes.there->wait_applied({1}, 20s));
  // On a busy machine its own poller may run it once more.
  CHECK(std::ranges::count(nodes.there_record.lines(), "products refresh 1") == 0);
}

}  // namespace
}  // namespace crier::test
