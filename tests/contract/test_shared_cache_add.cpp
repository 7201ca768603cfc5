// SPDX-License-Identifier: MIT
// Filling the shared cache with what was read elsewhere, and what the leader deletes.
#include <crier/admin/store.hpp>
#include <crier/shared_cache.hpp>

#include "contract/peer.hpp"
#include "contract/shared_cache.hpp"
#include "support/errors.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a fill stores where nothing has happened since its lookup") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store);
    const SharedLookup miss = cache->lookup("a");
    CHECK_FALSE(miss.value);
    CHECK(cache->add("a", "1", miss.stamp, {.after = 1h}));
    CHECK(cache->get("a") == "1");
    store.pass(2h);
    CHECK_FALSE(cache->get("a"));
    CHECK(cache->add("a", "2", cache->lookup("a").stamp));
    cache->remove("a");
    CHECK(cache->add("a", "3", cache->lookup("a").stamp));
    CHECK(cache->get("a") == "3");
  });
}

TEST_CASE("a fill never brings back what was replaced since its lookup") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto filler = cache_of(store);
    const auto other = cache_of(store);
    const auto refused = [&](auto meanwhile) {
      const SharedStamp miss = filler->lookup("a").stamp;
      meanwhile();
      const std::optional<std::string> before = other->get("a");
      CHECK_FALSE(filler->add("a", "old", miss));
      CHECK(other->get("a") == before);
      other->remove("a");
    };
    // Of a key that was never heard of, ...
    refused([&] { other->set("a", "new"); });
    // ... and of one that was.
    refused([&] { other->set("a", "new"); });
    refused([&] { other->remove("a"); });
    refused([&] {
      other->set("a", "new");
      other->remove("a");
    });
    refused([&] {
      other->set("a", "new", {.after = 1min});
      store.pass(2min);
    });
    refused([&] { CHECK(other->add("a", "new", other->lookup("a").stamp)); });
    refused([&] { Peer(store).cache().clear({}, 1000); });
    // What another key goes through is no matter.
    const SharedStamp miss = filler->lookup("a").stamp;
    other->set("b", "new");
    other->remove("c");
    CHECK(filler->add("a", "old", miss));
  });
}

TEST_CASE("of a key that was removed and never set, too, a fill is refused") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store);
    const SharedStamp miss = cache->lookup("a").stamp;
    cache->remove("a");
    CHECK_FALSE(cache->add("a", "old", miss));
    CHECK_FALSE(cache->get("a"));
  });
}

TEST_CASE("a fill whose lookup is longer ago than removals are remembered is refused") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store);
    SharedStamp miss = cache->lookup("a").stamp;
    miss.seen_ms -= std::chrono::milliseconds(SharedCache::kRemembers).count();
    CHECK_FALSE(cache->add("a", "old", miss));
    miss.seen_ms += std::chrono::milliseconds(1min).count();
    CHECK(cache->add("a", "old", miss));
  });
}

TEST_CASE("of many fills at once one stores") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store);
    for (int round = 0; round < 20; ++round) {
      const std::string key = std::to_string(round);
      const SharedStamp miss = cache->lookup(key).stamp;
      std::atomic<int> stored = 0;
      std::atomic<int> winner = -1;
      std::vector<std::thread> threads;
      for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&, i] {
          if (cache->add(key, std::to_string(i), miss)) {
            ++stored;
            winner = i;
          }
        });
      }
      for (std::thread& thread : threads) {
        thread.join();
      }
      CHECK(stored == 1);
      CHECK(cache->get(key) == std::to_string(winner));
    }
  });
}

TEST_CASE("sets at once are all stored, and of one key the last that ended its call stays") {
  on_each_cluster_store([](ClusterStore& store) {
    constexpr int kThreads = 4;
    constexpr int kEach = 25;
    const auto cache = cache_of(store);
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        for (int n = 0; n < kEach; ++n) {
          const std::string own = std::to_string(i) + "/" + std::to_string(n);
          cache->set(own, own);
          cache->set("common", own);
          const std::optional<std::string> read = cache->get("common");
          if (!read || read->find('/') == std::string::npos) {
            std::abort();  // half a value, or none
          }
        }
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    for (int i = 0; i < kThreads; ++i) {
      for (int n = 0; n < kEach; ++n) {
        const std::string own = std::to_string(i) + "/" + std::to_string(n);
        CHECK(cache->get(own) == own);
      }
    }
    CHECK(cache->get("common")->ends_with("/" + std::to_string(kEach - 1)));
    cache->set("common", "last");
    CHECK(cache->get("common") == "last");
  });
}

