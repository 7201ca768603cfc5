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
#include <system_error>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

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
  std::jthread waiter(
      [&] { CHECK_FALSE(a.node->wait_applied({1}, std::chrono::milliseconds::max())); });
  a.node->stop();
  waiter.join();
  CHECK_FALSE(a.node->wait_applied({1}, 1h));
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
  const std::ptrdiff_t before = open_files();
  std::atomic<int> looked = 0;
  {
    std::vector<std::jthread> waiters;
    for (int i = 0; i < 16; ++i) {
      waiters.emplace_back([&] { CHECK_FALSE(a.node->wait_everywhere({1'000'000}, 200ms)); });
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

TEST_CASE_FIXTURE(NodeFixture, "a node that could not register waits for itself all the same") {
  Member a(options());
  a.node->start();
  SQLite::Database(dir / "shop.db", SQLite::OPEN_READWRITE, 20'000)
      .exec("DROP TABLE crierWait; DELETE FROM crierNode");
  const WaitResult late = a.node->wait_everywhere({1}, 20ms);
  CHECK_FALSE(late);
  REQUIRE(late.waiting.size() == 1);
  CHECK(late.waiting[0].name == a.node->name());
  const EntryId id = a.node->cache().refresh(kProducts, 1);
  const WaitResult result = a.node->wait_everywhere(id, 20s);
  CHECK(result);
  CHECK(names(result.reached) == Lines{a.node->name()});
}

TEST_CASE_FIXTURE(NodeFixture, "a node that stops ends its waits for everybody") {
  Member a(options());
  a.node->start();
  Member b(options());  // which does not get there either
  b.node->start();
  std::thread waiter([&] { CHECK_FALSE(a.node->wait_everywhere({1}, 24h)); });
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
  std::thread waiter([&] { result = a.node->wait_everywhere({1}, 1s); });
  const auto connection = open_store(options().store)->connect(Access::read_only);
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
