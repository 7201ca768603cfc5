// SPDX-License-Identifier: MIT
// For which nodes pruning waits, and for how long.
#include <crier/admin/store.hpp>

#include "contract/peer.hpp"
#include "contract/prune.hpp"
#include "support/entries.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;
using Ms = std::chrono::milliseconds;

// A node that stands at entry 1, and then is silent.
struct Silent {
  explicit Silent(ClusterStore& cluster, Ms silent) : store(cluster), peer(cluster) {
    peer.log().append(std::vector(4, new_entry("[]")));
    store.pass(72h);
    peer.beat_at(1);
    store.pass(silent);
  }
  // Who holds back pruning; empty: nobody.
  std::string held_by(Ms patience, Ms watched = Ms::max()) {
    return peer.log().prune({.patience = patience, .watched = watched, .dry_run = true}).held_by;
  }
  ClusterStore& store;
  Peer peer;
};

TEST_CASE("a node holds back pruning for three of its intervals, and the patience on top") {
  on_each_cluster_store([](ClusterStore& store) {
    Silent node(store, 3 * kInterval + 1h);
    CHECK(node.peer.state() == NodeState::stale);
    CHECK(node.held_by(59min).empty());
    CHECK(node.held_by(61min) == "web-1");
    CHECK(node.held_by(Ms::max()) == "web-1");
    CHECK(prune(node.peer.log(), {.patience = 61min}).rows == 0);
    CHECK(prune(node.peer.log(), {.patience = 59min}).rows == 3);
  });
}

TEST_CASE("a node that has stopped holds back nothing, whatever the patience") {
  on_each_cluster_store([](ClusterStore& store) {
    Silent node(store, 0ms);
    node.peer.nodes().goodbye(node.peer.report.incarnation);
    CHECK(node.held_by(Ms::max()).empty());
    CHECK(node.held_by(0ms, 0ms).empty());
  });
}

TEST_CASE("silence counts only as far as somebody has looked on") {
  on_each_cluster_store([](ClusterStore& store) {
    Silent node(store, 100 * kInterval);
    CHECK(node.held_by(1h).empty());
    CHECK(node.held_by(1h, 0ms) == "web-1");
    CHECK(node.held_by(1h, 4h) == "web-1");
    CHECK(node.held_by(1h, 4h + 1ms).empty());
    CHECK(node.held_by(Ms::max(), 4h) == "web-1");
  });
}

// The machine was suspended, or this leader was while it held the lock that beats need.
TEST_CASE("a leader that has not beaten of late itself deletes nothing") {
  on_each_cluster_store([](ClusterStore& store) {
    Silent node(store, 0ms);
    Peer leader(store, "leader");
    leader.beat_at(5);
    const Fence fence{leader.report.incarnation, leader.hold(24h).fencing};
    const auto pruned = [&] { return prune(leader.log(), {.patience = 0ms, .fence = fence}).rows; };
    store.pass(3 * kInterval + kInterval / 2);
    CHECK(pruned() == 0);
    leader.beat();
    store.pass(kInterval);
    CHECK(pruned() == 3);
    CHECK(pruned() == 0);
  });
}

TEST_CASE("a leader that never beat deletes nothing") {
  on_each_cluster_store([](ClusterStore& store) {
    Silent node(store, 100 * kInterval);
    Peer leader(store, "leader");
    CHECK(prune(leader.log(), {.fence = leader.fence()}).rows == 0);
    CHECK(prune(leader.log()).rows == 3);
  });
}

TEST_CASE("a beat of far ahead holds back nothing") {
  on_each_cluster_store([](ClusterStore& store) {
    Silent node(store, 0ms);
    node.peer.beat();
    store.pass(-4h);
    CHECK(node.held_by(61min) == "web-1");
    store.pass(-1h);
    CHECK(node.held_by(61min).empty());
  });
}

}  // namespace
}  // namespace crier::test
