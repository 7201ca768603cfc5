// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "contract/peer.hpp"
#include "contract/prune.hpp"
#include "support/entries.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;
using Outcome = Pruned::Outcome;

// What is older than two days may go; positions count for a week.
constexpr PruneOrder kOrder{};

void write_entries(Peer& peer, std::size_t count) {
  peer.log().append(std::vector(count, new_entry("[]")));
}

std::int64_t oldest(const Peer& peer) { return peer.log().bounds().value().oldest.value; }

void check_nothing(const Pruned& pruned) {
  CHECK(pruned.outcome == Outcome::done);
  CHECK(pruned.rows == 0);
  CHECK(pruned.through == EntryId{});
  CHECK_FALSE(pruned.more);
}

TEST_CASE("old entries are deleted, and young ones stay") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    CHECK(peer.log().pruned_through() == EntryId{});
    check_nothing(prune(peer.log(), kOrder));
    write_entries(peer, 5);
    store.pass(72h);
    write_entries(peer, 3);
    const Pruned pruned = prune(peer.log(), kOrder);
    CHECK(pruned.outcome == Outcome::done);
    CHECK(pruned.rows == 5);
    CHECK(pruned.through == EntryId{5});
    CHECK_FALSE(pruned.more);
    CHECK(pruned.held_by.empty());
    CHECK(all_ids(*peer.connection) == std::vector<std::int64_t>{6, 7, 8});
    CHECK(Peer(store).log().pruned_through() == EntryId{5});
    check_nothing(prune(peer.log(), kOrder));
    CHECK(peer.log().pruned_through() == EntryId{5});
  });
}

TEST_CASE("the newest entry always stays") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    write_entries(peer, 3);
    store.pass(72h);
    CHECK(prune(peer.log(), kOrder).rows == 2);
    CHECK(prune(peer.log(), kOrder).held_by.empty());
    CHECK(all_ids(*peer.connection) == std::vector<std::int64_t>{3});
    CHECK(append(*peer.connection, new_entry("[]")) == EntryId{4});
  });
}

TEST_CASE("a live node is never overtaken, and the row at which it stands stays") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store, "near");
    Peer far(store, "far");
    write_entries(peer, 6);
    store.pass(72h);
    peer.beat_at(5);
    far.beat_at(3);
    const Pruned pruned = prune(peer.log(), kOrder);
    CHECK(pruned.rows == 2);
    CHECK(pruned.through == EntryId{2});
    CHECK(pruned.held_by == "far");
    const Pruned again = prune(peer.log(), kOrder);
    check_nothing(again);
    CHECK(again.held_by == "far");
    far.beat_at(6);
    CHECK(prune(peer.log(), kOrder).through == EntryId{4});
  });
}

TEST_CASE("a node without a position holds back everything") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    write_entries(peer, 3);
    store.pass(72h);
    peer.beat_at(0);
    const Pruned pruned = prune(peer.log(), kOrder);
    check_nothing(pruned);
    CHECK(pruned.held_by == "web-1");
  });
}

TEST_CASE("a node before which nothing old is left holds back nothing") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    write_entries(peer, 2);
    store.pass(72h);
    write_entries(peer, 4);
    peer.beat_at(3);
    const Pruned pruned = prune(peer.log(), kOrder);
    CHECK(pruned.through == EntryId{2});
    CHECK(pruned.held_by.empty());
  });
}

TEST_CASE("a node that is stale or has stopped holds back nothing") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    Peer stopped(store, "web-2");
    write_entries(peer, 3);
    peer.beat_at(1);
    store.pass(72h);
    stopped.beat_at(1);
    stopped.nodes().goodbye(stopped.report.incarnation);
    CHECK(prune(peer.log(), kOrder).rows == 2);
  });
}

TEST_CASE("a kept position holds back pruning until it was not seen for as long as the hard cap") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    write_entries(peer, 4);
    store.pass(72h);
    peer.claim();
    peer.save({{2}, {}});
    CHECK(prune(peer.log(), kOrder).through == EntryId{1});
    store.pass(24h * 6);
    CHECK(prune(peer.log(), kOrder).held_by == "web-1");
    const PruneOrder for_ever{.hard_cap = std::chrono::milliseconds::max()};
    store.pass(24h * 2);
    CHECK(prune(peer.log(), for_ever).held_by == "web-1");
    CHECK(prune(peer.log(), kOrder).through == EntryId{3});
  });
}

TEST_CASE("a claim under which nothing was saved yet holds back nothing") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    write_entries(peer, 3);
    store.pass(72h);
    peer.claim();
    CHECK(prune(peer.log(), kOrder).rows == 2);
  });
}

