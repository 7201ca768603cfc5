// SPDX-License-Identifier: MIT
// What a hybrid cache holds at the most, for how long, and how long it is waited for.
#include <crier/error.hpp>

#include "support/errors.hpp"
#include "support/gate.hpp"
#include "unit/hybrid_fixture.hpp"
#include "unit/rule_fixture.hpp"

#include <cstddef>
#include <thread>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

struct Crate {
  std::size_t weight = 0;
};
// NOLINTNEXTLINE(misc-use-internal-linkage): found beside its type
std::size_t cache_weight(const Crate& crate) { return crate.weight; }

HybridCodec<Crate> crate_codec() {
  return {.encode = [](const Crate& crate) { return std::to_string(crate.weight); },
          .decode = [](std::string_view text) { return Crate{std::stoul(std::string(text))}; }};
}

struct CrateMember {
  Registry registry;
  HybridCache<Crate> crates;
  Node node;

  CrateMember(const std::string& store, std::string name)
      : crates(registry, kHybrid, "crates", open_shared_cache(store),
               {.limits = {.max_weight = 100}}, crate_codec()),
        node(HybridMember::options(store, std::move(name)), registry) {
    node.start();
  }
};

TEST_CASE("Hybrid: the bound on weight holds, wherever a value comes from") {
  TempDir dir;
  const std::string store = "sqlite:" + (dir / "shop.db").string() + "?deadline=20s";
  CrateMember here(store, "here");
  CrateMember there(store, "there");
  for (CrateMember* member : {&here, &there}) {
    for (int i = 0; i < 10; ++i) {
      CHECK(member->crates.get(std::to_string(i), [] { return Crate{30}; })->weight == 30);
      CHECK(member->crates.statistics().weight <= 100);
    }
    CHECK(member->crates.statistics().weight == 90);
    CHECK(member->crates.statistics().evictions == 7);
    CHECK(member->crates.get("heavy", [] { return Crate{101}; })->weight == 101);
    CHECK(member->crates.statistics().weight <= 100);
  }
  CHECK(there.crates.statistics().shared_hits == 11);
}

TEST_CASE("Hybrid: who waits for a factory that does not end gets an error, or runs his own") {
  TempDir dir;
  const std::string store = "sqlite:" + (dir / "shop.db").string() + "?deadline=20s";
  bool loads = false;
  SUBCASE("an error") {}
  SUBCASE("his own") { loads = true; }
  HybridMember here(store, "here", open_shared_cache(store),
                    {.keep = {.patience = 5ms, .then_load = loads}});
  Gate gate;
  std::thread stuck([&] {
    static_cast<void>(here.pages.get("a", [&] {
      gate.pass();
      return std::string("late");
    }));
  });
  CHECK(gate.wait_until_entered());
  CHECK(here.pages.statistics().loads_running == 1);
  const auto get = [&] { return *here.pages.get("a", [] { return std::string("own"); }); };
  if (loads) {
    CHECK(get() == "own");
  } else {
    CHECK(error_of(get).retryable());
  }
  CHECK(here.pages.statistics().waits_given_up == 1);
  gate.open();
  stuck.join();
  CHECK(here.pages.statistics().loads_running == 0);
}

TEST_CASE_FIXTURE(RuleFixture, "rule: what lives for a year can be removed by its tag all along") {
  const auto fill = [&](const std::string& data) {
    a.get("k", {"t"});
    a.half.fill({a.half.begin(), "k", {"t"}, data, {.after = 365 * 24h}, a.last.seen});
  };
  fill("old");
  store->now += 8 * 24h;
  CHECK(b.get("k") == "old");
  remove_tag("t");
  b.read_all();
  b.make("other", "o");  // the record knows of it
  store->now += 300 * 24h;
  a.read_all();
  CHECK(a.get("k").empty());
  CHECK(b.get("k").empty());
  fill("new");
  store->now += 364 * 24h;
  CHECK(b.get("k") == "new");
  store->now += 2 * 24h;
  CHECK(b.get("k").empty());
}

}  // namespace
}  // namespace crier::test
