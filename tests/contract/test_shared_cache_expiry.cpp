// SPDX-License-Identifier: MIT
// When entries of the shared cache expire: ASP.NET's rules, on every store.
#include "contract/shared_cache.hpp"
#include "support/errors.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

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

TEST_CASE("a sliding entry lives for as long from each use on, and a tenth longer at the most") {
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
    store.pass(67min);
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
    store.pass(67min);
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
    store.pass(23min);
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
