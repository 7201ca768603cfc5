// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "contract/peer.hpp"
#include "support/entries.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <chrono>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

std::optional<EntryId> send(Peer& leader, std::chrono::milliseconds interval = 1h) {
  return leader.nodes().send_canary(new_entry("[0]", 1, "leader"), interval, leader.fence());
}

TEST_CASE("a canary is an entry of the log that all know of") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer leader(store);
    Peer other(store);
    append(*leader.connection, new_entry("[]"));
    CHECK_FALSE(other.nodes().canary());
    const std::uint64_t mark = other.store->wakeup().mark();
    CHECK(send(leader) == EntryId{2});
    CHECK(other.store->wakeup().wait(mark, 20s));

    const Canary canary = other.nodes().canary().value();
    CHECK(canary.entry == EntryId{2});
    CHECK(canary.age >= 0ms);
    CHECK(canary.age < 30min);
    const Entry entry = other.log().find({2}).value();
    CHECK(entry.originated == "leader");
    CHECK(entry.json_instruction == "[0]");
    store.pass(2h);
    CHECK(other.nodes().canary().value().age >= 2h);
  });
}

TEST_CASE("the next canary follows after the interval, whoever leads then") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer leader(store);
    CHECK(send(leader) == EntryId{1});
    CHECK_FALSE(send(leader));
    store.pass(50min);
    CHECK_FALSE(send(leader));
    leader.leases().release(leader.report.incarnation);
    Peer next(store);
    CHECK_FALSE(send(next));
    store.pass(20min);
    CHECK(send(next) == EntryId{2});
    CHECK_FALSE(send(next));
    CHECK(next.nodes().canary().value().entry == EntryId{2});
    CHECK(send(next, 0ms) == EntryId{3});
  });
}

TEST_CASE("a canary of the future does not keep the next one back") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer leader(store);
    send(leader);
    store.pass(-10h);
    CHECK(leader.nodes().canary().value().age == 0ms);
    CHECK(send(leader) == EntryId{2});
    CHECK_FALSE(send(leader));
  });
}

TEST_CASE("one that does not lead sends no canary") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer leader(store);
    const Fence fence = leader.fence();
    const NewEntry entry = new_entry("[0]");
    CHECK_FALSE(leader.nodes().send_canary(entry, 1h, {fence.holder, fence.number + 1}));
    CHECK_FALSE(leader.nodes().send_canary(entry, 1h, {Guid::random(), fence.number}));
    store.pass(2h);
    CHECK_FALSE(leader.nodes().send_canary(entry, 1h, fence));
    CHECK_FALSE(leader.nodes().canary());
    CHECK(leader.log().newest().id == EntryId{});
  });
}

TEST_CASE("a canary that is not due waits for no writer") {
  on_each_store([](TestStore& store) {
    Peer leader(store);
    send(leader);
    const Fence fence = leader.fence();
    const std::shared_ptr<void> lock = store.lock();
    const auto connection = store.open(10s)->connect(Access::read_write);
    CHECK_FALSE(connection->nodes().send_canary(new_entry("[0]"), 1h, fence));
  });
}

}  // namespace
}  // namespace crier::test
