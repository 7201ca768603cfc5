// SPDX-License-Identifier: MIT
// The shared cache as a whole, on every store: its keys, many at once, and removing by prefix.
#include "contract/peer.hpp"
#include "contract/shared_cache.hpp"
#include "support/errors.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <set>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;
using Keys = std::vector<std::string>;

TEST_CASE("the keys are those that have a value, by any prefix, in which nothing has a meaning") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store);
    const std::string with_nul("a\0b", 3);
    for (const std::string& key : Keys{"a", "a%", "a_b", "ab", "a*", "a[x]", "A", "b", "\xc3\xa4",
                                       "\xc3\xa5", with_nul, "\x7f"}) {
      cache->set(key, "x", {.after = 48h});
    }
    cache->set("ago", "x", {.after = 1h});
    store.pass(2h);
    cache->remove("b");
    CHECK(cache->keys("a") == Keys{"a", with_nul, "a%", "a*", "a[x]", "a_b", "ab"});
    CHECK(cache->keys("a%") == Keys{"a%"});
    CHECK(cache->keys("a_") == Keys{"a_b"});
    CHECK(cache->keys("a*") == Keys{"a*"});
    CHECK(cache->keys("a[x") == Keys{"a[x]"});
    CHECK(cache->keys(with_nul) == Keys{with_nul});
    CHECK(cache->keys("\xc3\xa4") == Keys{"\xc3\xa4"});
    CHECK(cache->keys("\x7f") == Keys{"\x7f"});
    CHECK(cache->keys("b").empty());
    CHECK(cache->keys().size() == 11);
    CHECK(cache->keys({}, 3).size() == 3);
    CHECK(cache->keys({}, 0).empty());
    CHECK(error_of([&] { static_cast<void>(cache->keys("\xff")); }).invalid_argument());
    CHECK(error_of([&] {
            static_cast<void>(cache->keys(std::string(450, 'k')));
          }).invalid_argument());
    CHECK(error_of([&] { cache->remove_by_prefix("\xff"); }).invalid_argument());
  });
}

TEST_CASE("many keys are visited in pages, while the visitor uses the cache, until he has enough") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store, {.max_sessions = 1});
    std::set<std::string> all;
    for (int i = 0; i < 450; ++i) {
      all.insert("k" + std::to_string(i));
      cache->set("k" + std::to_string(i), std::to_string(i));
    }
    std::set<std::string> visited;
    cache->visit_keys("k", [&](const std::string& key) {
      CHECK(visited.insert(key).second);
      return cache->peek(key) == key.substr(1);
    });
    CHECK(visited == all);
    int count = 0;
    cache->visit_keys({}, [&](const std::string&) { return ++count < 201; });
    CHECK(count == 201);
    CHECK_THROWS_AS(cache->visit_keys({}, [](const std::string&) -> bool { throw 1; }), int);
  });
}

TEST_CASE("peek looks, and renews nothing") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store);
    cache->set("a", "1", {.sliding = 1h});
    store.pass(50min);
    CHECK(cache->peek("a") == "1");
    store.pass(20min);
    CHECK(cache->peek("a") == kNone);
    CHECK(cache->peek("none") == kNone);
    CHECK(error_of([&] { static_cast<void>(cache->peek("")); }).invalid_argument());
  });
}

TEST_CASE("many are got at once, each as by itself") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store);
    const std::string bytes("\0\xff'\"\\\n", 6);
    const std::string odd("\"\\\x01\0\n'{},", 10);
    cache->set("a", bytes, {.sliding = 1h});
    cache->set(odd, "", {.sliding = 1h});
    cache->set("short", "x", {.after = 10min});
    store.pass(50min);
    const Keys keys{"none", "a", odd, "short", "a"};
    const std::vector<Value> found = cache->get_many(keys);
    CHECK(found == std::vector<Value>{kNone, bytes, "", kNone, bytes});
    store.pass(50min);  // renewed: it lives on
    CHECK(cache->get("a") == bytes);
    CHECK(cache->get(odd) == "");
    CHECK(cache->get_many({}).empty());
    CHECK(error_of([&] { static_cast<void>(cache->get_many(Keys{"a", ""})); }).invalid_argument());
    Keys many;
    for (int i = 0; i < 450; ++i) {
      many.push_back(std::to_string(i));
      cache->set(many.back(), many.back());
    }
    const std::vector<Value> all = cache->get_many(many);
    CHECK(std::vector<Value>(many.begin(), many.end()) == all);
  });
}

TEST_CASE("what is removed by prefix is gone, and the rest is not") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store);
    for (const char* key : {"a%b", "a%c", "axb", "a", "b"}) {
      cache->set(key, "x");
    }
    cache->set("a%old", "x", {.after = 1h});
    store.pass(10min);
    CHECK(cache->remove_by_prefix("a%") == 3);
    CHECK(cache->keys() == Keys{"a", "axb", "b"});
    CHECK(cache->remove_by_prefix("a%") == 0);
    CHECK(cache->clear() == 3);
    CHECK(cache->keys().empty());
    cache->set("a", "again");
    CHECK(cache->get("a") == "again");
  });
}

TEST_CASE(
    "a fill that began before a removal by prefix is refused, whether there was a row or not") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto filler = cache_of(store);
    const auto other = cache_of(store);
    for (const char* prefix : {"a", "", "nothing has it"}) {
      const SharedStamp miss = filler->lookup("a1").stamp;
      other->remove_by_prefix(prefix);
      CHECK_FALSE(filler->add("a1", "old", miss));
      CHECK(filler->get("a1") == kNone);
    }
    CHECK(filler->add("a1", "new", filler->lookup("a1").stamp));
  });
}

TEST_CASE("writers delete what has gone as they go, without a node") {
  on_each_store([](TestStore& store) {
    const auto cache = cache_of(store, {.max_sessions = 1});
    Peer peer(store);
    for (int i = 0; i < 20; ++i) {
      cache->set(std::to_string(i), "x", {.after = 1h});
    }
    cache->remove("removed");
    store.pass(2h);
    CHECK(peer.cache().stats().gone == 21);
    for (int i = 0; i < 200; ++i) {
      cache->set("kept", "x");
    }
    CHECK(peer.cache().stats().gone == 0);
    // By other writes as well.
    for (int i = 0; i < 20; ++i) {
      cache->set(std::to_string(i), "x", {.after = 1h});
    }
    store.pass(2h);
    for (int i = 0; i < 200; ++i) {
      cache->remove("again and again");
    }
    CHECK(peer.cache().stats().gone == 1);
    // What was removed just now is remembered for those who fill.
    CHECK(cache->get("kept") == kNone);
  });
}

}  // namespace
}  // namespace crier::test
