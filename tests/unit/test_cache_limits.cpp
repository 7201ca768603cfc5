// SPDX-License-Identifier: MIT
// How long entries stay: their expiry, and the bounds of a cache.
#include <crier/app_caches.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <limits>
#include <string>
#include <thread>

namespace crier::test {

namespace {

using namespace std::chrono_literals;

// A clock that stands until it is told otherwise.
struct Hands {
  std::chrono::nanoseconds time{0};
  CacheClock clock = [this] { return time; };
};

struct Heavy {
  std::size_t weight;
};
std::size_t cache_weight(const Heavy& heavy) { return heavy.weight; }

}  // namespace

TEST_CASE("AppCache: absolute, sliding, and both: an entry is gone when its time has come") {
  Hands hands;
  AppCache cache("c", {}, hands.clock);
  cache.insert<int>("absolute", 1, {.absolute = 10ms});
  cache.insert<int>("sliding", 1, {.sliding = 10ms});
  cache.insert<int>("both", 1, {.absolute = 15ms, .sliding = 10ms});
  cache.insert<int>("ever", 1, {.absolute = std::chrono::milliseconds::max()});
  hands.time = 9ms;
  for (const char* key : {"absolute", "sliding", "both", "ever"}) {
    CHECK(cache.get<int>(key) != nullptr);
  }
  hands.time = 10ms;
  CHECK(cache.get<int>("absolute") == nullptr);
  hands.time = 14ms;
  CHECK(cache.get<int>("sliding") != nullptr);
  CHECK(cache.get<int>("both") != nullptr);
  hands.time = 15ms;
  CHECK(cache.get<int>("both") == nullptr);
  hands.time = 24ms;
  CHECK(cache.search_by_key<int>("sliding").empty());
  CHECK(cache.get<int>("sliding") == nullptr);
  hands.time = std::chrono::hours(1'000'000);
  CHECK(cache.get<int>("ever") != nullptr);
  cache.insert<int>("late", 1, {.sliding = std::chrono::milliseconds::max()});
  CHECK(cache.get<int>("late") != nullptr);
  CHECK(cache.statistics().expirations == 3);
}

TEST_CASE("AppCache: a clock may begin below zero") {
  for (const std::chrono::nanoseconds begin : {-1h, 0h, std::chrono::hours(-1'000'000)}) {
    Hands hands{.time = begin};
    AppCache cache("c", {}, hands.clock);
    cache.insert<int>("absolute", 1, {.absolute = 10ms});
    cache.insert<int>("sliding", 1, {.sliding = 10ms});
    cache.insert<int>("ever", 1, {.absolute = std::chrono::milliseconds::max()});
    hands.time = begin + 9ms;
    CHECK(cache.get<int>("absolute") != nullptr);
    CHECK(cache.get<int>("sliding") != nullptr);
    hands.time = begin + 19ms;
    CHECK(cache.get<int>("absolute") == nullptr);
    CHECK(cache.get<int>("sliding") == nullptr);
    CHECK(cache.get<int>("ever") != nullptr);
  }
}

TEST_CASE("AppCache: what has expired goes as others come, though nobody asks for it") {
  Hands hands;
  AppCache cache("c", {.max_entries = 400}, hands.clock);
  for (int i = 0; i < 100; ++i) {
    cache.insert<int>("old" + std::to_string(i), i, {.absolute = 1ms});
  }
  hands.time = 1ms;
  for (int i = 0; i < 300; ++i) {
    cache.insert<int>("new" + std::to_string(i), i);
  }
  CHECK(cache.statistics().entries == 300);
  CHECK(cache.statistics().expirations == 100);
  CHECK(cache.statistics().evictions == 0);
}

TEST_CASE("AppCache: the bound on entries holds; what comes is kept, and what is used stays") {
  for (const std::size_t bound : {1U, 2U, 10U, 5'000U}) {
    CAPTURE(bound);
    AppCache cache("c", {.max_entries = bound});
    for (std::size_t i = 0; i < 4 * bound; ++i) {
      cache.insert<int>("new" + std::to_string(i), 1);
      REQUIRE(cache.get<int>("new" + std::to_string(i)) != nullptr);
      REQUIRE(cache.statistics().entries <= bound);
    }
    CHECK(cache.statistics().entries == bound);
    CHECK(cache.statistics().evictions == 3 * bound);
  }

  // A scan of ten times what there is room for, while half of the room is in use.
  constexpr std::size_t kBound = 2'000;
  AppCache cache("c", {.max_entries = kBound});
  const auto used = [](std::size_t i) { return "used" + std::to_string(i % (kBound / 2)); };
  for (std::size_t i = 0; i < kBound / 2; ++i) {
    cache.insert<int>(used(i), 1);
  }
  for (std::size_t i = 0; i < 10 * kBound; ++i) {
    static_cast<void>(cache.get<int>(used(i)));
    cache.insert<int>("scan" + std::to_string(i), 1);
  }
  std::size_t left = 0;
  for (std::size_t i = 0; i < kBound / 2; ++i) {
    left += cache.get<int>(used(i)) != nullptr ? 1U : 0U;
  }
  CHECK(left > kBound / 2 * 9 / 10);
}

TEST_CASE("AppCache: the bound on weight holds; what is heavier than all of it is not kept") {
  AppCache cache("c", {.max_weight = 100});
  for (int i = 0; i < 50; ++i) {
    cache.insert<Heavy>(std::to_string(i), Heavy{30});
    CHECK(cache.statistics().weight <= 100);
    CHECK(cache.get<Heavy>(std::to_string(i)) != nullptr);
  }
  CHECK(cache.statistics().entries == 3);
  cache.insert<Heavy>("49", Heavy{101});
  CHECK(cache.get<Heavy>("49") == nullptr);
  CHECK(cache.get<int>("loaded", [] { return 1; }, {.weight = 101}) != nullptr);
  CHECK(cache.get<int>("loaded") == nullptr);
  cache.insert<int>("all", 1, {.weight = 100});
  CHECK(cache.statistics().entries == 1);
  cache.clear();
  CHECK(cache.statistics().weight == 0);
  cache.insert<Heavy>("a", Heavy{std::numeric_limits<std::size_t>::max()});
  CHECK(cache.get<Heavy>("a") == nullptr);
}

TEST_CASE("AppCache: what takes the place of its own key pushes nothing out") {
  AppCache cache("c", {.max_entries = 2, .max_weight = 10});
  cache.insert<Heavy>("a", Heavy{4});
  cache.insert<Heavy>("b", Heavy{6});
  for (int i = 0; i < 10; ++i) {
    cache.insert<Heavy>("b", Heavy{6});
  }
  CHECK(cache.get<Heavy>("a") != nullptr);
  CHECK(cache.statistics().evictions == 0);
  cache.insert<Heavy>("b", Heavy{7});
  CHECK(cache.get<Heavy>("a") == nullptr);
  CHECK(cache.get<Heavy>("b") != nullptr);
}

TEST_CASE("AppCache: a load that is not kept pushes nothing out") {
  AppCache cache("c", {.max_entries = 2, .max_weight = 10});
  cache.insert<Heavy>("a", Heavy{4});
  cache.insert<Heavy>("b", Heavy{6});
  static_cast<void>(cache.get<Heavy>("c", [&] {
    cache.clear("c");
    return Heavy{10};
  }));
  CHECK(cache.statistics().outdated_loads == 1);
  CHECK(cache.statistics().evictions == 0);
  CHECK(cache.get<Heavy>("a") != nullptr);
  CHECK(cache.get<Heavy>("b") != nullptr);
}

// Two threads that insert at the same moment, again and again.
TEST_CASE("AppCache: the bounds hold as soon as the last of the inserts has returned") {
  constexpr int kRounds = 2'000;
  for (const CacheLimits& limits : {CacheLimits{.max_entries = 1}, CacheLimits{.max_weight = 4},
                                    CacheLimits{.max_entries = 600, .max_weight = 1'200}}) {
    AppCache cache("c", limits);
    std::atomic<int> arrived = 0;
    const auto meet = [&](int nth) {
      for (++arrived; arrived < 2 * nth;) {
        std::this_thread::yield();
      }
    };
    int exceeded = 0;
    const auto insert = [&](const std::string& name, auto between) {
      for (int i = 0; i < kRounds; ++i) {
        meet(2 * i + 1);
        cache.insert<Heavy>(name + std::to_string(i % 1'000), Heavy{3});
        meet(2 * i + 2);
        between();
      }
    };
    std::jthread other([&] { insert("b", [] {}); });
    insert("a", [&] {
      const CacheStatistics holds = cache.statistics();
      exceeded += holds.entries > limits.max_entries || holds.weight > limits.max_weight ? 1 : 0;
    });
    other.join();
    CHECK(exceeded == 0);
    CHECK(cache.statistics().entries >= 1);
  }
}

}  // namespace crier::test
