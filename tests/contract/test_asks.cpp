// SPDX-License-Identifier: MIT
#include <crier/store.hpp>

#include "contract/peer.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

std::vector<std::int64_t> entries_of(const std::vector<Ask>& asks) {
  std::vector<std::int64_t> entries;
  for (const Ask& ask : asks) {
    entries.push_back(ask.entry.value);
  }
  return entries;
}

using Entries = std::vector<std::int64_t>;

TEST_CASE("asks are seen by all, oldest first, and once by each") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    Peer two(store);
    CHECK(one.nodes().asks_after(0).empty());
    const std::int64_t first = one.nodes().ask({7}, 1h);
    const std::int64_t second = two.nodes().ask({5}, 1h);
    CHECK(first > 0);
    CHECK(second > first);
    CHECK(entries_of(two.nodes().asks_after(0)) == Entries{7, 5});
    CHECK(entries_of(two.nodes().asks_after(first)) == Entries{5});
    CHECK(two.nodes().asks_after(first).at(0).serial == second);
    CHECK(two.nodes().asks_after(second).empty());
  });
}

TEST_CASE("an ask that was answered is over, and its serial is not used again") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    const std::int64_t first = one.nodes().ask({7}, 1h);
    const std::int64_t second = one.nodes().ask({8}, 1h);
    one.nodes().answered(second);
    CHECK(entries_of(one.nodes().asks_after(0)) == Entries{7});
    one.nodes().answered(first);
    CHECK(one.nodes().asks_after(0).empty());
    CHECK_NOTHROW(one.nodes().answered(first));
    CHECK(one.nodes().ask({9}, 1h) > second);
  });
}

TEST_CASE("an ask holds for its time only") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    one.nodes().ask({1}, 1h);
    one.nodes().ask({2}, 3h);
    one.nodes().ask({3}, 0ms);
    one.nodes().ask({4}, std::chrono::milliseconds::max());
    CHECK(entries_of(one.nodes().asks_after(0)) == Entries{1, 2, 4});
    store.pass(2h);
    CHECK(entries_of(one.nodes().asks_after(0)) == Entries{2, 4});
  });
}

TEST_CASE("an ask wakes those who sleep") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    Peer two(store);
    const std::uint64_t mark = two.store->wakeup().mark();
    one.nodes().ask({1}, 1h);
    CHECK(two.store->wakeup().wait(mark, 20s));
    CHECK(entries_of(two.nodes().asks_after(0)) == Entries{1});
  });
}

TEST_CASE("a look at the asks brings a thousand at the most") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    std::int64_t last = 0;
    for (std::int64_t entry = 1; entry <= 1001; ++entry) {
      last = one.nodes().ask({entry}, 1h);
    }
    const std::vector<Ask> asks = one.nodes().asks_after(0);
    REQUIRE(asks.size() == 1000);
    CHECK(asks.front().entry == EntryId{1});
    REQUIRE(one.nodes().asks_after(asks.back().serial).size() == 1);
    CHECK(one.nodes().asks_after(asks.back().serial).at(0).serial == last);
  });
}

}  // namespace
}  // namespace crier::test