TEST_CASE("the leader deletes what has gone, in chunks, and no fill is misled by that") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store);
    for (int i = 0; i < 5; ++i) {
      cache->set("expired " + std::to_string(i), "x", {.after = 1h});
    }
    cache->set("slid", "x", {.sliding = 1h});
    cache->set("kept", "x", {.after = 24h});
    cache->remove("removed");
    Peer leader(store);
    CHECK(leader.cache().forget_gone(100, leader.fence()).rows == 0);
    store.pass(1h + 1min);
    CHECK(leader.cache().stats().gone == 7);
    CHECK(leader.cache().forget_gone(100, leader.fence()).rows == 1);  // "removed"
    store.pass(5min);
    const Fence fence = leader.fence();
    CHECK(leader.cache().forget_gone(100, {fence.holder, fence.number + 1}).rows == 0);
    CHECK(leader.cache().forget_gone(100, {Guid::random(), fence.number}).rows == 0);
    CacheCleaned cleaned = leader.cache().forget_gone(4, fence);
    CHECK(cleaned.rows <= 4);
    CHECK(cleaned.more);
    std::size_t rows = cleaned.rows;
    while (cleaned.more) {
      cleaned = leader.cache().forget_gone(4, fence);
      rows += cleaned.rows;
    }
    CHECK(rows == 6);
    CHECK(leader.cache().stats().gone == 0);
    CHECK(cache->get("kept") == "x");
  });
}

TEST_CASE("clearing deletes every entry, in chunks") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store);
    Peer peer(store);
    for (int i = 0; i < 5; ++i) {
      cache->set(std::to_string(i), "x");
    }
    cache->remove("gone");
    CacheCleaned sum;
    for (CacheCleaned chunk{.rows = 0, .entries = 0, .more = true}; chunk.more;) {
      chunk = peer.cache().clear({}, 2);
      CHECK(chunk.rows <= 2);
      sum.rows += chunk.rows;
      sum.entries += chunk.entries;
    }
    CHECK(sum.rows == 6);
    CHECK(sum.entries == 5);
    CHECK_FALSE(cache->get("1"));
    CHECK(peer.cache().stats().gone == 0);
    cache->set("1", "again");
    CHECK(cache->get("1") == "again");
  });
}

TEST_CASE("the statistics count what can be seen, and what can't") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto cache = cache_of(store);
    Peer peer(store);
    CHECK(peer.cache().stats().entries == 0);
    const auto endless = make_shared_cache(store.open(), {.default_sliding = {}});
    endless->set("endless", "12345");
    cache->set("sliding", "123");
    cache->set("both", "", {.after = 5h, .sliding = 1h});
    cache->set("expired", "1234567", {.after = 1min});
    cache->set("removed", "x");
    cache->remove("removed");
    store.pass(2min);
    const CacheStats stats = peer.cache().stats();
    CHECK(stats.entries == 3);
    CHECK(stats.bytes == 8);
    CHECK(stats.largest == 5);
    CHECK(stats.sliding == 2);
    CHECK(stats.without_end == 1);
    CHECK(stats.gone == 2);
  });
}

TEST_CASE("reading goes on while a writer has the database, and is not held up for long") {
  on_each_store([](TestStore& store) {
    const auto cache = make_shared_cache(store.open(20s));
    cache->set("fixed", "1", {.after = 24h});
    cache->set("sliding", "2", {.sliding = 24h});
    store.pass(1h);
    const std::shared_ptr<void> lock = store.lock();
    const auto begin = std::chrono::steady_clock::now();
    CHECK(cache->get("fixed") == "1");
    CHECK(cache->get("sliding") == "2");  // its renewal has to wait for another time
    CHECK(std::chrono::steady_clock::now() - begin < 10s);
  });
}

TEST_CASE("a set that can't be written fails, and says so") {
  on_each_store([](TestStore& store) {
    const auto cache = make_shared_cache(store.open(30s));
    const auto hasty = make_shared_cache(store.open(500ms));
    cache->set("a", "1");
    {
      const std::shared_ptr<void> lock = store.lock();
      CHECK(error_of([&] { hasty->set("a", "2"); }).retryable());
      CHECK(error_of([&] { hasty->remove("a"); }).retryable());
    }
    CHECK(cache->get("a") == "1");
    cache->set("a", "3");
    CHECK(cache->get("a") == "3");
  });
}

}  // namespace
}  // namespace crier::test
