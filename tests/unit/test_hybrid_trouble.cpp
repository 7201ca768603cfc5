// SPDX-License-Identifier: MIT
// Expiry, a shared half that fails, and what is refused.
#include <crier/error.hpp>

#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "unit/hybrid_fixture.hpp"

#include <atomic>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

constexpr Guid kOther = Guid::parse("7c9e6679-7425-40de-944b-e07fc1f90ae7").value();

TEST_CASE_FIXTURE(HybridFixture, "Hybrid: nothing in the process outlives its entry") {
  settle(here.pages.set("set", "v", {.expiry = {.after = 10s}}));
  CHECK(*here.pages.get("set") == "v");
  CHECK(*there.pages.get("set") == "v");
  const SharedTime soon =
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()) +
      10s;
  CHECK(*here.pages.get("at", make("v"), {.expiry = {.at = soon}}) == "v");
  CHECK(*there.pages.get("at") == "v");
  CHECK(eventually([&] { return here.pages.get("set") == nullptr; }));
  CHECK(eventually([&] { return there.pages.get("set") == nullptr; }));
  CHECK(eventually([&] { return here.pages.get("at") == nullptr; }));
  CHECK(eventually([&] { return there.pages.get("at") == nullptr; }));
}

TEST_CASE("Hybrid: a hit in the process renews a sliding entry in the shared half, now and then") {
  TempDir dir;
  const std::string store = "sqlite:" + (dir / "shop.db").string() + "?deadline=20s";
  std::atomic<std::int64_t> now = 1;
  const auto shared = std::make_shared<HookedCache>(open_shared_cache(store));
  Registry registry;
  HybridCache<std::string> pages(
      registry, kHybrid, "pages", shared,
      {.clock = [&] { return std::chrono::nanoseconds(std::chrono::milliseconds(now.load())); }});
  Node node(HybridMember::options(store, "here"), registry);
  node.start();
  CHECK(*pages.get("a", [] { return std::string("v"); }, {.expiry = {.sliding = 40s}}) == "v");
  shared->calls = 0;
  CHECK(*pages.get("a") == "v");
  CHECK(shared->calls == 0);
  now += 10'001;
  CHECK(*pages.get("a") == "v");
  CHECK(*pages.get("a") == "v");
  CHECK(shared->calls == 1);
  // It lives here no longer than what was renewed there.
  for (int i = 0; i < 4; ++i) {
    now += 10'001;
    CHECK(*pages.get("a") == "v");
  }
  CHECK(shared->calls == 5);
  now += 45'000;                  // a renewal grants a tenth more
  CHECK(*pages.get("a") == "v");  // from the shared half
  CHECK(shared->calls == 6);
  // Out of reach it expires.
  shared->is_out = true;
  now += 45'000;  // a renewal grants a tenth more
  CHECK(pages.get("a") == nullptr);
}

TEST_CASE_FIXTURE(HybridFixture, "Hybrid: the factory may decide") {
  const auto decides = [&](HybridContext& context) {
    CHECK(context.entry.tags == std::vector<std::string>{"given"});
    context.entry = {.expiry = {.after = std::chrono::hours(1)}, .tags = {"decided"}};
    return std::optional<std::string>("v");
  };
  CHECK(*here.pages.get("a", decides, {.tags = {"given"}}) == "v");
  CHECK(*there.pages.get("a") == "v");
  settle(there.pages.remove_by_tag("given"));
  CHECK(*here.pages.get("a") == "v");
  CHECK(*there.pages.get("a") == "v");
  settle(there.pages.remove_by_tag("decided"));
  CHECK(here.pages.get("a") == nullptr);
  CHECK(there.pages.get("a") == nullptr);
  const auto badly = [](HybridContext& context) {
    context.entry.tags = {""};
    return std::string("v");
  };
  CHECK(error_of([&] { here.pages.get("b", badly); }).invalid_argument());
  CHECK(here.pages.get("b") == nullptr);
}

