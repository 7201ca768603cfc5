// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

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

TEST_CASE("asks are seen by all, oldest first") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    Peer two(store);
    CHECK(one.nodes().asks().empty());
    const std::int64_t first = one.nodes().ask({7}, 1h);
    const std::int64_t second = two.nodes().ask({5}, 1h);
    CHECK(first > 0);
    CHECK(second > first);
    for (int look = 0; look < 2; ++look) {
      CHECK(entries_of(two.nodes().asks()) == Entries{7, 5});
    }
    CHECK(two.nodes().asks().at(1).serial == second);
  });
}

TEST_CASE("an ask that was answered is over, and its serial is not used again") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    const std::int64_t first = one.nodes().ask({7}, 1h);
    const std::int64_t second = one.nodes().ask({8}, 1h);
    one.nodes().answered(second);
    CHECK(entries_of(one.nodes().asks()) == Entries{7});
    one.nodes().answered(first);
    CHECK(one.nodes().asks().empty());
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
    one.nodes().ask({5}, std::chrono::milliseconds::min());
    CHECK(entries_of(one.nodes().asks()) == Entries{1, 2, 4});
    store.pass(2h);
    CHECK(entries_of(one.nodes().asks()) == Entries{2, 4});
    store.pass(24h * 366);  // the longest
    CHECK(one.nodes().asks().empty());
  });
}

TEST_CASE("an ask wakes those who sleep") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    Peer two(store);
    const std::uint64_t mark = two.store->wakeup().mark();
    one.nodes().ask({1}, 1h);
    CHECK(two.store->wakeup().wait(mark, 20s));
    CHECK(entries_of(two.nodes().asks()) == Entries{1});
  });
}

TEST_CASE("a look at the asks brings a thousand at the most, the oldest") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    for (std::int64_t entry = 1; entry <= 1001; ++entry) {
      one.nodes().ask({entry}, 1h);
    }
    const std::vector<Ask> asks = one.nodes().asks();
    REQUIRE(asks.size() == 1000);
    CHECK(asks.front().entry == EntryId{1});
    CHECK(asks.back().entry == EntryId{1000});
  });
}

}  // namespace
}  // namespace crier::test