TEST_CASE("a prune deletes so many rows at the most, and says that there may be more") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    write_entries(peer, 6);
    store.pass(72h);
    for (std::int64_t through = 2; through <= 4; through += 2) {
      const Pruned pruned = prune(peer.log(), {.max_rows = 2});
      CHECK(pruned.rows == 2);
      CHECK(pruned.through == EntryId{through});
      CHECK(pruned.more);
    }
    const Pruned last = prune(peer.log(), {.max_rows = 2});
    CHECK(last.rows == 1);
    CHECK_FALSE(last.more);
    CHECK(peer.log().pruned_through() == EntryId{5});
  });
}

TEST_CASE("one that no longer leads deletes nothing") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    write_entries(peer, 3);
    store.pass(72h);
    const Fence fence = peer.fence();
    for (const Fence& wrong :
         {Fence{fence.holder, fence.number + 1}, Fence{Guid::random(), fence.number}}) {
      CHECK(prune(peer.log(), {.fence = wrong}).outcome == Outcome::not_leader);
    }
    store.pass(2h);
    CHECK(prune(peer.log(), {.fence = fence}).outcome == Outcome::not_leader);
    CHECK(prune(peer.log(), {.fence = fence}).rows == 0);
    CHECK(oldest(peer) == 1);

    peer.beat_at(3);
    const Pruned pruned = prune(peer.log(), {.fence = peer.fence()});
    CHECK(pruned.outcome == Outcome::done);
    CHECK(pruned.rows == 2);
    Peer other(store);
    store.pass(2h);
    other.hold();
    CHECK(prune(peer.log(), {.fence = Fence{fence.holder, 2}}).outcome == Outcome::not_leader);
  });
}

TEST_CASE("a dry run says what would be deleted, from where it is told, and deletes nothing") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    write_entries(peer, 6);
    store.pass(72h);
    const auto reader = store.open()->connect(Access::read_only);
    const Pruned first = reader->log().prune({.max_rows = 3, .dry_run = true});
    CHECK(first.rows == 3);
    CHECK(first.through == EntryId{3});
    CHECK(first.more);
    const Pruned second = reader->log().prune({.dry_run = true, .after = {3}});
    CHECK(second.rows == 2);
    CHECK(second.through == EntryId{5});
    CHECK_FALSE(second.more);
    check_nothing(reader->log().prune({.dry_run = true, .after = {5}}));
    check_nothing(reader->log().prune({.dry_run = true, .after = {100}}));
    CHECK(oldest(peer) == 1);
    CHECK(peer.log().pruned_through() == EntryId{});
    peer.beat_at(3);
    CHECK(reader->log().prune({.dry_run = true}).rows == 2);
    CHECK(reader->log().prune({.dry_run = true}).held_by == "web-1");
  });
}

TEST_CASE("entries from the future are judged by those that follow") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    write_entries(peer, 3);
    store.pass(-1000h);
    check_nothing(prune(peer.log(), kOrder));
    write_entries(peer, 2);
    check_nothing(prune(peer.log(), kOrder));
    store.pass(72h);
    write_entries(peer, 1);
    const Pruned pruned = prune(peer.log(), kOrder);
    CHECK(pruned.rows == 5);
    CHECK(pruned.through == EntryId{5});
  });
}

TEST_CASE("more entries from the future than a prune may delete do not stop it") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    write_entries(peer, 30);
    store.pass(-1000h);
    write_entries(peer, 20);
    CHECK_FALSE(prune(peer.log(), {.max_rows = 2}).more);
    store.pass(72h);
    write_entries(peer, 1);
    std::size_t rows = 0;
    for (bool more = true; more;) {
      const Pruned pruned = prune(peer.log(), {.max_rows = 7});
      CHECK(pruned.rows <= 7);
      rows += pruned.rows;
      more = pruned.more;
    }
    CHECK(rows == 50);
    CHECK(all_ids(*peer.connection) == std::vector<std::int64_t>{51});
  });
}

TEST_CASE("an age beyond all time deletes nothing, and no age all but the newest") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    write_entries(peer, 3);
    store.pass(24h * 365);
    PruneOrder order;
    for (const auto age : {std::chrono::milliseconds::max(),
                           std::chrono::milliseconds(std::chrono::hours(24 * 366 * 3000))}) {
      order.older_than = age;
      check_nothing(prune(peer.log(), order));
    }
    order.older_than = 0ms;
    CHECK(prune(peer.log(), order).rows == 2);
  });
}

}  // namespace
}  // namespace crier::test
