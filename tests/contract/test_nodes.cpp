// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "contract/peer.hpp"
#include "support/entries.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> names_of(const std::vector<NodeRecord>& nodes) {
  std::vector<std::string> names;
  for (const NodeRecord& node : nodes) {
    names.push_back(node.name);
  }
  return names;
}

TEST_CASE("a node is listed with all that it says of itself") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer node(store, "wëb'1", "höst");
    node.report.application = "shop";
    node.report.version = "1.2.3";
    node.report.pid = 1'234'567'890'123;
    node.report.role = Role::scheduling_publisher;
    node.report.position = {4};
    node.report.durable = true;
    node.report.poller_alive = false;
    node.report.last_error = "it's broken";
    node.report.applied = 5;
    node.report.failed = 6;
    node.report.resyncs = 7;
    node.beat();

    const std::vector<NodeRecord> nodes = Peer(store).nodes().list();
    REQUIRE(nodes.size() == 1);
    const NodeRecord& shown = nodes[0];
    CHECK(shown.incarnation == node.report.incarnation);
    CHECK(shown.name == "wëb'1");
    CHECK(shown.host == "höst");
    CHECK(shown.application == "shop");
    CHECK(shown.version == "1.2.3");
    CHECK(shown.pid == 1'234'567'890'123);
    CHECK(shown.interval == kInterval);
    CHECK(shown.role == Role::scheduling_publisher);
    CHECK(shown.position == EntryId{4});
    CHECK(shown.durable);
    CHECK_FALSE(shown.poller_alive);
    CHECK(shown.last_error == "it's broken");
    CHECK(shown.applied == 5);
    CHECK(shown.failed == 6);
    CHECK(shown.resyncs == 7);
    CHECK(shown.state == NodeState::live);
  });
}

TEST_CASE("a later beat replaces what a node has said") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer node(store);
    node.beat();
    node.report.host = "two";
    node.report.role = Role::single;
    node.report.applied = 9;
    node.beat_at(3);
    REQUIRE(node.nodes().list().size() == 1);
    CHECK(node.record().host == "two");
    CHECK(node.record().role == Role::single);
    CHECK(node.record().applied == 9);
    CHECK(node.record().position == EntryId{3});
    CHECK(node.record().poller_alive);
  });
}

TEST_CASE("a node that misses three beats is stale, and live again with the next") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer node(store);
    node.beat();
    store.pass(3 * kInterval - 10min);
    CHECK(node.state() == NodeState::live);
    store.pass(20min);
    CHECK(node.state() == NodeState::stale);
    node.beat();
    CHECK(node.state() == NodeState::live);
  });
}

TEST_CASE("a clock that was set back keeps no dead node live") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer node(store);
    node.beat();
    store.pass(-2 * kInterval);
    CHECK(node.state() == NodeState::live);
    CHECK(node.record().beat_age == 0ms);
    store.pass(-2 * kInterval);
    CHECK(node.state() == NodeState::stale);
  });
}

TEST_CASE("a node that says goodbye has stopped, until it beats again") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer node(store);
    Peer other(store, "web-2");
    node.beat();
    other.beat();
    node.nodes().goodbye(node.report.incarnation);
    CHECK(node.state() == NodeState::stopped);
    CHECK(other.state() == NodeState::live);
    store.pass(100h);
    CHECK(node.state() == NodeState::stopped);
    node.beat();
    CHECK(node.state() == NodeState::live);
    CHECK_NOTHROW(node.nodes().goodbye(Guid::random()));
  });
}

TEST_CASE("a beat tells how long the one before lies back") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer node(store);
    Peer other(store);
    CHECK(node.beat().gap == 0ms);
    store.pass(2h);
    CHECK(other.beat().gap == 0ms);
    const std::chrono::milliseconds gap = node.beat().gap;
    CHECK(gap >= 2h);
    CHECK(gap < 3h);
    CHECK(node.beat().gap < 1h);
    store.pass(-2h);
    CHECK(node.beat().gap == 0ms);
  });
}

TEST_CASE("a node is alone while no other one is live") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store, "web-1");
    Peer two(store, "web-2");
    CHECK(one.beat().alone);
    CHECK_FALSE(two.beat().alone);
    CHECK_FALSE(one.beat().alone);
    two.nodes().goodbye(two.report.incarnation);
    CHECK(one.beat().alone);
    two.beat();
    store.pass(4 * kInterval);
    CHECK(one.beat().alone);
  });
}

TEST_CASE("nodes are listed by name, then oldest first") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer b(store, "b");
    Peer older(store, "a");
    Peer newer(store, "a");
    b.beat();
    older.beat();
    store.pass(kMoment);
    newer.beat();
    older.beat();
    const std::vector<NodeRecord> nodes = b.nodes().list();
    CHECK(names_of(nodes) == std::vector<std::string>{"a", "a", "b"});
    CHECK(nodes[0].incarnation == older.report.incarnation);
  });
}

TEST_CASE("a lag is as of now, and a stopped node has none") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer node(store);
    node.log().append(std::vector(5, new_entry("[]")));
    node.beat_at(3);
    append(*node.connection, new_entry("[]"));
    CHECK(node.record().lag == 3);
    store.pass(4 * kInterval);
    CHECK(node.record().lag == 3);
    node.beat_at(9);  // of a log that was replaced since
    CHECK(node.record().lag == 0);
    node.beat_at(3);
    CHECK(node.record().lag == 3);
    node.nodes().goodbye(node.report.incarnation);
    CHECK(node.record().lag == 0);
  });
}

TEST_CASE("a node is behind for as long as the first entry that it has not handled stands there") {
  on_each_store([](TestStore& store) {
    Peer node(store);
    node.log().append(std::vector(2, new_entry("[]")));
    node.beat_at(2);
    CHECK(node.record().behind == 0ms);
    store.pass(1min);
    node.log().append(std::vector(2, new_entry("[]")));
    store.pass(1min);
    CHECK(node.record().behind >= 1min);
    CHECK(node.record().behind < 2min);
    node.beat_at(0);
    CHECK(node.record().behind >= 2min);
    store.execute("UPDATE crierCacheInstruction SET utcStamp = 'soon'");
    CHECK(node.record().behind == 0ms);
    node.nodes().goodbye(node.report.incarnation);
    store.execute("UPDATE crierCacheInstruction SET utcStamp = '2026-01-01 00:00:00'");
    CHECK(node.record().behind == 0ms);
  });
}

TEST_CASE("ages are judged by the database's clock") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer node(store);
    node.beat();
    CHECK(node.record().error_age == 0ms);
    node.report.last_error = "one";
    node.beat();
    store.pass(1h);
    node.beat();
    CHECK(node.record().uptime >= 1h);
    CHECK(node.record().error_age >= 1h);
    CHECK(node.record().beat_age < 1h);
    store.pass(1h);
    CHECK(node.record().beat_age >= 1h);
    CHECK(node.record().uptime < 2h);
    CHECK(node.record().error_age >= 2h);
    node.report.last_error = "another";
    node.beat();
    CHECK(node.record().error_age < 1h);
  });
}

}  // namespace
}  // namespace crier::test
