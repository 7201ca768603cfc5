// SPDX-License-Identifier: MIT
// Nodes of one name: a mistake where they live at the same time, a successor where they do not.
#include <crier/admin/store.hpp>

#include "base/process.hpp"
#include "contract/peer.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a node says goodbye for a namesake whose process is gone, and its lease is free") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer crashed(store, "web");
    Peer living(store, "web");
    Peer stranger(store, "shop");
    Peer next(store, "web");
    crashed.report.process = stranger.report.process =
        this_process() + "0";  // began at another time
    living.report.process = this_process();
    crashed.beat();
    crashed.hold();
    stranger.beat();
    living.beat();
    next.beat();
    CHECK(crashed.state() == NodeState::stopped);
    CHECK(living.state() == NodeState::live);
    CHECK(stranger.state() == NodeState::live);
    CHECK(next.hold().holder == next.report.incarnation);
  });
}

TEST_CASE("two live incarnations under one name both notice") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store, "web", "one");
    Peer two(store, "web", "two");
    Peer other(store, "shop", "three");
    one.report.pid = 11;
    two.report.pid = 22;
    other.beat();
    CHECK(one.beat().namesake.empty());
    store.pass(kMoment);
    // One may have crashed, and Two be its successor.
    CHECK(two.beat().namesake.empty());
    store.pass(kMoment);
    CHECK(one.beat().namesake == "host two, pid 22");
    CHECK(two.beat().namesake == "host one, pid 11");

    two.nodes().goodbye(two.report.incarnation);
    CHECK(one.beat().namesake.empty());
  });
}

TEST_CASE("of several namesakes the same one is named with each beat") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    Peer two(store, "web-1", "two");
    Peer three(store, "web-1", "three");
    for (Peer* peer : {&one, &two, &three, &two, &three, &two}) {
      peer->beat();
      store.pass(kMoment);
      const std::string namesake = one.beat().namesake;
      CHECK((namesake.empty() || namesake == "host two, pid 0"));
    }
    CHECK_FALSE(one.beat().namesake.empty());
  });
}

TEST_CASE("a namesake that has gone stale is no longer one") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    Peer two(store);
    Peer crashed(store);
    two.beat();
    crashed.beat();
    store.pass(kMoment);
    one.beat();
    store.pass(kMoment);
    two.beat();
    CHECK_FALSE(one.beat().namesake.empty());
    store.pass(4 * kInterval);
    CHECK(one.beat().namesake.empty());
    CHECK(crashed.state() == NodeState::stopped);
    // It has beaten since One began: nobody knows that it is gone.
    CHECK(two.state() == NodeState::stale);
  });
}

TEST_CASE("a successor says goodbye for the one that crashed, once that is stale") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer crashed(store);
    Peer other(store, "web-2");
    Peer slow(store);
    Peer successor(store);
    crashed.beat();
    other.beat();
    store.pass(2 * kInterval);
    slow.beat();
    store.pass(kMoment);
    successor.beat();
    CHECK(crashed.state() == NodeState::live);
    store.pass(2 * kInterval);
    successor.beat();
    CHECK(crashed.state() == NodeState::stopped);
    CHECK(slow.state() == NodeState::live);
    CHECK(other.state() == NodeState::stale);
    crashed.beat();
    CHECK(crashed.state() == NodeState::live);
  });
}

}  // namespace
}  // namespace crier::test
