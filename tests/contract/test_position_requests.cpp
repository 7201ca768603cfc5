// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "contract/peer.hpp"
#include "support/entries.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

std::vector<std::int64_t> entries_of(const std::vector<PositionRequest>& requests) {
  std::vector<std::int64_t> entries;
  for (const PositionRequest& request : requests) {
    entries.push_back(request.entry.value);
  }
  return entries;
}

using Entries = std::vector<std::int64_t>;

TEST_CASE("position requests are seen by all, oldest first") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    Peer two(store);
    CHECK(one.nodes().position_requests().empty());
    const std::int64_t first = one.nodes().request_position({7}, 1h);
    const std::int64_t second = two.nodes().request_position({5}, 1h);
    CHECK(first > 0);
    CHECK(second > first);
    for (int look = 0; look < 2; ++look) {
      CHECK(entries_of(two.nodes().position_requests()) == Entries{7, 5});
    }
    CHECK(two.nodes().position_requests().at(1).serial == second);
  });
}

TEST_CASE("a request that was withdrawn is over, and its serial is not used again") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    const std::int64_t first = one.nodes().request_position({7}, 1h);
    const std::int64_t second = one.nodes().request_position({8}, 1h);
    one.nodes().withdraw_request(second);
    CHECK(entries_of(one.nodes().position_requests()) == Entries{7});
    one.nodes().withdraw_request(first);
    CHECK(one.nodes().position_requests().empty());
    CHECK_NOTHROW(one.nodes().withdraw_request(first));
    CHECK(one.nodes().request_position({9}, 1h) > second);
  });
}

TEST_CASE("a request holds for its time only") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    one.nodes().request_position({1}, 1h);
    one.nodes().request_position({2}, 3h);
    one.nodes().request_position({3}, 0ms);
    one.nodes().request_position({4}, std::chrono::milliseconds::max());
    one.nodes().request_position({5}, std::chrono::milliseconds::min());
    CHECK(entries_of(one.nodes().position_requests()) == Entries{1, 2, 4});
    store.pass(2h);
    CHECK(entries_of(one.nodes().position_requests()) == Entries{2, 4});
    store.pass(24h * 366);  // the longest
    CHECK(one.nodes().position_requests().empty());
  });
}

TEST_CASE("a request and each reminder wake those who sleep") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    Peer two(store);
    const std::uint64_t mark = two.store->wakeup().mark();
    one.nodes().request_position({1}, 1h);
    CHECK(two.store->wakeup().wait(mark, 20s));
    const std::uint64_t later = two.store->wakeup().mark();
    one.nodes().remind();
    CHECK(two.store->wakeup().wait(later, 20s));
    CHECK(entries_of(two.nodes().position_requests()) == Entries{1});
  });
}

TEST_CASE("a look at the requests brings a thousand at the most, the oldest") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    for (std::int64_t entry = 1; entry <= 1001; ++entry) {
      one.nodes().request_position({entry}, 1h);
    }
    const std::vector<PositionRequest> requests = one.nodes().position_requests();
    REQUIRE(requests.size() == 1000);
    CHECK(requests.front().entry == EntryId{1});
    CHECK(requests.back().entry == EntryId{1000});
  });
}

TEST_CASE("a position is published alone") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    Peer other(store);
    for (int i = 0; i < 5; ++i) {
      append(*one.connection, new_entry("[]"));
    }
    one.report.host = "first";
    one.beat_at(1);
    other.beat_at(1);
    CHECK(one.record().lag == 4);
    store.pass(2 * kInterval);
    one.report.host = "second";
    one.report.position = {3};
    CHECK(one.nodes().publish_position(one.report));
    CHECK(one.record().position == EntryId{3});
    CHECK(one.record().lag == 2);
    CHECK(one.record().host == "first");
    CHECK(one.record().beat_age >= 2 * kInterval);  // it is no beat
    CHECK(other.record().position == EntryId{1});
    one.report.position = {0};  // as where its place is not in the log any more
    CHECK(one.nodes().publish_position(one.report));
    CHECK(one.record().position == EntryId{0});
  });
}

TEST_CASE("a position of a node that is not registered, or has stopped, is not published") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    CHECK_FALSE(one.nodes().publish_position(one.report));
    CHECK(one.nodes().list().empty());
    one.beat_at(1);
    one.nodes().goodbye(one.report.incarnation);
    one.report.position = {2};
    CHECK_FALSE(one.nodes().publish_position(one.report));
    CHECK(one.record().position == EntryId{1});
    CHECK(one.state() == NodeState::stopped);
    one.beat();
    CHECK(one.nodes().publish_position(one.report));
  });
}

}  // namespace
}  // namespace crier::test
