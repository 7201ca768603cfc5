// SPDX-License-Identifier: MIT
// What nodes tell each other, where the database is not as it should be.
#include <crier/admin/store.hpp>

#include "contract/meanwhile.hpp"
#include "contract/peer.hpp"
#include "contract/sqlite_test_store.hpp"
#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/temp_dir.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <latch>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

struct Call {
  std::string operation;
  std::function<void(Connection&)> run;
};

// Each of them writes something.
const std::vector<Call>& writes() {
  static const std::vector<Call> all = {
      {"beat", [](Connection& c) { c.nodes().beat(new_report("a")); }},
      {"goodbye", [](Connection& c) { c.nodes().goodbye(Guid::random()); }},
      {"forget", [](Connection& c) { c.nodes().forget("a"); }},
      {"claim", [](Connection& c) { c.nodes().claim_position(new_report("a")); }},
      {"save", [](Connection& c) { c.nodes().save_position(new_report("a"), {}, false); }},
      {"ask", [](Connection& c) { c.nodes().request_position({1}, 1h); }},
      {"publish", [](Connection& c) { c.nodes().publish_position(new_report("x")); }},
      {"answer", [](Connection& c) { c.nodes().withdraw_request(1); }},
      {"record", [](Connection& c) { c.failures().record({{}}); }},
      {"dismiss", [](Connection& c) { c.failures().dismiss(1); }},
      {"hold", [](Connection& c) { c.leases().hold(Guid::random(), 1h); }},
      {"release", [](Connection& c) { c.leases().release(Guid::random()); }}};
  return all;
}

// These write where there is something to do.
const std::vector<Call>& chores() {
  static const std::vector<Call> all = {
      {"forget", [](Connection& c) { c.nodes().forget_older(1h, 1h, {}); }},
      {"forget", [](Connection& c) { c.failures().forget_older(1h, {}); }},
      {"retry", [](Connection& c) { c.failures().retry(1, "test"); }},
      {"send", [](Connection& c) { c.nodes().send_canary(new_entry("[]"), 1h, {}); }},
      {"prune", [](Connection& c) { c.log().prune({}); }}};
  return all;
}

const std::vector<Call>& reads() {
  static const std::vector<Call> all = {{"read", [](Connection& c) { c.nodes().list(); }},
                                        {"read", [](Connection& c) { c.failures().list(); }},
                                        {"read", [](Connection& c) { c.failures().find(1); }},
                                        {"read", [](Connection& c) { c.leases().holder(); }}};
  return all;
}

std::vector<Call> joined(std::vector<Call> calls, const std::vector<Call>& more) {
  calls.insert(calls.end(), more.begin(), more.end());
  return calls;
}

TEST_CASE("every call that writes ends by its deadline while another holds the lock") {
  const auto store = make_sqlite_test_store();
  const auto connection = store->open(30s)->connect(Access::read_write);
  const std::shared_ptr<void> lock = store->lock();
  connection->set_deadline(20ms);
  for (const Call& call : joined(writes(), chores())) {
    CAPTURE(call.operation);
    const Error error = error_of([&] { call.run(*connection); });
    CHECK(error.retryable());
    CHECK(error.operation() == call.operation);
  }
  connection->set_deadline(30s);
  for (const Call& call : reads()) {
    CHECK_NOTHROW(call.run(*connection));
  }
}

TEST_CASE("a node that finds another one leading waits for no writer") {
  const auto store = make_sqlite_test_store();
  Peer leader(*store);
  leader.hold();
  Peer other(*store);
  const std::shared_ptr<void> lock = store->lock();
  CHECK(other.hold().holder == leader.report.incarnation);
}

TEST_CASE("a connection for reading only says so where a call writes") {
  const auto store = make_sqlite_test_store();
  const auto connection = store->open(30s)->connect(Access::read_only);
  for (const Call& call : writes()) {
    CAPTURE(call.operation);
    CHECK(message_of([&] { call.run(*connection); }).ends_with("was opened for reading only"));
  }
  for (const Call& call : reads()) {
    CHECK_NOTHROW(call.run(*connection));
  }
  CHECK(connection->nodes().position_requests().empty());
  CHECK_FALSE(connection->nodes().canary());
}

TEST_CASE("nothing is written to a database that was moved") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  const auto connection = open_store(path)->connect(Access::create);
  connection->schema().migrate();
  connection->log().append(std::vector(3, new_entry("[]")));
  SQLite::Database(path, SQLite::OPEN_READWRITE)
      .exec("UPDATE crierCacheInstruction SET utcStamp = '2001-01-01 00:00:00.000'");
  std::filesystem::rename(path, dir / "y.db");
  for (const Call& call : writes()) {
    CAPTURE(call.operation);
    CHECK(message_of([&] { call.run(*connection); }).find("was moved") != std::string::npos);
  }
  CHECK(message_of([&] { connection->log().prune({}); }).find("was moved") != std::string::npos);
  CHECK(message_of([&] { connection->nodes().list(); }).find("was moved") != std::string::npos);

  // Moved back, it is the database again.
  std::filesystem::rename(dir / "y.db", path);
  CHECK(all_ids(*connection).size() == 3);
  SQLite::Database raw(path, SQLite::OPEN_READONLY);
  for (const std::string table :
       {"crierNode", "crierPosition", "crierWait", "crierLease", "crierPruned", "crierFailure"}) {
    CAPTURE(table);
    CHECK(raw.execAndGet("SELECT count(*) FROM " + table).getInt() == 0);
  }
}

