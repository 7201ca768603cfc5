// SPDX-License-Identifier: MIT
#include <crier/app_caches.hpp>
#include <crier/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace crier::test {

namespace {

using namespace std::chrono_literals;

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

TEST_CASE("AppCache: searching for a type finds what derives from it, and a predicate chooses") {
  AppCache cache("c");
  const auto circle = std::make_shared<const Circle>(7);
  cache.insert<Circle>("circle", circle);
  cache.insert<Shape>("shape", std::make_shared<Circle>(8));
  cache.insert<int>("int", 1);
  cache.insert<Circle>("nothing", nullptr, {.nothing_too = true});
  CHECK(keys_of(cache.search_of_type<Shape>()) == std::vector<std::string>{"circle", "shape"});
  CHECK(keys_of(cache.search_of_type<Circle>()) == std::vector<std::string>{"circle"});
  CHECK(keys_of(cache.search_of_type<int>()) == std::vector<std::string>{"int"});
  CHECK(cache.search_of_type<std::string>().empty());
  const auto found = cache.search_of_type<Shape>([](std::string_view key, const Shape& shape) {
    return key != "int" && dynamic_cast<const Circle&>(shape).radius == 7;
  });
  REQUIRE(found.size() == 1);
  CHECK(found[0].value == circle);
  CHECK(cache.clear_of_type<Shape>() == 3);  // "nothing" is a Circle as well
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
  const std::string deep = std::string(100'000, '(') + std::string(100'000, ')');
  CHECK_THROWS_WITH(cache.clear_by_regex(deep),
                    "the regular expression is 200000 bytes long; it may have 1024");
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
  AppCache cache("c", {.max_weight = 2});
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
  cache.insert<int>("a", 1, {.weight = 2});
  CHECK(destroyed == 1);
}

}  // namespace crier::test
