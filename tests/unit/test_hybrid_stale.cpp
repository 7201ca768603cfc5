// SPDX-License-Identifier: MIT
// Hybrid caches whose factories fail or are slow: KeepFor's stale_if_error, refresh_ahead and
// soft_timeout.
#include "unit/hybrid_fixture.hpp"
#include "unit/later.hpp"

#include <atomic>
#include <cstdint>
#include <exception>
#include <stdexcept>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

/// A node whose cache has a clock that stands until it is told otherwise.
struct StaleHybridFixture {
  TempDir dir;
  const std::string store = "sqlite:" + (dir / "shop.db").string() + "?deadline=20s";
  const std::shared_ptr<HookedCache> shared =
      std::make_shared<HookedCache>(open_shared_cache(store));
  std::atomic<std::int64_t> seconds = 0;
  std::vector<std::string> told;
  Later later;
  int made = 0;
  bool is_down = false;
  std::function<void()> while_made = [] {};
  Registry registry;
  std::unique_ptr<HybridCache<std::string>> pages;
  std::unique_ptr<Node> node;

  void open(const KeepFor& keep, bool has_executor = false) {
    HybridOptions options{.keep = keep};
    options.on_failed_load = [this](const std::string& key, const std::exception_ptr&) {
      told.push_back(key);
    };
    options.clock = [this] { return std::chrono::seconds(seconds.load()); };
    if (has_executor) {
      options.executor = [this](std::function<void()> task) { later.add(std::move(task)); };
    }
    pages = std::make_unique<HybridCache<std::string>>(registry, kHybrid, "pages", shared,
                                                       std::move(options));
    node = std::make_unique<Node>(HybridMember::options(store, "here"), registry);
    node->start();
  }
  std::string get(const HybridEntry& entry = {.tags = {"t"}}) {
    try {
      return *pages->get(
          "a",
          [this] {
            ++made;
            while_made();
            if (is_down) {
              throw std::runtime_error("down");
            }
            return "made " + std::to_string(made);
          },
          entry);
    } catch (const std::exception& error) {
      return std::string("error: ") + error.what();
    }
  }
};

const KeepFor kStaleHybrid{.absolute = 10s, .stale_if_error = 20s};
const KeepFor kAheadHybrid{.absolute = 100s, .refresh_ahead = 20s};

TEST_CASE_FIXTURE(StaleHybridFixture,
                  "Hybrid: stale: if the factory fails, the last value of this node's half comes") {
  open(kStaleHybrid);
  CHECK(get() == "made 1");
  seconds = 10;
  CHECK(get() == "made 1");  // from the shared half
  CHECK(made == 1);
  seconds = 20;
  shared->is_out = true;
  is_down = true;
  CHECK(get() == "made 1");
  CHECK(made == 2);
  CHECK(told == std::vector<std::string>{"a"});
  CHECK(pages->statistics().stale_after_errors == 1);
  CHECK(pages->get("a") == nullptr);
  seconds = 40;
  CHECK(get() == "error: down");
}

TEST_CASE_FIXTURE(
    StaleHybridFixture,
    "Hybrid: stale: nothing that was taken away comes back, by key, by tag or with all") {
  open(kStaleHybrid);
  const std::function<EntryId()> ways[] = {
      [&] { return pages->remove("a"); },
      [&] { return pages->remove_by_tag("t"); },
      [&] { return pages->clear(); },
      [&] { return node->cache().refresh_by_json(kHybrid, "{}"); },
  };
  for (const auto& way : ways) {
    for (const bool while_it_is_made : {false, true}) {
      CAPTURE(&way - ways);
      CAPTURE(while_it_is_made);
      REQUIRE(node->wait_applied(pages->clear(), 20s));
      made = 0;
      is_down = false;
      CHECK(get() == "made 1");
      seconds += 10;
      shared->is_out = true;
      is_down = true;
      CHECK(get() == "made 1");
      const auto take_away = [&] {
        shared->is_out = false;
        CHECK(node->wait_applied(way(), 20s));
      };
      if (while_it_is_made) {
        while_made = take_away;
      } else {
        take_away();
      }
      CHECK(get() == "error: down");
      while_made = [] {};
      CHECK(get() == "error: down");
    }
  }
}

TEST_CASE_FIXTURE(StaleHybridFixture,
                  "Hybrid: stale: what another node has removed does not come") {
  open(kStaleHybrid);
  HybridMember other(store, "other");
  CHECK(get() == "made 1");
  seconds = 10;
  is_down = true;
  CHECK(node->wait_applied(other.pages.remove_by_tag("t"), 20s));
  CHECK(get() == "error: down");
}

TEST_CASE_FIXTURE(StaleHybridFixture,
                  "Hybrid: ahead: what the shared half has for long enough will do") {
  open(kAheadHybrid);
  CHECK(get({.expiry = {.after = 1h}}) == "made 1");
  seconds = 80;
  shared->calls = 0;
  CHECK(get({.expiry = {.after = 1h}}) == "made 1");
  CHECK(shared->calls != 0);
  CHECK(made == 1);
  CHECK(pages->statistics().loads_ahead == 1);
  seconds = 159;
  shared->calls = 0;
  CHECK(get({.expiry = {.after = 1h}}) == "made 1");
  CHECK(shared->calls == 0);
}

TEST_CASE_FIXTURE(StaleHybridFixture,
                  "Hybrid: ahead: what is about to expire there, too, is made anew") {
  open({.absolute = 100s, .refresh_ahead = 90s});
  const HybridEntry minute{.expiry = {.after = 60s}};
  CHECK(get(minute) == "made 1");
  seconds = 29;
  CHECK(get(minute) == "made 1");
  seconds = 30;  // half of its time
  CHECK(get(minute) == "made 2");
  CHECK(get(minute) == "made 2");
  // Not if this node's half lacks it: then that is what there is.
  seconds = 1000;
  CHECK(get(minute) == "made 2");
}

TEST_CASE_FIXTURE(StaleHybridFixture, "Hybrid: ahead: with an executor nobody waits") {
  open({.absolute = 100s, .refresh_ahead = 90s}, true);
  const HybridEntry minute{.expiry = {.after = 60s}};
  CHECK(get(minute) == "made 1");
  seconds = 30;
  CHECK(get(minute) == "made 1");
  CHECK(later.run() == 1);
  CHECK(get(minute) == "made 2");
  seconds = 60;
  CHECK(get(minute) == "made 2");
  pages = nullptr;
  CHECK(later.run() == 1);
  CHECK(made == 2);
}

TEST_CASE_FIXTURE(StaleHybridFixture, "Hybrid: soft: with an executor nobody waits for long") {
  open({.absolute = 10s, .stale_if_error = 20s, .soft_timeout = 1ms}, true);
  CHECK(get() == "made 1");
  seconds = 10;
  shared->is_out = true;
  CHECK(get() == "made 1");
  CHECK(pages->statistics().stale_after_timeouts == 1);
  CHECK(later.run() == 1);
  CHECK(get() == "made 2");
}

TEST_CASE("Hybrid: stale, ahead, soft: what makes no sense is refused") {
  Registry registry;
  const auto open = [&](const KeepFor& keep) {
    const HybridCache<std::string> pages(registry, kHybrid, "pages", nullptr, {.keep = keep});
  };
  CHECK_THROWS_AS(open({.refresh_ahead = 1s}), Error);
  CHECK_THROWS_AS(open({.absolute = 1s, .soft_timeout = 1s}), Error);
  CHECK_NOTHROW(open({.absolute = 2s, .stale_if_error = 1s, .refresh_ahead = 1s}));
}

}  // namespace
}  // namespace crier::test