TEST_CASE("a database without tables for nodes names the command that adds them") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("CREATE TABLE theirs (id INTEGER PRIMARY KEY AUTOINCREMENT, utcStamp)");
  const auto connection = open_store(path + "?table=theirs")->connect(Access::read_write);
  for (const Call& call : joined(writes(), reads())) {
    CAPTURE(call.operation);
    CHECK(message_of([&] { call.run(*connection); }) ==
          "the database '" + path + "' has no tables for nodes; add them with: crier --store '" +
              path + "?table=theirs' migrate");
  }
}

TEST_CASE("a poller finds no requests where there are no tables for them, and those of later") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("CREATE TABLE theirs (id INTEGER PRIMARY KEY AUTOINCREMENT, utcStamp)");
  const auto connection = open_store(path + "?table=theirs")->connect(Access::read_write);
  CHECK(connection->nodes().position_requests().empty());
  connection->schema().migrate();
  connection->nodes().request_position({7}, 1h);
  CHECK(connection->nodes().position_requests().size() == 1);
  SQLite::Database(path, SQLite::OPEN_READWRITE).exec("ALTER TABLE crierWait DROP COLUMN entry");
  CHECK_THROWS_AS(connection->nodes().position_requests(), Error);
  SQLite::Database(path, SQLite::OPEN_READWRITE).exec("DROP TABLE crierWait");
  CHECK(connection->nodes().position_requests().empty());
}

TEST_CASE("the nodes of each log of a database are among themselves") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  const auto own = open_store(path)->connect(Access::create);
  own->schema().migrate();
  SQLite::Database(path, SQLite::OPEN_READWRITE)
      .exec("CREATE TABLE theirs (id INTEGER PRIMARY KEY AUTOINCREMENT, utcStamp)");
  const auto other = open_store(path + "?table=theirs")->connect(Access::read_write);
  const auto same = open_store(path + "?table=THEIRS")->connect(Access::read_write);
  const NodeReport node = new_report("a");
  CHECK(own->nodes().beat(new_report("a")).alone);
  CHECK(other->nodes().beat(node).alone);
  CHECK_FALSE(same->nodes().beat(new_report("b")).alone);
  CHECK(own->nodes().list().size() == 1);
  CHECK(same->nodes().list().size() == 2);

  own->nodes().request_position({1}, 1h);
  CHECK(other->nodes().position_requests().empty());
  other->nodes().save_position(node, {{4}, {}}, false);
  CHECK_FALSE(own->nodes().claim_position(new_report("a")).cursor);
  CHECK(same->nodes().claim_position(node).cursor);
  CHECK(own->leases().hold(node.incarnation, 1h).holder == node.incarnation);
  CHECK_FALSE(other->leases().holder());
  other->leases().hold(node.incarnation, 1h);
  CHECK(same->leases().holder());
}

TEST_CASE("threads that reach for the lease at once: one has it for each fencing number") {
  const auto store = make_sqlite_test_store();
  constexpr int kThreads = 4, kRounds = 50;
  std::mutex mutex;
  std::map<std::int64_t, std::set<Guid>> holders;  // by fencing number
  std::latch start(kThreads);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        Peer peer(*store);
        start.arrive_and_wait();
        for (int round = 0; round < kRounds; ++round) {
          const Lease lease = peer.hold();
          if (lease.holder == peer.report.incarnation) {
            const std::lock_guard lock(mutex);
            holders[lease.fencing].insert(lease.holder);
          }
          if (lease.holder == peer.report.incarnation && round % 3 == 2) {
            peer.leases().release(lease.holder);
          }
        }
      });
    }
  }
  CHECK(holders.size() > 1);
  for (const auto& number : holders) {
    CAPTURE(number.first);
    CHECK(number.second.size() == 1);
  }
}

TEST_CASE("a lease that another one takes just before is not taken from it") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  const auto connection = open_store(path)->connect(Access::create);
  connection->schema().migrate();
  const Guid faster = Guid::random();
  connection->leases().hold(faster, 0ms);  // has expired
  while_another_writes(path, "UPDATE crierLease SET fencing = 7, expiresMs = expiresMs + 3600000",
                       [&] {
                         const Lease lease = connection->leases().hold(Guid::random(), 1h);
                         CHECK(lease.holder == faster);
                         CHECK(lease.fencing == 7);
                         CHECK(lease.left > 30min);
                       });
  CHECK(connection->leases().holder().value().holder == faster);
}

TEST_CASE("requests that have expired are deleted by the next") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  const auto connection = open_store(path)->connect(Access::create);
  connection->schema().migrate();
  connection->nodes().request_position({1}, 0ms);
  connection->nodes().request_position({2}, 1h);
  connection->nodes().request_position({3}, 1h);
  const auto entries = [&] {
    return SQLite::Database(path)
        .execAndGet("SELECT group_concat(entry) FROM crierWait")
        .getString();
  };
  CHECK(entries() == "2,3");
  // The clock was years ahead when this was asked.
  SQLite::Database(path, SQLite::OPEN_READWRITE)
      .exec("UPDATE crierWait SET untilMs = untilMs * 2 WHERE entry = 2");
  connection->nodes().request_position({4}, 1h);
  CHECK(entries() == "3,4");
}

}  // namespace
}  // namespace crier::test
