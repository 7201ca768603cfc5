// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "contract/peer.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> names_of(const Peer& peer) {
  std::vector<std::string> names;
  for (const NodeRecord& node : peer.nodes().list()) {
    names.push_back(node.name);
  }
  return names;
}

TEST_CASE("what is not live is forgotten by name") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer stale(store, "web");
    Peer stopped(store, "web");
    Peer live(store, "web");
    Peer other(store, "shop");
    stale.beat();
    other.beat();
    store.pass(4 * kInterval);
    live.beat();
    stopped.beat();
    stopped.nodes().goodbye(stopped.report.incarnation);
    CHECK(live.nodes().forget("web") == 2);
    CHECK(names_of(live) == std::vector<std::string>{"shop", "web"});
    CHECK(live.nodes().forget("web") == 0);
    stale.beat();
    CHECK(stale.state() == NodeState::live);
  });
}

TEST_CASE("the leader forgets nodes that were not heard of for long") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer leader(store, "leader");
    Peer stale(store, "stale");
    Peer stopped(store, "stopped");
    stale.beat();
    stopped.beat();
    store.pass(10h);
    stopped.nodes().goodbye(stopped.report.incarnation);
    leader.beat();
    const Fence fence = leader.fence();
    CHECK(leader.nodes().forget_older(11h, 11h, fence) == 0);
    CHECK(leader.nodes().forget_older(9h, 9h, fence) == 1);
    CHECK(names_of(leader) == std::vector<std::string>{"leader", "stopped"});
    store.pass(1h);
    // The leader itself is live.
    CHECK(leader.nodes().forget_older(1ms, 1ms, leader.fence()) == 1);
    CHECK(names_of(leader) == std::vector<std::string>{"leader"});
    CHECK(leader.nodes().forget_older(std::chrono::milliseconds::max(),
                                      std::chrono::milliseconds::max(), fence) == 0);
  });
}

TEST_CASE("a node whose position is kept is remembered as long as that") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer leader(store, "leader");
    Peer durable(store, "durable");
    durable.beat();
    durable.claim();
    durable.save({{3}, {3}});
    store.pass(10h);
    CHECK(leader.nodes().forget_older(1h, 20h, leader.fence()) == 0);
    CHECK(names_of(leader) == std::vector<std::string>{"durable"});
    CHECK(leader.nodes().forget_older(1h, 9h, leader.fence()) == 0);  // the position goes
    CHECK(leader.nodes().forget_older(1h, 9h, leader.fence()) == 1);
  });
}

TEST_CASE("what is forgotten by name is counted, the position as well") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer durable(store, "durable");
    durable.beat();
    durable.claim();
    durable.nodes().goodbye(durable.report.incarnation);
    CHECK(durable.nodes().forget("durable") == 2);
    CHECK(durable.nodes().forget("durable") == 0);
  });
}

TEST_CASE("one that does not lead any more forgets nothing") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer leader(store, "leader");
    Peer stale(store, "stale");
    stale.beat();
    store.pass(10h);
    const Fence fence = leader.fence();
    CHECK(leader.nodes().forget_older(1h, 1h, {fence.holder, fence.number + 1}) == 0);
    CHECK(leader.nodes().forget_older(1h, 1h, {Guid::random(), fence.number}) == 0);
    store.pass(2h);
    CHECK(leader.nodes().forget_older(1h, 1h, fence) == 0);
    CHECK(leader.nodes().list().size() == 1);
    CHECK(leader.nodes().forget_older(1h, 1h, leader.fence()) == 1);
  });
}

}  // namespace
}  // namespace crier::test
