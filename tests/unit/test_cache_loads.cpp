// SPDX-License-Identifier: MIT
// Loads that meet each other, and loads that meet an invalidation. Threads are held at gates, so
// that each case is the interleaving that it names.
#include <crier/app_caches.hpp>
#include <crier/error.hpp>

#include "support/eventually.hpp"
#include "support/gate.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace crier::test {

namespace {

// A load of "k" on a thread of its own, that has read `value` and hangs before it returns it.
class HeldLoad {
 public:
  HeldLoad(AppCache& cache, int value)
      : result_(std::async(std::launch::async, [this, &cache, value] {
          return *cache.get<int>("k", [this, value] {
            gate_.pass();
            return value;
          });
        })) {
    REQUIRE(gate_.wait_until_entered());
  }
  int let_go() {
    gate_.open();
    return result_.get();
  }

 private:
  Gate gate_;
  std::future<int> result_;
};

}  // namespace

TEST_CASE("a load that began before an invalidation does not store its result") {
  const struct {
    const char* name;
    std::function<void(AppCache&)> invalidate;
  } ways[] = {
      {"its key", [](AppCache& cache) { cache.clear("k"); }},
      {"all", [](AppCache& cache) { cache.clear(); }},
      {"its prefix", [](AppCache& cache) { cache.clear_by_key("k"); }},
      {"a pattern", [](AppCache& cache) { cache.clear_by_regex("k"); }},
      {"its type", [](AppCache& cache) { cache.clear_of_type<int>(); }},
  };
  for (const auto& way : ways) {
    CAPTURE(way.name);
    AppCache cache("c");
    HeldLoad load(cache, 1);
    way.invalidate(cache);
    CHECK(load.let_go() == 1);
    CHECK(cache.get<int>("k") == nullptr);
    CHECK(cache.statistics().outdated_loads == 1);
    CHECK(*cache.get<int>("k", [] { return 2; }) == 2);
    CHECK(*cache.get<int>("k") == 2);
  }
}

TEST_CASE("who comes after an invalidation does not join a load that began before it") {
  AppCache cache("c");
  HeldLoad old(cache, 1);
  cache.clear("k");
  CHECK(*cache.get<int>("k", [] { return 2; }) == 2);
  CHECK(old.let_go() == 1);
  CHECK(*cache.get<int>("k") == 2);
}

TEST_CASE("what is inserted while a load runs is not replaced by what that has read") {
  AppCache cache("c");
  HeldLoad load(cache, 1);
  cache.insert<int>("k", 2);
  CHECK(load.let_go() == 1);
  CHECK(*cache.get<int>("k") == 2);
}

TEST_CASE("a load that began after the invalidation is kept") {
  AppCache cache("c");
  cache.clear("k");
  HeldLoad load(cache, 1);
  CHECK(load.let_go() == 1);
  CHECK(*cache.get<int>("k") == 1);
}

TEST_CASE("a loader may clear what it loads: it is returned, and not kept") {
  AppCache cache("c");
  CHECK(*cache.get<int>("k", [&] {
    cache.clear();
    return 1;
  }) == 1);
  CHECK(cache.get<int>("k") == nullptr);
}

TEST_CASE("one load per key: the others wait, and share the value or the exception") {
  for (const bool throws : {false, true}) {
    CAPTURE(throws);
    constexpr int kCallers = 8;
    AppCache cache("c");
    Gate gate;
    std::atomic<int> runs = 0;
    std::vector<std::future<std::shared_ptr<const int>>> callers;
    for (int i = 0; i < kCallers; ++i) {
      callers.push_back(std::async(std::launch::async, [&] {
        return cache.get<int>("k", [&] {
          ++runs;
          gate.pass();
          if (throws) {
            throw std::runtime_error("down");
          }
          return 1;
        });
      }));
    }
    // All have missed: one loads, and the others have joined it.
    CHECK(eventually([&] { return cache.statistics().misses == kCallers; }));
    gate.open();
    for (auto& caller : callers) {
      if (throws) {
        CHECK_THROWS_AS(caller.get(), std::runtime_error);
      } else {
        const auto value = caller.get();
        CHECK(value == cache.get<int>("k"));
      }
    }
    CHECK(runs == 1);
    CHECK((cache.get<int>("k") == nullptr) == throws);
  }
}

TEST_CASE("a loader that gets its own key is told so, whatever lies between") {
  AppCache cache("goods");
  const std::string what =
      "loading key a of cache goods waits for itself on one thread: its loader gets the same key";
  CHECK_THROWS_WITH_AS(cache.get<int>("a",
                                      [&] {
                                        return *cache.get<int>("b", [&] {
                                          return *cache.get<int>("a", [] { return 1; });
                                        });
                                      }),
                       what.c_str(), Error);
  CHECK_THROWS_WITH_AS(cache.get<int>("a",
                                      [&] {
                                        cache.clear("a");  // so that there is no load to join
                                        return *cache.get<int>("a", [] { return 1; });
                                      }),
                       what.c_str(), Error);
  CHECK(cache.statistics().entries == 0);
  CHECK(*cache.get<int>("a", [&] { return 1 + *cache.get<int>("b", [] { return 1; }); }) == 2);
}

TEST_CASE("two loads that wait for each other: one is told so, and both end") {
  AppCache cache("c");
  AppCache other("d");
  Gate first;
  Gate second;
  std::atomic<int> refused = 0;
  const auto load = [&](AppCache& mine, AppCache& next, Gate& here, Gate& there) {
    return std::async(std::launch::async, [&] {
      return *mine.get<int>("k", [&] {
        here.pass();
        static_cast<void>(there.wait_until_entered());
        try {
          return *next.get<int>("k", [] { return 0; });
        } catch (const Error&) {
          ++refused;
          return 1;
        }
      });
    });
  };
  first.open();
  second.open();
  auto a = load(cache, other, first, second);
  auto b = load(other, cache, second, first);
  CHECK(a.get() == 1);
  CHECK(b.get() == 1);
  CHECK(refused == 1);
}

TEST_CASE("loads, invalidations and evictions from many threads: no value is ever too old") {
  AppCache cache("c", {.max_entries = 6});
  constexpr int kKeys = 12;
  std::array<std::atomic<int>, kKeys> truth{};
  std::array<std::atomic<int>, kKeys> announced{};  // the last that was invalidated
  std::atomic<bool> stop = false;
  std::atomic<int> stale = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (int i = t; !stop; ++i) {
        const auto k = static_cast<std::size_t>(i % kKeys);
        const int floor = announced[k];
        const int value = *cache.get<int>(std::to_string(k), [&] {
          const int read = truth[k];
          std::this_thread::yield();
          return read;
        });
        stale += value < floor ? 1 : 0;
      }
    });
  }
  for (int i = 0; i < 20'000; ++i) {
    const auto k = static_cast<std::size_t>(i % kKeys);
    const int value = ++truth[k];
    if (i % 50 == 0) {
      cache.clear();
    } else {
      cache.clear(std::to_string(k));
    }
    announced[k] = value;
  }
  stop = true;
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(stale == 0);
  CHECK(cache.statistics().entries <= 6);
}

}  // namespace crier::test
