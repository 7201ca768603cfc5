// SPDX-License-Identifier: MIT
// Waiting as a node offers it: for itself, and for everybody.
#include <crier/admin/store.hpp>
#include <crier/admin/wait.hpp>
#include <crier/error.hpp>

#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "unit/node_fixture.hpp"
#include "unit/node_names.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// Of an entry that stands in the log, and that the member fails at.
EntryId publish_unapplied(Member& member) {
  member.products->before = [](const std::string&) { throw std::runtime_error("broken"); };
  return member.node->cache().refresh(kProducts, 1);
}

TEST_CASE_FIXTURE(NodeFixture, "a node waits until it has applied what another one publishes") {
  Member a(options());
  a.node->start();
  Member b(options());
  b.node->start();
  const EntryId id = a.node->cache().refresh(kProducts, 1);
  CHECK(b.node->wait_applied(id, 20s));
  CHECK(b.record.lines() == Lines{"products refresh 1"});
  CHECK(a.node->wait_applied(id, 20s));  // its own entry, too
  CHECK_FALSE(b.node->wait_applied({id.value + 1}, 1ms));
}

TEST_CASE_FIXTURE(NodeFixture, "a node that waits looks at once for what rang nobody") {
  Options slow = options();
  slow.poll_interval = 1h;
  slow.canary_interval = 0s;  // it rings
  Record record;
  Registry registry;
  registry.add(std::make_shared<RecordingRefresher>(kProducts, "products", record));
  Node node(slow, std::move(registry));
  node.start();
  const EntryId last = node.cache().refresh(kProducts, 1);
  CHECK(node.wait_applied(last, 20s));
  SQLite::Database(dir / "shop.db", SQLite::OPEN_READWRITE, 20'000)
      .exec("INSERT INTO crierCacheInstruction (jsonInstruction, originated) VALUES ('[]', 'sql')");
  CHECK(node.wait_applied({last.value + 1}, 20s));
}

TEST_CASE_FIXTURE(NodeFixture, "a node that stops ends the waits on it") {
  Member a(options());
  a.node->start();
  const EntryId id = publish_unapplied(a);
  std::jthread waiter(
      [&] { CHECK_FALSE(a.node->wait_applied(id, std::chrono::milliseconds::max())); });
  a.node->stop();
  waiter.join();
  CHECK_FALSE(a.node->wait_applied(id, 1h));
  CHECK(a.node->wait_applied({0}, 1h));
}

TEST_CASE_FIXTURE(NodeFixture,
                  "a node waits until an entry is on every node, long before their next beats") {
  Options slow = options();
  slow.heartbeat_interval = 10min;
  slow.lease_duration = 1h;
  std::vector<std::unique_ptr<Member>> members;
  for (const char* name : {"a", "b", "c"}) {
    slow.node_name = name;
    members.push_back(std::make_unique<Member>(slow));
    members.back()->node->start();
  }
  for (int i = 1; i <= 20; ++i) {
    const EntryId id = members[0]->node->cache().refresh(kProducts, i);
    const WaitResult result =
        members[static_cast<std::size_t>(i) % 3]->node->wait_everywhere(id, 20s);
    CHECK(result);
    CHECK(names(result.reached) == Lines{"a", "b", "c"});
    CHECK(members[1]->record.size() == static_cast<std::size_t>(i));
  }
}

TEST_CASE_FIXTURE(NodeFixture, "who waits is answered while entry follows entry") {
  Options slow = options();
  slow.heartbeat_interval = 10min;
  slow.lease_duration = 1h;
  slow.poll_interval = 1h;
  slow.canary_interval = 0s;
  slow.node_name = "a";
  Member a(slow);
  a.node->start();
  slow.node_name = "b";
  Member b(slow);
  b.node->start();
  const std::jthread publisher([&](const std::stop_token& stop) {
    for (int i = 0; !stop.stop_requested(); ++i) {
      a.node->cache().refresh(kProducts, i);
    }
  });
  for (int i = 0; i < 20; ++i) {
    CHECK(b.node->wait_everywhere(a.node->cache().refresh(kProducts, 0), 20s));
  }
}

TEST_CASE_FIXTURE(NodeFixture, "a node keeps few connections for many who wait, and for nodes()") {
  Options slow = options();
  slow.heartbeat_interval = 10min;
  slow.lease_duration = 1h;
  Member a(slow);
  a.node->start();
  const auto open_files = [&] {
    std::ptrdiff_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      std::error_code gone;
      count += std::filesystem::read_symlink(entry, gone) == dir / "shop.db" ? 1 : 0;
    }
    return count;
  };
  CHECK(a.node->nodes().size() == 1);
  const EntryId unapplied = publish_unapplied(a);
  const std::ptrdiff_t before = open_files();
  std::atomic<int> looked = 0;
  {
    std::vector<std::jthread> waiters;
    for (int i = 0; i < 16; ++i) {
      waiters.emplace_back([&] { CHECK_FALSE(a.node->wait_everywhere(unapplied, 200ms)); });
    }
    CHECK(eventually([&] {
      CHECK(open_files() <= before + 3);  // four in all
      looked += static_cast<int>(a.node->nodes().size());
      return looked > 10;
    }));
  }
  for (int i = 0; i < 10; ++i) {
    CHECK(a.node->nodes().size() == 1);
  }
  CHECK(open_files() <= before + 3);
}