TEST_CASE_FIXTURE(HybridFixture, "Hybrid: out of reach, nothing that was invalidated comes back") {
  CHECK(*here.pages.get("a", make("old")) == "old");
  CHECK(*here.pages.get("b", make("b")) == "b");
  CHECK(*there.pages.get("a", make("x")) == "old");
  CHECK(*there.pages.get("b", make("x")) == "b");
  here.shared->is_out = there.shared->is_out = true;
  settle(here.pages.remove("a"));
  CHECK(*here.pages.get("a", make("new")) == "new");
  CHECK(*here.pages.get("b") == "b");
  CHECK(there.pages.get("a") == nullptr);
  CHECK(here.pages.statistics().failed_reads == 1);
  CHECK(here.failed.back() == "the cache is out of reach");
  // It is not asked by each: one that waits for its deadline is enough.
  const int calls = here.shared->calls;
  for (int i = 0; i < 100; ++i) {
    CHECK(*here.pages.get("cold" + std::to_string(i), make("c")) == "c");
  }
  CHECK(here.shared->calls <= calls + 3);
  here.shared->is_out = there.shared->is_out = false;
  CHECK(eventually([&] {
    const std::uint64_t failed = there.pages.statistics().shared_misses;
    CHECK(there.pages.get("a") == nullptr);
    return there.pages.statistics().shared_misses > failed;
  }));
  CHECK(eventually([&] {
    const auto made_here = here.pages.get("x" + std::to_string(made), make("x"));
    return here.pages.statistics().shared_misses > 3;
  }));
}

TEST_CASE_FIXTURE(HybridFixture, "Hybrid: what is wrong with a call is said, and nothing is done") {
  const EntryId before = here.node.cache().refresh_all(kHybrid);
  const std::vector<std::string> many(65, "t");
  const std::string long_tag(450, 't');
  for (const std::string& key : {std::string(), std::string(444, 'k'), std::string("\xff")}) {
    CHECK(error_of([&] { here.pages.get(key, make("x")); }).invalid_argument());
    CHECK(error_of([&] { static_cast<void>(here.pages.get(key)); }).invalid_argument());
    CHECK(error_of([&] { here.pages.set(key, "x"); }).invalid_argument());
    CHECK(error_of([&] { here.pages.remove(key); }).invalid_argument());
  }
  for (const HybridEntry& entry :
       {HybridEntry{.tags = {""}}, HybridEntry{.tags = {long_tag}}, HybridEntry{.tags = {"\xff"}},
        HybridEntry{.tags = many}, HybridEntry{.expiry = {.after = -1ms}},
        HybridEntry{.expiry = {.sliding = 0ms}}, HybridEntry{.expiry = {.at = SharedTime()}}}) {
    CHECK(error_of([&] { here.pages.get("k", make("x"), entry); }).invalid_argument());
    CHECK(error_of([&] { here.pages.set("k", "x", entry); }).invalid_argument());
  }
  CHECK(error_of([&] { here.pages.remove_by_tag(""); }).invalid_argument());
  CHECK(error_of([&] { here.pages.remove_by_tag(long_tag); }).invalid_argument());
  CHECK(error_of([&] { here.pages.set("k", std::string(1024 * 1024, 'x')); }).invalid_argument());
  CHECK(made == 0);
  const EntryId after = here.node.cache().refresh_all(kHybrid);
  CHECK(after.value == before.value + 1);
  settle(after);  // else it counts against what is set
  // The longest that are taken.
  settle(here.pages.set(std::string(443, 'k'), "x", {.tags = {long_tag.substr(1)}}));
  CHECK(*there.pages.get(std::string(443, 'k')) == "x");
}

TEST_CASE("Hybrid: two caches of one name in a registry, or one that needs a log, are refused") {
  Registry registry;
  const HybridCache<int> one(registry, kHybrid, "numbers", nullptr);
  CHECK(
      error_of([&] { HybridCache<int>(registry, kOther, "numbers", nullptr); }).invalid_argument());
  CHECK(error_of([&] {
          HybridCache<int>(registry, kOther, "aged", nullptr, {.keep = {.absolute = -1ms}});
        }).invalid_argument());
  CHECK(registry.all().size() == 1);
  const HybridCache<int> shared(registry, kOther, "shared", open_shared_cache("sqlite:none.db"));
  Node node(Options(), registry);
  CHECK(error_of([&] { node.start(); }).invalid_argument());
}

TEST_CASE_FIXTURE(HybridFixture, "Hybrid: reading needs no right to write, and no node that may") {
  CHECK(*there.pages.get("a", make("a")) == "a");
  here.shared->read_only = true;
  CHECK(*here.pages.get("a", make("x")) == "a");
  settle(there.pages.remove("a"));
  CHECK(*here.pages.get("a", make("new")) == "new");
}

}  // namespace
}  // namespace crier::test
