// SPDX-License-Identifier: MIT
// KeepFor::refresh_ahead: loads that are early, on the thread of a reader or on an executor.
#include "unit/failing_source.hpp"

#include <doctest/doctest.h>

#include <future>
#include <memory>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

const KeepFor kAhead{.absolute = 100ms, .refresh_ahead = 20ms};

TEST_CASE_FIXTURE(AheadFixture,
                  "ahead: the first who reads it late loads it, and others get the old") {
  open(kAhead);
  ms = 79;
  CHECK(get_one() == "load 1");
  CHECK(loads == 1);
  ms = 80;
  CHECK(*region->get(1) == "load 1");  // without a factory
  std::string other;
  while_loading = [&] { other = get_elsewhere(); };
  CHECK(get_one() == "load 2");
  CHECK(other == "load 1");
  CHECK(loads == 2);
  const CacheStatistics did = region->statistics();
  CHECK(did.loads_ahead == 1);
  CHECK(did.loads == 2);
  CHECK(did.misses == 1);
  CHECK(did.hits == 4);
  ms = 179;
  while_loading = [] {};
  CHECK(get_one() == "load 3");
}

TEST_CASE_FIXTURE(AheadFixture, "ahead: if that fails, the old value stays until it expires") {
  open(kAhead);
  ms = 80;
  is_down = true;
  CHECK(get_one() == "load 1");
  CHECK(get_one() == "load 1");
  ms = 99;
  CHECK(get_one() == "load 1");
  CHECK(loads == 2);  // it is tried once
  CHECK(told == std::vector<std::string>{"1: down"});
  CHECK(region->statistics().failed_loads == 1);
  CHECK(region->statistics().loads_running == 0);
  ms = 100;
  CHECK(get_one() == "error: down");
}

TEST_CASE_FIXTURE(AheadFixture, "ahead: what was invalidated meanwhile is not kept") {
  open(kAhead);
  ms = 80;
  while_loading = [&] { region->evict(1); };
  CHECK(get_one() == "load 2");
  CHECK(region->get(1) == nullptr);
  CHECK(region->statistics().outdated_loads == 1);
}

TEST_CASE_FIXTURE(AheadFixture, "ahead: a loader that gets its own key is told so") {
  open(kAhead);
  ms = 80;
  while_loading = [&] { static_cast<void>(region->get(1, [] { return std::string("inner"); })); };
  CHECK(get_one() == "load 1");
  REQUIRE(told.size() == 1);
  CHECK(told[0].find("its loader gets the same key") != std::string::npos);
  while_loading = [] {};
  CHECK(get_one() == "load 1");
}

TEST_CASE_FIXTURE(AheadFixture, "ahead: nothing removes it, and many at once begin none") {
  open(kAhead);
  const std::vector<std::int64_t> ids{1};
  ms = 80;
  const auto values =
      region->get_many(ids, [](const std::vector<std::int64_t>&) { return std::vector{"many"}; });
  CHECK(*values[0] == "load 1");
  CHECK(region->get(1, [] { return nullptr; }) == nullptr);
  CHECK(region->get(1) == nullptr);
}

TEST_CASE_FIXTURE(ExecutorAheadFixture, "ahead: with an executor nobody waits") {
  open(kAhead);
  ms = 80;
  CHECK(get_one() == "load 1");
  CHECK(get_one() == "load 1");
  CHECK(region->statistics().loads_running == 1);
  CHECK(later.run() == 1);
  CHECK(region->statistics().loads_running == 0);
  CHECK(get_one() == "load 2");
  ms = 160;
  is_down = true;
  CHECK(get_one() == "load 2");
  CHECK(later.run() == 1);
  CHECK(get_one() == "load 2");
  CHECK(told == std::vector<std::string>{"1: down"});
  CHECK(later.run() == 0);
}

TEST_CASE_FIXTURE(ExecutorAheadFixture,
                  "ahead: with an executor, an invalidation meanwhile counts") {
  open(kAhead);
  ms = 80;
  CHECK(get_one() == "load 1");
  SUBCASE("before it runs") {
    region->clear();
    CHECK(later.run() == 1);
  }
  SUBCASE("while it runs") {
    while_loading = [&] { region->clear(); };
    CHECK(later.run() == 1);
  }
  CHECK(region->get(1) == nullptr);
  CHECK(region->statistics().outdated_loads == 1);
}

TEST_CASE_FIXTURE(ExecutorAheadFixture,
                  "ahead: what the executor has not begun when it is needed, the caller runs") {
  open(kAhead);
  ms = 80;
  CHECK(get_one() == "load 1");
  ms = 100;
  CHECK(get_one() == "load 2");
  CHECK(later.run() == 1);
  CHECK(loads == 2);
  CHECK(get_one() == "load 2");
}

TEST_CASE_FIXTURE(ExecutorAheadFixture,
                  "ahead: an executor that runs it at once, drops it, or throws") {
  auto options = this->options(kAhead);
  std::string then = "load 1";
  std::size_t failures = 1;
  SUBCASE("at once") {
    options.executor = [](const std::function<void()>& task) { task(); };
    then = "load 2";
    failures = 0;
  }
  SUBCASE("drops") {
    options.executor = [](const std::function<void()>&) {};
  }
  SUBCASE("throws") {
    options.executor = [](const std::function<void()>&) { throw std::runtime_error("full"); };
  }
  region = std::make_unique<Region>("names", options);
  CHECK(get_one() == "load 1");
  ms = 80;
  CHECK(get_one() == "load 1");
  CHECK(get_one() == then);
  CHECK(told.size() == failures);
  CHECK(region->statistics().failed_loads == failures);
  CHECK(region->statistics().loads_running == 0);
  ms = 200;
  CHECK(get_one() == (failures == 0 ? "load 3" : "load 2"));
}

TEST_CASE_FIXTURE(ExecutorAheadFixture,
                  "ahead: what is queued does nothing once the region has died") {
  open(kAhead);
  ms = 80;
  CHECK(get_one() == "load 1");
  SUBCASE("run") {
    region = nullptr;
    CHECK(later.run() == 1);
  }
  SUBCASE("dropped") {
    region = nullptr;
    CHECK(later.drop() == 1);
  }
  CHECK(loads == 1);
  CHECK(told.empty());
}

TEST_CASE_FIXTURE(ExecutorAheadFixture,
                  "ahead: the end of a region waits for a load on its executor") {
  open(kAhead);
  ms = 80;
  CHECK(get_one() == "load 1");
  Gate gate;
  std::atomic<bool> returned = false;
  while_loading = [&] {
    gate.pass();
    returned = true;
  };
  auto running = std::async(std::launch::async, [&] { return later.run(); });
  REQUIRE(gate.wait_until_entered());
  auto end = std::async(std::launch::async, [&] {
    region = nullptr;
    return returned.load();
  });
  CHECK(end.wait_for(50ms) == std::future_status::timeout);
  gate.open();
  CHECK(end.get());
  CHECK(running.get() == 1);
}

}  // namespace
}  // namespace crier::test