TEST_CASE_FIXTURE(
    NodeFixture, "a node whose beats are not seen waits for itself, and claims nothing of others") {
  std::atomic<bool> is_broken = false;
  Member a(options());
  a.products->before = [&](const std::string&) {  // before a poller may look at it
    if (is_broken) {
      throw std::runtime_error("broken");
    }
  };
  a.node->start();
  SQLite::Database(dir / "shop.db", SQLite::OPEN_READWRITE, 20'000)
      .exec(
          "DROP TABLE crierWait; DELETE FROM crierNode; "
          "CREATE TRIGGER unseen BEFORE INSERT ON crierNode BEGIN SELECT RAISE(IGNORE); END");
  is_broken = true;
  const EntryId unapplied = a.node->cache().refresh(kProducts, 1);
  const WaitResult late = a.node->wait_everywhere(unapplied, 20ms);
  CHECK(late.end == WaitEnd::timed_out);
  CHECK_FALSE(late);
  REQUIRE(late.waiting.size() == 1);
  CHECK(late.waiting[0].name == a.node->name());
  is_broken = false;
  const WaitResult result = a.node->wait_everywhere(unapplied, 20s);
  CHECK(names(result.reached) == Lines{a.node->name()});
  CHECK(result.waiting.empty());
  CHECK_FALSE(result.certain);
  CHECK_FALSE(result);
  CHECK(result.trouble ==
        "this node's own beats don't reach the database, so it can't tell which nodes live");
}

TEST_CASE_FIXTURE(NodeFixture, "a node that all look stale to believes of none that it is gone") {
  Options rare = options();
  rare.heartbeat_interval = 1h;
  rare.lease_duration = 2h;
  Member a(rare);
  a.node->start();
  SQLite::Database database(dir / "shop.db", SQLite::OPEN_READWRITE, 20'000);
  const std::string first = database.execAndGet("SELECT incarnation FROM crierNode").getString();
  Member b(rare);
  b.node->start();
  const std::string beat = database.execAndGet("SELECT min(beatMs) FROM crierNode").getString();
  const EntryId id = a.node->cache().refresh(kProducts, 1);
  // As if no beat had been written for long. Until the next hour either may beat once more.
  CHECK(eventually([&] {
    database.exec("UPDATE crierNode SET beatMs = " + beat + " - 86400000");
    return !a.node->wait_everywhere(id, 20s).certain;
  }));
  // One that only went stale while others beat no longer counts.
  database.exec("UPDATE crierNode SET beatMs = " + beat + " WHERE incarnation = '" + first + "'");
  CHECK(a.node->wait_everywhere(id, 20s));
}

TEST_CASE_FIXTURE(NodeFixture, "a node that stops ends its waits for everybody") {
  Member a(options());
  a.node->start();
  Member b(options());  // which gets there
  b.node->start();
  const EntryId id = publish_unapplied(a);
  std::thread waiter([&] { CHECK(a.node->wait_everywhere(id, 24h).end == WaitEnd::stopped); });
  const auto connection = open_store(options().store)->connect(Access::read_only);
  CHECK(eventually([&] { return connection->nodes().position_requests().size() == 1; }));
  a.node->stop();
  waiter.join();
}

TEST_CASE_FIXTURE(NodeFixture,
                  "a node that looks stopped to the others still waits for itself, once") {
  Options rare = options();
  rare.heartbeat_interval = 1h;
  rare.lease_duration = 2h;
  Member a(rare);
  a.node->start();
  WaitResult result;
  const EntryId id = publish_unapplied(a);
  const auto connection = open_store(options().store)->connect(Access::read_only);
  std::thread waiter([&] { result = a.node->wait_everywhere(id, 3s); });
  CHECK(eventually([&] { return connection->nodes().position_requests().size() == 1; }));
  SQLite::Database(dir / "shop.db", SQLite::OPEN_READWRITE, 20'000)
      .exec(
          "CREATE TRIGGER stop AFTER UPDATE ON crierNode WHEN NEW.stoppedMs IS NULL BEGIN UPDATE "
          "crierNode SET stoppedMs = 1; END; UPDATE crierNode SET beatMs = beatMs");
  waiter.join();
  CHECK_FALSE(result);
  CHECK(names(result.waiting) == Lines{a.node->name()});
  CHECK(result.lost.empty());
}

TEST_CASE_FIXTURE(NodeFixture, "a wait for everybody on a node that does not run is an error") {
  Member a(options());
  CHECK(std::string(error_of([&] { a.node->wait_everywhere({1}, 1s); }).what())
            .ends_with("does not run"));
  CHECK(error_of([&] { static_cast<void>(a.node->nodes()); }).operation() == "list the nodes");
}

TEST_CASE("on a single server there is nobody to wait for") {
  Member alone{Options()};
  alone.node->start();
  CHECK(alone.node->role() == Role::single);
  CHECK(alone.node->wait_everywhere(alone.node->cache().refresh(kProducts, 1), 1s));
  CHECK(alone.node->wait_applied({0}, 1s));
  CHECK(alone.node->nodes().empty());
}

}  // namespace
}  // namespace crier::test
