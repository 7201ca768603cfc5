// SPDX-License-Identifier: MIT
// Reads that count no references, and hold what they read all the same.
#include <crier/app_caches.hpp>
#include <crier/cached_region.hpp>
#include <crier/error.hpp>

#include "cache/reading.hpp"
#include "support/eventually.hpp"
#include "support/gate.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace crier::test {

namespace {

// Counts those that live.
struct Counted {
  explicit Counted(std::atomic<int>& living, int is = 0) : count(&living), value(is) { ++*count; }
  ~Counted() { --*count; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  std::atomic<int>* count;
  int value;
};

void put(AppCache& cache, const std::string& key, std::atomic<int>& living, int value = 0) {
  cache.insert<Counted>(key, std::make_shared<const Counted>(living, value));
}

// A use of "k" on a thread of its own, that hangs.
class HeldUse {
 public:
  explicit HeldUse(AppCache& cache)
      : thread_([this, &cache] {
          was_there_ = cache.with<Counted>("k", [this](const Counted&) { gate_.pass(); });
        }) {}
  [[nodiscard]] bool wait_until_entered() { return gate_.wait_until_entered(); }
  bool let_go() {
    gate_.open();
    thread_.join();
    return was_there_;
  }

 private:
  Gate gate_;
  bool was_there_ = false;
  std::jthread thread_;
};

}  // namespace

TEST_CASE("with: what is there is used; else it says so, and counts a miss") {
  AppCache cache("c");
  CHECK_FALSE(cache.with<int>("k", [](int) { FAIL("there is none"); }));
  cache.insert<int>("k", 7);
  cache.insert<int>("nothing", nullptr, {.nothing_too = true});
  int seen = 0;
  CHECK(cache.with<int>("k", [&](const int& value) { seen = value; }));
  CHECK(seen == 7);
  CHECK_FALSE(cache.with<int>("nothing", [](int) { FAIL("nothing is none"); }));
  CHECK_THROWS_AS(cache.with<double>("k", [](double) {}), Error);
  CHECK_THROWS_AS(cache.with<int>("", [](int) {}), Error);
  CHECK_THROWS_AS(cache.with<int>("k", [](int) { throw std::runtime_error("used"); }),
                  std::runtime_error);
  CHECK(cache.statistics().hits == 4);
  CHECK(cache.statistics().misses == 2);

  CachedRegion<std::int64_t, int> region("r");
  CHECK_FALSE(region.with(1, [](int) { FAIL("there is none"); }));
  region.insert(1, 8);
  CHECK(region.with(1, [&](int value) { seen = value; }));
  CHECK(seen == 8);
}

TEST_CASE("with: what expires, and what is read last, are as for get") {
  std::chrono::milliseconds time{0};
  AppCache cache("c", {}, [&] { return time; });
  cache.insert<int>("k", 1, {.sliding = std::chrono::milliseconds(10)});
  for (int i = 0; i < 3; ++i) {
    time += std::chrono::milliseconds(9);
    CHECK(cache.with<int>("k", [](int) {}));
  }
  time += std::chrono::milliseconds(10);
  CHECK_FALSE(cache.with<int>("k", [](int) {}));
}

TEST_CASE("with: what is taken away meanwhile lives until its last use has returned") {
  std::atomic<int> living = 0;
  const struct {
    const char* name;
    void (*take)(AppCache& cache, std::atomic<int>& living);
  } ways[] = {
      {"clear(key)", [](AppCache& cache, std::atomic<int>&) { cache.clear("k"); }},
      {"clear()", [](AppCache& cache, std::atomic<int>&) { cache.clear(); }},
      {"clear_by_key", [](AppCache& cache, std::atomic<int>&) { cache.clear_by_key("k"); }},
      {"insert", [](AppCache& cache, std::atomic<int>&) { cache.insert<int>("k", 1); }},
      {"evicted", [](AppCache& cache, std::atomic<int>&) { cache.insert<int>("other", 1); }},
  };
  for (const auto& way : ways) {
    CAPTURE(way.name);
    AppCache cache("c", {.max_entries = 1});
    put(cache, "k", living);
    REQUIRE(living == 1);
    HeldUse one(cache);
    HeldUse other(cache);
    REQUIRE(one.wait_until_entered());
    REQUIRE(other.wait_until_entered());
    way.take(cache, living);  // waits for nobody
    CHECK((cache.get<int>("k") != nullptr) == (std::string(way.name) == "insert"));
    CHECK(living == 1);
    CHECK(one.let_go());
    CHECK(living == 1);
    CHECK(other.let_go());
    CHECK(living == 0);
  }
}

TEST_CASE("with: a use may read and change the same cache, its own key too") {
  std::atomic<int> living = 0;
  AppCache cache("c");
  put(cache, "k", living, 1);
  put(cache, "l", living, 2);
  CHECK(cache.with<Counted>("k", [&](const Counted& outer) {
    CHECK(cache.with<Counted>("l", [&](const Counted& inner) {
      CHECK(inner.value == 2);
      cache.clear("l");
      CHECK(inner.value == 2);
    }));
    CHECK(living == 1);
    CHECK(cache.get<Counted>("k").get() == &outer);
    cache.clear();
    CHECK(cache.get<Counted>("k") == nullptr);
    put(cache, "k", living, 3);
    CHECK(outer.value == 1);
    CHECK(living == 2);
  }));
  CHECK(living == 1);
  CHECK(cache.get<Counted>("k")->value == 3);
  CHECK(cache.statistics().hits == 4);
}

TEST_CASE("with: more threads at once than there are slots") {
  std::atomic<int> living = 0;
  AppCache cache("c");
  put(cache, "k", living);
  std::vector<std::unique_ptr<HeldUse>> uses;
  for (std::size_t i = 0; i < ReadSlots::kCount + 8; ++i) {
    uses.push_back(std::make_unique<HeldUse>(cache));
  }
  for (const auto& use : uses) {
    REQUIRE(use->wait_until_entered());
  }
  cache.clear();
  CHECK(living == 1);
  for (const auto& use : uses) {
    CHECK(use->let_go());
  }
  CHECK(living == 0);
  CHECK(cache.statistics().hits == ReadSlots::kCount + 8);
}

TEST_CASE(
    "reads from many threads beside what changes: each value is whole, and each hit counted") {
  constexpr int kReads = 4'000;
  std::atomic<int> living = 0;
  std::atomic<std::uint64_t> found = 0;
  std::atomic<int> wrong = 0;
  {
    AppCache cache("c", {.max_entries = 50});
    const auto key = [](int i) { return "k" + std::to_string(i % 60); };
    for (int i = 0; i < 60; ++i) {
      put(cache, key(i), living, i);
    }
    std::atomic<bool> is_over = false;
    std::atomic<int> changed = 0;
    std::jthread changes([&] {
      for (int i = 0; !is_over; ++i) {
        put(cache, key(i), living, i % 60);
        if (i % 100 == 0) {
          cache.clear();
        } else if (i % 7 == 0) {
          cache.clear(key(i / 7));
        }
        ++changed;
      }
    });
    std::vector<std::jthread> readers;
    for (int t = 0; t < 3; ++t) {
      readers.emplace_back([&, t] {
        for (int i = t; i < kReads || changed < 300 || found == 0; ++i) {
          found +=
              cache.with<Counted>(
                  key(i), [&](const Counted& value) { wrong += value.value != i % 60 ? 1 : 0; })
                  ? 1U
                  : 0U;
          if (const auto value = cache.get<Counted>(key(i + 1))) {
            ++found;
            wrong += value->value != (i + 1) % 60 ? 1 : 0;
          }
        }
      });
    }
    readers.clear();
    is_over = true;
    changes.join();
    CHECK(cache.statistics().hits == found);
    CHECK(found > 0);
    CHECK(wrong == 0);
  }
  CHECK(living == 0);
}

}  // namespace crier::test
