// SPDX-License-Identifier: MIT
// The cache that all nodes share: ASP.NET's rules, on every store.
#include <crier/shared_cache.hpp>
#include <crier/store.hpp>

#include "support/errors.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace crier::test {
namespace {

using namespace std::chrono_literals;
using Value = std::optional<std::string>;

constexpr Value kNone = std::nullopt;

std::unique_ptr<SharedCache> cache_of(ClusterStore& store, const SharedCacheOptions& options = {}) {
  return make_shared_cache(store.open(), options);
}

SharedTime now_of_this_host() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

// The database's own time, which no test knows: sets an entry that expires then, by bisection.
bool takes(SharedCache& cache, SharedTime at) {
  try {
    cache.set("probe", "", {.at = at});
    return true;
  } catch (const Error& error) {
    CHECK(error.invalid_argument());
    return false;
  }
}

SharedTime now_of(SharedCache& cache) {
  SharedTime past{};
  SharedTime future = now_of_this_host() + 24h * 3650;
  while (future - past > 1min) {
    const SharedTime middle = past + (future - past) / 2;
    (takes(cache, middle) ? future : past) = middle;
  }
  return future;
}

TEST_CASE("what was set is there for every connection, byte by byte") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto one = cache_of(store);
    const auto other = cache_of(store);
    const std::string bytes("\0\xff\xc3 'text'\n\0", 13);
    one->set("bytes", bytes);
    one->set("nothing", "");
    CHECK(other->get("bytes") == bytes);
    CHECK(other->get("nothing") == "");
    CHECK(other->get("something") == kNone);
    const std::string large(1024 * 1024, 'x');
    other->set("large", large);
    CHECK(one->get("large") == large);
  });
}

TEST_CASE("a set takes the place of what was there, its expiry included") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store);
    cache->set("a", "short", {.after = 1h, .sliding = 10min});
    cache->set("a", "long", {.after = 24h});
    store.pass(20h);
    CHECK(cache->get("a") == "long");
    cache->set("a", "short again", {.sliding = 1h});
    store.pass(2h);
    CHECK(cache->get("a") == kNone);
  });
}

TEST_CASE("what was removed is gone; what is not there may be removed and refreshed") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store);
    cache->remove("a");
    cache->refresh("a");
    CHECK(cache->get("a") == kNone);
    cache->set("a", "1");
    cache->set("b", "2");
    cache->remove("a");
    cache->refresh("a");
    CHECK(cache->get("a") == kNone);
    CHECK(cache->get("b") == "2");
    cache->set("a", "3");
    CHECK(cache->get("a") == "3");
  });
}

TEST_CASE("keys are compared byte by byte, and may be long") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store);
    const std::string longest(449, 'k');
    const std::string keys[] = {"a",
                                "A",
                                "a ",
                                " a",
                                std::string("a\0", 2),
                                "\xc3\xa4",
                                "a\xcc\x88",
                                "\xf0\x9f\x98\x80",
                                longest,
                                longest.substr(1) + "l"};
    for (const std::string& key : keys) {
      cache->set(key, "of " + key);
    }
    for (const std::string& key : keys) {
      CHECK(cache->get(key) == "of " + key);
    }
  });
}

TEST_CASE("keys that are empty, too long or not UTF-8 are refused by each call") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store);
    const auto refused = [&](const std::string& key) {
      for (const Error& error :
           {error_of([&] { static_cast<void>(cache->get(key)); }),
            error_of([&] { static_cast<void>(cache->lookup(key)); }),
            error_of([&] { cache->set(key, "x"); }), error_of([&] { cache->add(key, "x", {}); }),
            error_of([&] { cache->refresh(key); }), error_of([&] { cache->remove(key); })}) {
        CHECK(error.invalid_argument());
        CHECK(std::string(error.what()).starts_with("a key of the shared cache is"));
      }
    };
    refused("");
    refused(std::string(450, 'k'));
    refused("\xff");
    refused("a\xc3");
    refused("\xc0\x80");          // overlong
    refused("\xe0\x9f\xbf");      // overlong
    refused("\xed\xa0\x80");      // half of a surrogate pair
    refused("\xf4\x90\x80\x80");  // beyond U+10FFFF
  });
}

TEST_CASE("values over the limit are refused, and what was there stays") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store, {.max_value_bytes = 4});
    cache->set("a", "1234");
    const Error error = error_of([&] { cache->set("a", "12345"); });
    CHECK(error.invalid_argument());
    CHECK(std::string(error.what()) ==
          "a value for the shared cache is 5 bytes long, and max_value_bytes is 4");
    CHECK(error_of([&] { cache->add("b", "12345", {}); }).invalid_argument());
    CHECK(cache->get("a") == "1234");
    CHECK(cache->get("b") == kNone);
  });
}

TEST_CASE("durations that are not above zero are refused, and times that have passed") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store);
    cache->set("a", "before");
    const SharedTime now = now_of(*cache);
    const SharedStamp miss = cache->lookup("b").stamp;
    for (const SharedExpiry& expiry :
         {SharedExpiry{.after = 0ms}, SharedExpiry{.after = -1ms}, SharedExpiry{.sliding = 0ms},
          SharedExpiry{.sliding = -1h}, SharedExpiry{.after = 1h, .sliding = 0ms},
          SharedExpiry{.at = now - 5min}, SharedExpiry{.at = SharedTime()},
          SharedExpiry{.at = SharedTime::min(), .sliding = 1h}}) {
      CHECK(error_of([&] { cache->set("a", "after", expiry); }).invalid_argument());
      CHECK(error_of([&] { cache->add("b", "after", miss, expiry); }).invalid_argument());
    }
    CHECK(cache->get("a") == "before");
    CHECK(cache->get("b") == kNone);
  });
}

