// SPDX-License-Identifier: MIT
// A database's clock that was wrong once, and has been set right.
#include <crier/admin/store.hpp>

#include "contract/peer.hpp"
#include "contract/prune.hpp"
#include "support/entries.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a kept position was seen within the cap on either side of now") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    peer.log().append(std::vector(3, new_entry("[]")));
    store.pass(24h * 40);
    peer.claim();
    peer.save({{1}, {}});
    store.pass(-24h * 6);
    CHECK(prune(peer.log()).held_by == "web-1");
    store.pass(-24h * 2);
    CHECK(prune(peer.log()).rows == 2);
  });
}

TEST_CASE("nodes and positions of far ahead are forgotten as those of long ago") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer ahead(store);
    Peer late(store);
    Peer leader(store, "leader");
    ahead.beat();
    ahead.claim();
    ahead.save({{5}, {}});
    late.beat();
    store.pass(-10h);
    late.nodes().goodbye(late.report.incarnation);
    CHECK(leader.nodes().forget_older(11h, 11h, leader.fence()) == 0);
    CHECK(Peer(store, "web-2").nodes().list().size() == 2);
    CHECK(leader.nodes().forget_older(9h, 9h, leader.fence()) == 0);  // its position goes first
    CHECK(leader.nodes().forget_older(9h, 9h, leader.fence()) == 1);
    CHECK(late.state() == NodeState::stopped);  // heard of now
    CHECK_FALSE(Peer(store).claim().cursor);
  });
}

TEST_CASE("a predecessor that has beaten ahead of its time has not beaten since") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer crashed(store);
    crashed.beat();
    crashed.claim();
    crashed.save({{5}, {}});
    store.pass(-2h);
    Peer next(store);
    CHECK(next.beat().namesake.empty());
    CHECK_FALSE(next.save({{3}, {}}));
    CHECK_FALSE(next.claim().contended);
    store.pass(-2h);
    next.beat();
    CHECK(crashed.state() == NodeState::stopped);
    CHECK(next.claim().cursor == Cursor{{5}, {}});
  });
}

TEST_CASE("a request of far ahead does not hold") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    peer.nodes().request_position({1}, 1h);
    store.pass(-24h * 300);
    CHECK(peer.nodes().position_requests().size() == 1);
    store.pass(-24h * 67);
    CHECK(peer.nodes().position_requests().empty());
  });
}

}  // namespace
}  // namespace crier::test
