// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "contract/peer.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <chrono>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a free lease is taken, and a held one is refused") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    Peer two(store);
    CHECK_FALSE(one.leases().holder());
    const Lease lease = one.hold(1h);
    CHECK(lease.holder == one.report.incarnation);
    CHECK(lease.fencing == 1);
    CHECK(lease.left > 30min);
    CHECK(lease.left <= 1h);

    const Lease seen = two.hold(1h);
    CHECK(seen.holder == one.report.incarnation);
    CHECK(seen.fencing == 1);
    CHECK(seen.left > 30min);
    CHECK(two.leases().holder().value().holder == one.report.incarnation);
    CHECK(two.leases().holder().value().fencing == 1);
  });
}

TEST_CASE("a renewal lasts longer, and keeps its fencing number") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    one.hold(1h);
    store.pass(30min);
    CHECK(one.leases().holder().value().left <= 30min);
    CHECK(one.hold(1h).fencing == 1);
    CHECK(one.leases().holder().value().left > 30min);
  });
}

TEST_CASE("a lease that has expired is taken by another one, with a higher fencing number") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    Peer two(store);
    one.hold(1h);
    store.pass(59min);
    CHECK(two.hold(1h).holder == one.report.incarnation);
    store.pass(2min);
    CHECK_FALSE(two.leases().holder());
    CHECK(two.hold(1h).holder == two.report.incarnation);
    CHECK(two.leases().holder().value().fencing == 2);
    CHECK(one.hold(1h).holder == two.report.incarnation);
  });
}

TEST_CASE("the one whose lease expired gets a higher fencing number too") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    one.hold(1h);
    store.pass(2h);
    CHECK(one.hold(1h).fencing == 2);
  });
}

TEST_CASE("a lease that was given back is free, and its number is not used again") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    Peer two(store);
    one.hold(1h);
    two.leases().release(two.report.incarnation);
    CHECK(one.leases().holder());
    one.leases().release(one.report.incarnation);
    CHECK_FALSE(one.leases().holder());
    CHECK(two.hold(1h).fencing == 2);
    two.leases().release(two.report.incarnation);
    CHECK(two.hold(1h).fencing == 3);
  });
}

TEST_CASE("a clock that was set back does not leave the lease with one that is gone") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    Peer two(store);
    one.hold(1h);
    store.pass(-30min);
    CHECK(two.hold(1h).holder == one.report.incarnation);
    store.pass(-24h);
    CHECK_FALSE(two.leases().holder());
    CHECK(two.hold(1h).fencing == 2);
    CHECK(two.leases().holder().value().left <= 1h);
  });
}

}  // namespace
}  // namespace crier::test
