// SPDX-License-Identifier: MIT
#include <crier/app_caches.hpp>
#include <crier/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace crier::test {

namespace {

using namespace std::chrono_literals;

// A clock that stands until it is told otherwise.
struct Hands {
  std::chrono::nanoseconds time{0};
  CacheClock clock = [this] { return time; };
};

template <class T>
std::vector<std::string> keys_of(const std::vector<AppCache::Item<T>>& items) {
  std::vector<std::string> keys;
  for (const auto& item : items) {
    keys.push_back(item.key);
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

struct Shape {
  virtual ~Shape() = default;
};
struct Circle final : Shape {
  explicit Circle(int r) : radius(r) {}
  int radius;
};
struct Heavy {
  std::size_t weight;
};
std::size_t cache_weight(const Heavy& heavy) { return heavy.weight; }

// Says when it is destroyed, and asks the cache about it.
struct Nosy {
  AppCache* cache;
  int* destroyed;
  ~Nosy() {
    ++*destroyed;
    static_cast<void>(cache->get<int>("other"));
  }
};

const std::vector<std::string> kBadKeys{"",
                                        std::string(kMaxCacheKeyBytes + 1, 'x'),
                                        "\xC3",
                                        "\xC0\xAF",
                                        "\xED\xA0\x80",
                                        "\xF4\x90\x80\x80",
                                        "a\x80"};

}  // namespace

TEST_CASE("AppCache: what is inserted is handed out as it is, and never copied") {
  AppCache cache("c");
  const auto value = std::make_shared<const std::string>("v");
  CHECK(cache.get<std::string>("k") == nullptr);
  cache.insert<std::string>("k", value);
  CHECK(cache.get<std::string>("k") == value);
  cache.insert<std::string>("k", std::string("w"));
  CHECK(*cache.get<std::string>("k") == "w");
  CHECK(*value == "v");
  cache.insert<std::string>("k", nullptr);
  CHECK(cache.get<std::string>("k") == nullptr);
}

TEST_CASE("AppCache: a factory runs where nothing is cached, and whatever form it gives is taken") {
  AppCache cache("c");
  int runs = 0;
  for (int i = 0; i < 3; ++i) {
    CHECK(*cache.get<int>("a", [&] { return ++runs; }) == 1);
  }
  CHECK(*cache.get<int>("b", [] { return std::optional<int>(2); }) == 2);
  CHECK(*cache.get<int>("c", [] { return std::make_unique<int>(3); }) == 3);
  CHECK(*cache.get<int>("d", [] { return std::make_shared<const int>(4); }) == 4);
  const CacheStatistics did = cache.statistics();
  CHECK(did.loads == 4);
  CHECK(did.hits == 2);
  CHECK(did.misses == 4);
  CHECK(did.entries == 4);
}

TEST_CASE("AppCache: nothing is not kept unless asked, and neither is what a factory throws") {
  AppCache cache("c");
  int runs = 0;
  const auto nothing = [&]() -> std::optional<int> {
    ++runs;
    return std::nullopt;
  };
  CHECK(cache.get<int>("a", nothing) == nullptr);
  CHECK(cache.get<int>("a", nothing) == nullptr);
  CHECK(runs == 2);
  CHECK(cache.get<int>("a", nothing, {.nothing_too = true}) == nullptr);
  CHECK(cache.get<int>("a", nothing) == nullptr);
  CHECK(runs == 3);
  CHECK(cache.clear("a"));

  CHECK_THROWS_AS(cache.get<int>("b", []() -> int { throw std::runtime_error("down"); }),
                  std::runtime_error);
  CHECK(cache.get<int>("b") == nullptr);
  CHECK(*cache.get<int>("b", [] { return 1; }) == 1);
  CHECK(cache.statistics().failed_loads == 1);
}

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

TEST_CASE("AppCache: searches and clears by key, prefix, pattern, type and predicate") {
  AppCache cache("c");
  cache.insert<int>("Product:1", 1);
  cache.insert<int>("product:2", 2);
  cache.insert<std::string>("product:3", std::string("three"));
  cache.insert<int>("order:1", 10);
  CHECK(keys_of(cache.search_by_key<int>("PRODUCT:")) ==
        std::vector<std::string>{"Product:1", "product:2"});
  CHECK(keys_of(cache.search_by_regex<int>("^product:[12]$")) ==
        std::vector<std::string>{"product:2"});
  CHECK(keys_of(cache.search_by_regex<std::string>("[0-9]")) ==
        std::vector<std::string>{"product:3"});
  CHECK(cache.clear_by_regex("^p.*:2") == 1);
  CHECK(cache.clear_of_type<std::string>() == 1);
  CHECK(cache.clear_of_type<int>([](std::string_view key, const int* value) {
    return key == "order:1" && *value == 10;
  }) == 1);
  CHECK(cache.clear_by_key("pROD") == 1);
  CHECK(cache.statistics().entries == 0);
  CHECK(cache.statistics().invalidations == 4);
  CHECK_FALSE(cache.clear("product:1"));
}

TEST_CASE("AppCache: clearing a base clears what derives from it") {
  AppCache cache("c");
  cache.insert<Circle>("circle", Circle(7));
  cache.insert<Shape>("shape", std::make_shared<Circle>(8));
  cache.insert<int>("int", 1);
  CHECK(cache.clear_of_type<Shape>([](std::string_view key, const Shape* shape) {
    return key == "circle" && dynamic_cast<const Circle&>(*shape).radius == 7;
  }) == 1);
  CHECK(cache.clear_of_type<Shape>() == 1);
  CHECK(*cache.get<int>("int") == 1);
}

TEST_CASE("AppCache: bad input is refused with what is wrong") {
  AppCache cache("goods");
  for (const std::string& key : kBadKeys) {
    CAPTURE(key);
    CHECK_THROWS_AS(static_cast<void>(cache.get<int>(key)), Error);
    CHECK_THROWS_AS(cache.get<int>(key, [] { return 1; }), Error);
    CHECK_THROWS_AS(cache.insert<int>(key, 1), Error);
    CHECK_THROWS_AS(cache.clear(key), Error);
  }
  CHECK_THROWS_WITH(static_cast<void>(cache.get<int>("")), "a key of cache goods is empty");
  CHECK_THROWS_WITH(static_cast<void>(cache.get<int>(kBadKeys[1])),
                    "a key of cache goods is 1025 bytes long; it may have 1024");
  CHECK_NOTHROW(cache.insert<int>(std::string(kMaxCacheKeyBytes, 'x'), 1));
  CHECK_NOTHROW(cache.insert<int>("\xE2\x82\xAC \xF0\x9F\x90\xA6 \xC3\xA9", 1));
  for (const auto bad : {0ms, -1ms, std::chrono::milliseconds::min()}) {
    CHECK_THROWS_AS(cache.insert<int>("k", 1, {.absolute = bad}), Error);
    CHECK_THROWS_AS(cache.insert<int>("k", 1, {.sliding = bad}), Error);
    CHECK_THROWS_AS(cache.get<int>("k", [] { return 1; }, {.sliding = bad}), Error);
  }
  CHECK(cache.get<int>("k") == nullptr);
  CHECK_THROWS_AS(cache.clear_by_regex("("), Error);
  CHECK_THROWS_AS(static_cast<void>(cache.search_by_regex<int>("[a")), Error);
  cache.insert<int>("k", 1);
  CHECK_THROWS_WITH(static_cast<void>(cache.get<double>("k")),
                    "key k of cache goods holds a int, not a double");
  CHECK_THROWS_AS(static_cast<void>(cache.get<double>("k", [] { return 1.0; })), Error);
  CHECK_THROWS_AS(AppCache("none", {.max_entries = 0}), Error);
  CHECK_THROWS_AS(AppCache("none", {.max_weight = 0}), Error);
}

TEST_CASE("AppCache: what is removed may call the cache when it is destroyed") {
  int destroyed = 0;
  AppCache cache("c", {.max_entries = 2});
  const auto put = [&] {
    cache.insert<Nosy>("nosy", std::make_shared<Nosy>(Nosy{&cache, &destroyed}));
    destroyed = 0;  // the temporary was one, too
  };
  put();
  cache.clear();
  CHECK(destroyed == 1);
  put();
  cache.clear("nosy");
  CHECK(destroyed == 1);
  put();
  cache.clear_by_key("n");
  CHECK(destroyed == 1);
  put();
  cache.insert<int>("nosy", 1);
  CHECK(destroyed == 1);
  put();
  cache.insert<int>("a", 1);
  cache.insert<int>("b", 1);
  CHECK(destroyed == 1);
}

TEST_CASE("AppCaches: one for the process, one for each type, one for each request") {
  AppCaches caches;
  caches.runtime().insert<int>("k", 1);
  caches.isolated<int>().insert<int>("k", 2);
  caches.isolated<double>().insert<int>("k", 3);
  CHECK(&caches.isolated<int>() == &caches.isolated<int>());
  CHECK_THROWS_WITH_AS(caches.request(),
                       "this thread works for no request: open a RequestScope first", Error);
  {
    RequestScope outer(caches);
    caches.request().insert<int>("k", 4);
    {
      RequestScope inner(caches);
      CHECK(&caches.request() == &inner.cache());
      CHECK(caches.request().get<int>("k") == nullptr);
      const AppCaches others;
      CHECK_THROWS_AS(others.request(), Error);
    }
    CHECK(*caches.request().get<int>("k") == 4);
    std::thread([&] {
      CHECK_THROWS_AS(caches.request(), Error);
      const RequestScope joined(caches, outer.cache());
      CHECK(*caches.request().get<int>("k") == 4);
    }).join();
  }
  CHECK_THROWS_AS(caches.request(), Error);
  caches.clear_isolated<int>();
  CHECK(caches.isolated<int>().get<int>("k") == nullptr);
  CHECK(*caches.isolated<double>().get<int>("k") == 3);
  caches.clear_all_isolated();
  CHECK(caches.isolated<double>().get<int>("k") == nullptr);
  CHECK(*caches.runtime().get<int>("k") == 1);
}

}  // namespace crier::test
