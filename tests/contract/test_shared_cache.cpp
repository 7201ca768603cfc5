// SPDX-License-Identifier: MIT
// The cache that all nodes share, on every store: what is set, replaced, removed and refused.
#include "contract/shared_cache.hpp"
#include "support/errors.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

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

TEST_CASE("what is removed by its value stays where another one has been set") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store);
    const std::string old("old\0\xff", 5);
    CHECK_FALSE(cache->remove_value("a", old));
    for (const std::string& value : {old, std::string()}) {
      cache->set("a", value);
      cache->set("b", value);
      const SharedStamp miss = cache->lookup("c").stamp;
      CHECK(cache->remove_value("a", value));
      CHECK_FALSE(cache->remove_value("a", value));
      CHECK(cache->get("a") == kNone);
      CHECK(cache->get("b") == value);
      CHECK_FALSE(cache->add("a", "filled", miss));  // as with any removal
    }
    cache->set("a", "new");
    for (const std::string& other : {old, std::string(), std::string("ne"), std::string("newer")}) {
      CHECK_FALSE(cache->remove_value("a", other));
    }
    CHECK(cache->get("a") == "new");
    CHECK(error_of([&] { cache->remove_value("", "new"); }).invalid_argument());
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

}  // namespace
}  // namespace crier::test
