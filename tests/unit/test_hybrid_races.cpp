// SPDX-License-Identifier: MIT
// The classic races, each forced: a value that was read before an invalidation is kept nowhere.
#include "support/eventually.hpp"
#include "support/gate.hpp"
#include "unit/hybrid_fixture.hpp"

#include <SQLiteCpp/Database.h>

#include <atomic>
#include <string>

namespace crier::test {
namespace {

TEST_CASE_FIXTURE(HybridFixture,
                  "Hybrid: a factory does not bring back what another node has set") {
  const auto value = here.pages.get("a", [&] {
    settle(there.pages.set("a", "new"));  // the factory has read before
    return std::string("old");
  });
  CHECK(*value == "old");  // who waits gets it
  CHECK(*here.pages.get("a", make("x")) == "new");
  CHECK(*there.pages.get("a", make("x")) == "new");
}

TEST_CASE_FIXTURE(HybridFixture,
                  "Hybrid: a factory does not bring back what another node has removed") {
  here.pages.get("a", [&] {
    settle(there.pages.remove("a"));
    return std::string("old");
  });
  CHECK(there.pages.get("a") == nullptr);
  CHECK(here.pages.get("a") == nullptr);
}

TEST_CASE_FIXTURE(HybridFixture,
                  "Hybrid: nor where the news is not here yet when the fill is tried") {
  EntryId id;
  here.shared->before_fill = [&](const std::string&) { id = there.pages.remove("a"); };
  here.pages.get("a", make("old"));
  settle(id);
  CHECK(there.pages.get("a") == nullptr);
  CHECK(here.pages.get("a") == nullptr);
}

TEST_CASE_FIXTURE(HybridFixture,
                  "Hybrid: what was read from the shared cache before a set is not served") {
  there.pages.set("a", "old");
  here.shared->after_read = [&](const std::string&) { settle(there.pages.set("a", "new")); };
  CHECK(here.pages.get("a") == nullptr);
  CHECK(*here.pages.get("a", make("x")) == "new");
  settle(there.pages.set("a", "older"));
  here.shared->after_read = [&](const std::string&) { settle(there.pages.set("a", "newer")); };
  CHECK(*here.pages.get("a", make("newest")) == "newest");
  CHECK(made == 1);
}

// A node that does something once a set of its has begun.
struct Setting : HybridFixture {
  std::function<void()> before_encode = [] {};
  HybridMember third{store, "third", open_shared_cache(store), {}, codec()};

  HybridCodec<std::string> codec() {
    HybridCodec<std::string> json = json_codec<std::string>();
    json.encode = [this, encode = json.encode](const std::string& value) {
      before_encode();
      return encode(value);
    };
    return json;
  }
};

// Its value was read before what the other thread has changed.
TEST_CASE_FIXTURE(Setting, "Hybrid: what another thread of the node publishes overtakes a set") {
  before_encode = [&] {
    SUBCASE("its key") { third.pages.remove("a"); }
    SUBCASE("its tag") { third.pages.remove_by_tag("t"); }
  };
  settle(third.pages.set("a", "old", {.tags = {"t"}}));
  CHECK(third.pages.statistics().refused_fills == 1);
  CHECK(third.pages.get("a") == nullptr);
  CHECK(here.pages.get("a") == nullptr);
}

// The caller of the second knew of the first.
TEST_CASE_FIXTURE(Setting,
                  "Hybrid: what the node has set before does not overtake a set if it is passed") {
  Gate gate;
  const Subscription subscription = third.node.on_cache_updated([&](const CacheUpdated& updated) {
    if (updated.source.entry.value != 0) {
      gate.pass();  // of another's entry: its own are run before they are written
    }
  });
  here.pages.remove("b");
  REQUIRE(gate.wait_until_entered());
  const EntryId first = third.pages.set("a", "1");
  before_encode = [&] {
    gate.open();
    REQUIRE(third.node.wait_applied(first, std::chrono::seconds(20)));
  };
  settle(third.pages.set("a", "2"));
  CHECK(*here.pages.get("a", make("x")) == "2");
  CHECK(third.pages.statistics().refused_fills == 0);
}

// The entry may have more to refresh, of which the page is made.
TEST_CASE_FIXTURE(HybridFixture, "Hybrid: what is made while its entry is applied is not kept") {
  const Subscription subscription = here.node.on_cache_updated([&](const CacheUpdated& updated) {
    if (updated.refresher == kHybrid && updated.source.entry.value != 0) {
      here.pages.get("a", make("old"), {.tags = {"t"}});
      here.pages.get_many(std::vector<std::string>{"b"},
                          [&](const auto&) { return std::vector<std::string>{"old"}; });
    }
  });
  auto batch = there.node.cache().batch();
  SUBCASE("by its key") {
    there.pages.remove("a", batch);
    there.pages.remove("b", batch);
  }
  SUBCASE("with all") { there.pages.clear(batch); }
  settle(batch.commit().value());
  CHECK(made >= 1);
  CHECK(here.pages.get("a") == nullptr);
  CHECK(here.pages.get("b") == nullptr);
}

// What it is made of may have its turn later.
TEST_CASE("Hybrid: what is made in the middle of a full refresh is not kept") {
  const TempDir dir;
  const std::string file = (dir / "shop.db").string();
  Registry registry;
  HybridCache<std::string> pages(registry, kHybrid, "pages", nullptr);
  Node node(HybridMember::options("sqlite:" + file + "?deadline=20s", "here"), registry);
  const auto make = [&](const char* text) {
    return *pages.get("a", [&] { return std::string(text); });
  };
  std::atomic<int> refreshes = 1;
  const Subscription subscription = node.on_cache_updated([&](const CacheUpdated&) {
    if (refreshes++ == 0) {
      CHECK(make("old") == "old");
    }
  });
  node.start();
  const EntryId mine = pages.remove("b");
  REQUIRE(node.wait_applied(mine, std::chrono::seconds(20)));
  CHECK(make("kept") == "kept");
  CHECK(make("x") == "kept");
  refreshes = 0;
  SQLite::Database(file, SQLite::OPEN_READWRITE, 20'000)
      .exec("DELETE FROM crierCacheInstruction WHERE id = " + std::to_string(mine.value));
  REQUIRE(eventually([&] { return node.counters().resyncs == 1; }));
  // Counted before the position moves, and a poll after that.
  const std::uint64_t polls = node.counters().polls;
  REQUIRE(eventually([&] { return node.counters().polls > polls; }));
  CHECK(refreshes >= 1);
  CHECK(pages.get("a") == nullptr);
  CHECK(make("new") == "new");
  CHECK(make("x") == "new");
}

TEST_CASE_FIXTURE(HybridFixture, "Hybrid: what is made while its tag is removed is not kept") {
  here.pages.get("a",
                 [&] {
                   settle(there.pages.remove_by_tag("t"));
                   return std::string("old");
                 },
                 {.tags = {"t"}});
  CHECK(there.pages.get("a") == nullptr);
  CHECK(here.pages.get("a") == nullptr);
}

}  // namespace
}  // namespace crier::test
