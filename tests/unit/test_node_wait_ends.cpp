// SPDX-License-Identifier: MIT
// Why waits end, for which refreshers they are, and the calls that they end in.
#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "unit/stuck_fixture.hpp"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kForEver = std::chrono::hours(24);

/// Where waits that end in a call tell how they ended.
struct Ends {
  Record record;
  WaitHandler handler(const std::string& name = "wait") {
    return [this, name](WaitApplied result) {
      record.add(name + ": " + std::string(to_string(result.end)));
    };
  }
};

/// Products hang at id 1; orders are well.
struct WaitEndsFixture : StuckFixture {
  Ends ends;
  const std::string applied = "wait: applied";

  WaitEndsFixture() { quick.node_name = "a"; }
  EntryId write_order() const { return write({Instruction::refresh_by_id(kOrders, 1)}); }
};

TEST_CASE_FIXTURE(WaitEndsFixture, "an id beyond the newest entry is told at once, by any wait") {
  start();
  const EntryId last = write_order();
  CHECK(node->wait_applied(last, 20s));
  const EntryId forged{last.value + 1'000};
  CHECK(node->wait_applied(forged, kForEver).end == WaitEnd::beyond_newest);
  CHECK(node->wait_applied(forged, kForEver, {kOrders}).end == WaitEnd::beyond_newest);
  const WaitResult everywhere = node->wait_everywhere(forged, kForEver);
  CHECK_FALSE(everywhere);
  CHECK(everywhere.end == WaitEnd::beyond_newest);
  node->on_applied(forged, kForEver, ends.handler());
  CHECK(eventually([&] { return ends.record.size() == 1; }));
  CHECK(ends.record.lines() == Lines{"wait: the log holds no entry of that id yet"});
}

TEST_CASE_FIXTURE(WaitEndsFixture, "many forged ids hold up nobody, also while a refresher hangs") {
  start();
  hang();
  std::atomic<int> told = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&, i] {
      told += node->wait_applied({1'000'000 + i}, kForEver).end == WaitEnd::beyond_newest ? 1 : 0;
    });
  }
  threads.clear();
  CHECK(told == 16);
}

TEST_CASE_FIXTURE(WaitEndsFixture, "a wait whose time is up, or whose node stops, says so") {
  start();
  hang();
  const EntryId id = write_order();
  CHECK(node->wait_applied(id, 5ms).end == WaitEnd::timed_out);
  CHECK(node->wait_everywhere(id, 5ms).end == WaitEnd::timed_out);
  std::atomic<WaitEnd> end = WaitEnd::applied;
  std::jthread waiter([&] { end = node->wait_applied(id, kForEver).end; });
  node->stop();
  waiter.join();
  CHECK(end == WaitEnd::stopped);
  CHECK(node->wait_applied(id, kForEver).end == WaitEnd::stopped);
}

TEST_CASE_FIXTURE(WaitEndsFixture,
                  "a wait for one refresher does not wait for another that hangs") {
  quick.refresher_deadline = 300ms;  // then the reading goes on
  start();
  hang();
  const EntryId id = write_order();
  CHECK(node->wait_applied(id, 20s, {kOrders}));
  CHECK(node->wait_applied(id, 5ms, {kProducts}).end == WaitEnd::timed_out);
  CHECK(node->wait_applied(id, 5ms, {kOrders, kProducts}).end == WaitEnd::timed_out);
  CHECK(node->wait_applied(id, 5ms).end == WaitEnd::timed_out);
  node->on_applied(id, kForEver, ends.handler(), {kProducts});
  outside->gate.open();
  CHECK(node->wait_applied(id, 20s, {kProducts}));
  CHECK(eventually([&] { return ends.record.lines() == Lines{applied}; }));
}

TEST_CASE_FIXTURE(WaitEndsFixture, "a wait for a refresher that nobody has registered is refused") {
  start();
  const Guid nobody = "99999999-2222-4333-8444-555555555555"_guid;
  const Error error = error_of([&] {
    static_cast<void>(node->wait_applied({1}, 1h, {kOrders, nobody}));
  });
  CHECK(error.invalid_argument());
  CHECK(std::string(error.what()) == "no refresher is registered for " + nobody.to_string());
  CHECK(error_of([&] { node->on_applied({1}, 1h, ends.handler(), {nobody}); }).invalid_argument());
  CHECK(error_of([&] { node->on_applied({1}, 1h, {}); }).invalid_argument());
}

