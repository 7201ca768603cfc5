// SPDX-License-Identifier: MIT
// One load of a key at a time, across nodes.
#include <crier/error.hpp>

#include "base/uncommitted.hpp"
#include "cache/hybrid/invalidations.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "support/gate.hpp"
#include "unit/hybrid_fixture.hpp"
#include "unit/rule_fixture.hpp"

#include <atomic>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

struct LeaseFixture {
  TempDir dir;
  const std::string store = "sqlite:" + (dir / "shop.db").string() + "?deadline=20s";
  const std::unique_ptr<SharedCache> entries = open_shared_cache(store);

  [[nodiscard]] std::unique_ptr<HybridMember> member(const std::string& name,
                                                     std::chrono::milliseconds lease) const {
    return std::make_unique<HybridMember>(store, name, open_shared_cache(store),
                                          HybridOptions{.one_load_across_nodes = lease});
  }
  [[nodiscard]] std::string holder() const { return entries->peek("pages##/a").value_or(""); }
};

std::uint64_t waits_of(const HybridMember& member) {
  return member.pages.statistics().waits_for_nodes;
}

TEST_CASE_FIXTURE(LeaseFixture, "Hybrid: lease: of many nodes one runs the factory") {
  std::vector<std::unique_ptr<HybridMember>> members;
  for (const char* name : {"one", "two", "three"}) {
    members.push_back(member(name, 1h));
  }
  const auto all_wait = [&] {
    std::uint64_t waits = 0;
    for (const auto& one : members) {
      waits += waits_of(*one);
    }
    return waits == 2;
  };
  std::atomic<int> runs = 0;
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, one = members[static_cast<std::size_t>(i % 3)].get()] {
      const auto value = one->pages.get("a", [&] {
        ++runs;
        static_cast<void>(eventually(all_wait));
        return std::string("once");
      });
      right += *value == "once" ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(runs == 1);
  CHECK(right == 6);
  CHECK(all_wait());
  CHECK(holder().empty());
  // What the look found is a hit of the shared half; a miss counts once.
  for (const auto& one : members) {
    CHECK(one->pages.statistics().shared_misses == 1);
  }
}

TEST_CASE_FIXTURE(LeaseFixture,
                  "Hybrid: lease: a holder that does not end is replaced by another") {
  const auto here = member("here", 50ms);
  const auto there = member("there", 1h);
  Gate gate;
  std::thread hangs([&] {
    here->pages.get("a", [&] {
      gate.pass();
      return std::string("late");
    });
  });
  REQUIRE(gate.wait_until_entered());
  CHECK(*there->pages.get("a", [&] {
    const std::string mine = holder();
    CHECK_FALSE(mine.empty());
    gate.open();
    hangs.join();
    CHECK(holder() == mine);  // what has run out is not given back
    return std::string("new");
  }) == "new");
  CHECK(waits_of(*there) <= 1);  // none if it had run out before
  CHECK(holder().empty());
}

TEST_CASE_FIXTURE(LeaseFixture, "Hybrid: lease: nobody waits for longer than twice its own") {
  const auto here = member("here", 1h);
  const auto there = member("there", 5ms);
  CHECK(*here->pages.get("a", [&] {
    CHECK(*there->pages.get("a", [] { return std::string("there"); }) == "there");
    return std::string("here");
  }) == "here");
  CHECK(waits_of(*there) == 1);
}

TEST_CASE_FIXTURE(LeaseFixture, "Hybrid: lease: who has nothing, or throws, gives it back") {
  const auto here = member("here", 1h);
  const auto there = member("there", 1h);
  CHECK(here->pages.get("a", [] { return std::optional<std::string>(); }) == nullptr);
  CHECK(holder().empty());
  CHECK_THROWS_AS(here->pages.get("a", []() -> std::string { throw std::runtime_error("no"); }),
                  std::runtime_error);
  CHECK(holder().empty());
  CHECK(*there->pages.get("a", [&] {
    CHECK_FALSE(holder().empty());
    return std::string("1");
  }) == "1");
  CHECK(waits_of(*there) == 0);
}

TEST_CASE_FIXTURE(LeaseFixture, "Hybrid: lease: what was invalidated meanwhile is not taken") {
  const auto here = member("here", 1h);
  const auto there = member("there", 1h);
  const auto writer = member("writer", 1h);
  std::thread waits;
  std::string taken;
  CHECK(*here->pages.get("a", [&] {
    waits = std::thread([&] { taken = *there->pages.get("a", [] { return std::string("new"); }); });
    CHECK(eventually([&] { return waits_of(*there) == 1; }));
    const EntryId id = writer->pages.remove("a");
    CHECK(here->node.wait_applied(id, 20s));
    CHECK(there->node.wait_applied(id, 20s));
    return std::string("old");
  }) == "old");
  waits.join();
  CHECK(taken == "new");
  CHECK(*here->pages.get("a") == "new");
}

TEST_CASE_FIXTURE(LeaseFixture, "Hybrid: lease: if the shared half fails, the factory runs") {
  const auto here = member("here", 1h);
  CHECK(*here->pages.get("first", [] { return std::string("0"); }) == "0");
  here->shared->read_only = true;
  CHECK(*here->pages.get("a", [] { return std::string("1"); }) == "1");
  CHECK(here->pages.statistics().failed_fills >= 1);
  CHECK(here->pages.statistics().failed_reads == 0);
  here->shared->is_out = true;
  CHECK(*here->pages.get("b", [] { return std::string("2"); }) == "2");
  CHECK(waits_of(*here) == 0);
}

TEST_CASE("Hybrid: lease: a time that is none is refused") {
  Registry registry;
  for (const std::chrono::milliseconds lease : {0ms, -1ms, std::chrono::milliseconds(24h) + 1ms}) {
    const Error error = error_of([&] {
      HybridCache<int>(registry, kHybrid, "pages", nullptr, {.one_load_across_nodes = lease});
    });
    CHECK(error.invalid_argument());
    CHECK(std::string(error.what()) == "one_load_across_nodes of the hybrid cache pages is " +
                                           std::to_string(lease.count()) +
                                           "ms: it must be above 0, and at most a day");
  }
  CHECK(registry.all().empty());
}

TEST_CASE_FIXTURE(LeaseFixture, "Hybrid: lease: it takes its place in a key") {
  const auto here = member("here", 1h);
  const std::string longest(449 - 8, 'k');
  const auto make = [] { return std::string("x"); };
  CHECK(error_of([&] { here->pages.get(longest + "k", make); }).invalid_argument());
  CHECK(*here->pages.get(longest, make) == "x");
  CHECK(here->failed.empty());
}

TEST_CASE("rule: no lease is taken where none is asked for, or a transaction is open") {
  const auto store = std::make_shared<MemoryStore>();
  RuledNode without(store);
  RuledNode with(store, {.one_load = 1h});
  const auto finds_none = [] { return false; };
  const auto entries = std::dynamic_pointer_cast<SharedCache>(with.half.shared());
  const auto keys = [&] { return entries->keys(); };
  const auto none = without.half.lease("k", finds_none);
  CHECK(keys().empty());
  {
    const Uncommitted open;
    const auto inside = with.half.lease("k", finds_none);
    CHECK(keys().empty());
  }
  const auto found = with.half.lease("k", [] { return true; });
  CHECK(keys().empty());
  auto held = with.half.lease("k", finds_none);
  CHECK(keys() == std::vector<std::string>{"c##/k"});
  held.reset();
  CHECK(keys().empty());
}

}  // namespace
}  // namespace crier::test
