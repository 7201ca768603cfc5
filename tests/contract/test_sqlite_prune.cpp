// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#include "contract/meanwhile.hpp"
#include "contract/prune.hpp"
#include "support/entries.hpp"
#include "support/temp_dir.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;
const std::string kOld = "2001-01-01 00:00:00.000";

// A log whose rows are long out of date, but for the newest.
struct Log {
  explicit Log(std::size_t old) {
    connection->schema().migrate();
    connection->log().append(std::vector(old, new_entry("[]")));
    execute("UPDATE crierCacheInstruction SET utcStamp = '" + kOld + "'");
    append(*connection, new_entry("[]"));
  }
  void execute(const std::string& sql) const {
    SQLite::Database(path, SQLite::OPEN_READWRITE).exec(sql);
  }
  void stamp(std::int64_t id, const std::string& stamp) const {
    execute("UPDATE crierCacheInstruction SET utcStamp = " + stamp +
            " WHERE id = " + std::to_string(id));
  }
  [[nodiscard]] Ids left() const { return all_ids(*connection); }

  TempDir dir;
  const std::string path = dir / "x.db";
  std::unique_ptr<Connection> connection = open_store(path)->connect(Access::create);
};

TEST_CASE("a stamp that can't be right goes with the entries after it") {
  for (const std::string stamp :
       {"''", "0", "x'00'", "'0000-01-01'", "'zzz'", "'9999'", "'soon'", "x'ffff'"}) {
    CAPTURE(stamp);
    const Log log(4);
    log.stamp(2, stamp);
    log.stamp(4, stamp);
    CHECK(prune(log.connection->log()).through == EntryId{3});
    CHECK(log.left() == Ids{4, 5});
    CHECK(prune(log.connection->log()).rows == 0);
  }
}

TEST_CASE("an entry that is young keeps all that follow it") {
  const Log log(4);
  log.stamp(3, "strftime('%Y-%m-%d %H:%M:%f', 'now', '-1 hour')");
  NodeReport node;
  node.name = "web-1";
  node.position = {4};
  log.connection->nodes().beat(node);
  CHECK(prune(log.connection->log()).rows == 2);
  const Pruned again = prune(log.connection->log());
  CHECK(again.rows == 0);
  CHECK(again.held_by.empty());
  CHECK(log.left() == Ids{3, 4, 5});
}

TEST_CASE("the oldest that is young is exactly as old as asked for") {
  const Log log(2);
  log.stamp(1, "strftime('%Y-%m-%d %H:%M:%f', 'now', '-3601 seconds')");
  log.stamp(2, "strftime('%Y-%m-%d %H:%M:%f', 'now', '-3000 seconds')");
  PruneOrder order;
  order.older_than = 1h;
  CHECK(prune(log.connection->log(), order).rows == 1);
}

TEST_CASE("unsound stamps in any number are passed in a few reads") {
  const Log log(5000);
  log.execute("UPDATE crierCacheInstruction SET utcStamp = '' WHERE id <= 4500");
  PruneOrder order;
  order.max_rows = 10;
  const Pruned pruned = prune(log.connection->log(), order);
  CHECK(pruned.rows == 10);
  CHECK(pruned.more);

  // With young ones behind, too.
  log.connection->log().append(std::vector(3000, new_entry("[]")));
  CHECK(prune(log.connection->log(), order).rows == 10);

  log.execute("UPDATE crierCacheInstruction SET utcStamp = '' WHERE id <= 5000");
  const Pruned none = prune(log.connection->log(), order);
  CHECK(none.rows == 0);
  CHECK_FALSE(none.more);
}

TEST_CASE("ids as large as they can be are pruned") {
  const Log log(1);
  log.execute(
      "INSERT INTO crierCacheInstruction (id, utcStamp, jsonInstruction, originated) VALUES "
      "(9223372036854775806, '', '', ''), (9223372036854775807, '', '', '')");
  log.stamp(1, "''");
  log.stamp(2, "''");
  PruneOrder order;
  order.max_rows = 1;
  CHECK(prune(log.connection->log(), order).rows == 0);
}

TEST_CASE("what was pruned of a log that was replaced since does not count") {
  const Log log(5);
  CHECK(prune(log.connection->log()).through == EntryId{5});
  log.execute("DELETE FROM crierCacheInstruction; DELETE FROM sqlite_sequence");
  CHECK(log.connection->log().pruned_through() == EntryId{});
  log.connection->log().append(std::vector(9, new_entry("[]")));
  CHECK(log.connection->log().pruned_through() == EntryId{});
  log.execute("UPDATE crierCacheInstruction SET utcStamp = '" + kOld + "' WHERE id <= 3");
  CHECK(prune(log.connection->log()).through == EntryId{3});
  CHECK(log.connection->log().pruned_through() == EntryId{3});
}

TEST_CASE("it is recorded who pruned") {
  const Log log(2);
  PruneOrder order;
  order.max_rows = 1;
  NodeReport report;
  report.name = "leader";
  report.incarnation = Guid::random();
  report.position = {3};
  report.interval = 1h;
  log.connection->nodes().beat(report);
  const Guid& leader = report.incarnation;
  order.fence = Fence{leader, log.connection->leases().hold(leader, 1h).fencing};
  const auto recorded = [&] {
    return SQLite::Database(log.path)
        .execAndGet("SELECT prunedThrough || ' ' || fencing || ' ' || holder FROM crierPruned")
        .getString();
  };
  prune(log.connection->log(), order);
  CHECK(recorded() == "1 1 " + leader.to_string());
  prune(log.connection->log());
  CHECK(recorded() == "2 0 ");
}

TEST_CASE("what was deleted and how far that went are one transaction") {
  const Log log(5);
  for (const char* table : {"INSERT ON crierPruned", "DELETE ON crierCacheInstruction"}) {
    log.execute("CREATE TRIGGER no BEFORE " + std::string(table) +
                " BEGIN SELECT RAISE(ABORT, 'no'); END");
    CHECK_THROWS_AS(prune(log.connection->log()), Error);
    log.execute("DROP TRIGGER no");
    CHECK(log.left().size() == 6);
    CHECK(log.connection->log().pruned_through() == EntryId{});
  }
}

TEST_CASE("a table of another program is not pruned") {
  const Log log(5);
  log.execute("CREATE TABLE theirs AS SELECT * FROM crierCacheInstruction");
  const auto theirs = open_store(log.path + "?table=theirs")->connect(Access::read_write);
  for (const bool dry_run : {false, true}) {
    PruneOrder order;
    order.dry_run = dry_run;
    const Pruned pruned = theirs->log().prune(order);
    CHECK(pruned.outcome == Pruned::Outcome::foreign_log);
    CHECK(pruned.rows == 0);
  }
  CHECK(all_ids(*theirs).size() == 6);
  CHECK(theirs->log().pruned_through() == EntryId{});
}

// A leader that is paused just before it prunes, while another takes over.
TEST_CASE("a lease that is lost while a prune waits for its lock is noticed") {
  const Log log(5);
  const Guid leader = Guid::random();
  PruneOrder order;
  order.fence = Fence{leader, log.connection->leases().hold(leader, 1h).fencing};

  while_another_writes(
      log.path, "UPDATE crierLease SET fencing = fencing + 1, holder = 'another'",
      [&] { CHECK(prune(log.connection->log(), order).outcome == Pruned::Outcome::not_leader); });
  CHECK(log.left().size() == 6);
}

}  // namespace
}  // namespace crier::test