TEST_CASE("options that make no sense are refused") {
  on_each_cluster_store([](ClusterStore& store) {
    CHECK(error_of([&] { cache_of(store, {.default_sliding = 0ms}); }).invalid_argument());
    CHECK(error_of([&] { cache_of(store, {.max_value_bytes = 0}); }).invalid_argument());
  });
}

TEST_CASE("an entry expires after a duration, however often it is used") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store);
    cache->set("a", "1", {.after = 2h});
    store.pass(1h);
    CHECK(cache->get("a") == "1");
    store.pass(59min);
    CHECK(cache->get("a") == "1");
    store.pass(1min);
    CHECK(cache->get("a") == kNone);
    CHECK_FALSE(cache->lookup("a").value);
  });
}

TEST_CASE("an entry expires at a time; a duration wins over it") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store);
    const SharedTime now = now_of(*cache);
    cache->set("at", "1", {.at = now + 2h});
    cache->set("longer", "2", {.at = now + 1h, .after = 4h});
    cache->set("shorter", "3", {.at = now + 9h, .after = 1h});
    cache->set("even so", "4", {.at = now - 1h, .after = 4h});
    store.pass(90min);
    CHECK(cache->get("at") == "1");
    CHECK(cache->get("longer") == "2");
    CHECK(cache->get("shorter") == kNone);
    store.pass(40min);
    CHECK(cache->get("at") == kNone);
    CHECK(cache->get("longer") == "2");
    CHECK(cache->get("even so") == "4");
  });
}

TEST_CASE("a sliding entry lives for as long from each use on, and no longer") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store);
    const auto other = cache_of(store);
    for (const char* key : {"get", "refresh", "lookup", "unused"}) {
      cache->set(key, "1", {.sliding = 1h});
    }
    for (int i = 0; i < 5; ++i) {
      store.pass(59min);
      CHECK(other->get("get") == "1");
      other->refresh("refresh");
      CHECK(cache->lookup("lookup").value == "1");
    }
    CHECK(cache->get("unused") == kNone);
    store.pass(59min);
    CHECK(cache->get("refresh") == "1");
    store.pass(61min);
    for (const char* key : {"get", "refresh", "lookup"}) {
      CHECK(cache->get(key) == kNone);
    }
  });
}

TEST_CASE("a use that comes soon after another counts in full") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store);
    cache->set("a", "1", {.sliding = 1h});
    for (int i = 0; i < 20; ++i) {
      CHECK(cache->get("a") == "1");
      store.pass(400ms);
    }
    CHECK(cache->get("a") == "1");
    store.pass(1h - 1s);
    CHECK(cache->get("a") == "1");
    store.pass(1h + 2s);
    CHECK(cache->get("a") == kNone);
  });
}

TEST_CASE("no use carries a sliding entry beyond its absolute time, from the first write on") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store);
    cache->set("used", "1", {.after = 2h, .sliding = 1h});
    cache->set("never longer", "2", {.after = 30min, .sliding = 20h});
    cache->set("at", "3", {.at = now_of(*cache) + 30min, .sliding = 20h});
    store.pass(50min);
    CHECK(cache->get("never longer") == kNone);
    CHECK(cache->get("at") == kNone);
    CHECK(cache->get("used") == "1");
    store.pass(50min);
    CHECK(cache->get("used") == "1");
    store.pass(21min);
    CHECK(cache->get("used") == kNone);
  });
}

TEST_CASE("an entry without any expiry slides as the options say, or stays") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto usual = cache_of(store);
    const auto longer = cache_of(store, {.default_sliding = 3h});
    const auto endless = cache_of(store, {.default_sliding = {}});
    usual->set("usual", "1");
    longer->set("longer", "2");
    endless->set("endless", "3");
    longer->set("absolute", "4", {.after = 10h});
    store.pass(19min);
    CHECK(usual->get("usual") == "1");
    store.pass(21min);
    CHECK(usual->get("usual") == kNone);
    store.pass(2h);
    CHECK(longer->get("longer") == "2");
    store.pass(4h);
    CHECK(longer->get("longer") == kNone);
    CHECK(longer->get("absolute") == "4");
    store.pass(24h * 40'000);
    CHECK(endless->get("endless") == "3");
  });
}

TEST_CASE("a duration without bounds is a century") {
  on_each_cluster_store([](ClusterStore& store) {
    constexpr auto kLongest = std::chrono::milliseconds::max();
    const auto cache = cache_of(store);
    cache->set("after", "1", {.after = kLongest});
    cache->set("sliding", "2", {.sliding = kLongest});
    cache->set("both", "3", {.after = kLongest, .sliding = kLongest});
    cache->set("at", "4", {.at = SharedTime::max()});
    store.pass(24h * 36'000);
    for (const char* key : {"after", "sliding", "both", "at"}) {
      CHECK(cache->get(key).has_value());
    }
    store.pass(24h * 600);
    CHECK(cache->get("after") == kNone);
    CHECK(cache->get("sliding") == "2");
  });
}

}  // namespace
}  // namespace crier::test