TEST_CASE_FIXTURE(WaitEndsFixture, "each wait ends in one call, on a thread of the node's") {
  start();
  const EntryId id = write_order();
  std::atomic<bool> within = false;
  std::thread::id caller;
  node->on_applied(id, kForEver, [&](WaitApplied result) {
    caller = std::this_thread::get_id();
    // It may use the node, and wait again.
    const EntryId next = node->cache().refresh(kOrders, 2);
    node->on_applied(next, kForEver, ends.handler("second"));
    ends.handler()(result);
    within = true;
    throw std::runtime_error("thrown by the call");
  });
  CHECK(eventually([&] { return ends.record.size() == 2; }));
  CHECK(ends.record.lines() == Lines{applied, "second: applied"});
  CHECK(within);
  CHECK(caller != std::this_thread::get_id());
  CHECK(is_logged("what was to be called after a wait failed: thrown by the call"));
  node->stop();
  CHECK(ends.record.size() == 2);
}

TEST_CASE_FIXTURE(WaitEndsFixture, "waits that end in a call end in time, and with the node") {
  start();
  hang();
  const EntryId id = write_order();
  node->on_applied(id, kForEver, ends.handler());
  node->on_applied(id, 5ms, ends.handler("short"));
  CHECK(eventually([&] { return ends.record.size() == 1; }));
  CHECK(ends.record.lines() == Lines{"short: time is up"});
  node->stop();
  CHECK(ends.record.lines() ==
        Lines{"short: time is up", "wait: the node was stopped, or does not run"});
  CHECK(error_of([&] { node->on_applied(id, kForEver, ends.handler()); }).operation() == "wait");
}

TEST_CASE_FIXTURE(WaitEndsFixture, "the call after a wait may stop the node") {
  start();
  hang();
  const EntryId id = write_order();
  node->on_applied(id, kForEver, ends.handler());
  node->on_applied(id, 5ms, [&](WaitApplied) {
    node->stop();
    ends.record.add("stopped");
  });
  CHECK(eventually([&] { return ends.record.size() == 2; }));
  CHECK(ends.record.lines() == Lines{"stopped", "wait: the node was stopped, or does not run"});
}

TEST_CASE_FIXTURE(NodeFixture, "a publish gives an id by which its entry is told from others") {
  Member a(options());
  a.node->start();
  const EntryId id = a.node->cache().refresh(kProducts, 1);
  auto batch = a.node->cache().batch();
  batch.refresh(kProducts, 2);
  for (const EntryId& each : {id, batch.commit().value()}) {
    CHECK(each.check != 0);
    CHECK(a.node->wait_applied(*EntryId::parse(each.to_string()), 20s));
    CHECK(a.node->wait_applied({each.value}, 20s));  // the bare number, too
    EntryId other = each;
    other.check ^= 1;
    CHECK(a.node->wait_applied(other, 1h).end == WaitEnd::not_in_log);
    CHECK(a.node->wait_everywhere(other, 1h).end == WaitEnd::not_in_log);
    CHECK(a.node->wait_everywhere(each, 20s));
    // A node that has not read it itself looks it up.
    Member b(options());
    b.node->start();
    CHECK(b.node->wait_applied(each, 20s));
    CHECK(b.node->wait_applied(other, 1h).end == WaitEnd::not_in_log);
  }
}

TEST_CASE_FIXTURE(NodeFixture, "an id from before the log was restored is not one of this log") {
  Options quiet = options();
  quiet.canary_interval = 0s;  // which would take ids
  Member a(quiet);
  a.node->start();
  a.node->cache().refresh(kProducts, 1);
  const std::string file = dir / "shop.db";
  const std::string backup = dir / "backup.db";
  const auto copy = [](const std::string& from, const std::string& to) {
    SQLite::Database target(to, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 20'000);
    SQLite::Database source(from, SQLite::OPEN_READWRITE, 20'000);
    SQLite::Backup backup_of(target, source);
    CHECK(eventually([&] { return backup_of.executeStep(-1) == SQLITE_DONE; }));
  };
  copy(file, backup);
  const std::string cookie = a.node->cache().refresh(kProducts, 2).to_string();
  copy(backup, file);
  CHECK(eventually([&] { return a.node->counters().resyncs == 1; }));
  CHECK(a.node->wait_applied(*EntryId::parse(cookie), 1h).end == WaitEnd::beyond_newest);
  // The same words under the same id, by the same node.
  CHECK(a.node->cache().refresh(kProducts, 2) == *EntryId::parse(cookie));
  CHECK(a.node->wait_applied(*EntryId::parse(cookie), 1h).end == WaitEnd::not_in_log);
}

TEST_CASE("on a single server an entry above 0 is beyond the newest") {
  Member alone{Options()};
  alone.node->start();
  CHECK(alone.node->wait_applied({1}, 1h).end == WaitEnd::beyond_newest);
  Ends ends;
  alone.node->on_applied({0}, 1h, ends.handler());
  CHECK(eventually([&] { return ends.record.lines() == Lines{"wait: applied"}; }));
}

}  // namespace
}  // namespace crier::test
