// SPDX-License-Identifier: MIT
// Two of one name whose position is kept: whose caches it stands for is not known.
#include <crier/admin/store.hpp>

#include "contract/peer.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// Owns its position, and has saved it.
struct Owner : Peer {
  explicit Owner(ClusterStore& cluster) : Peer(cluster, "web", "one") {
    beat();
    claim();
    save(kThree);
    cluster.pass(kMoment);
  }
};

// Another one that wants it.
struct Rival : Peer {
  explicit Rival(ClusterStore& cluster) : Peer(cluster, "web", "two") {
    beat();
    cluster.pass(kMoment);
  }
};

void check_contended(Peer& next, bool contended) {
  const PositionClaim claim = next.claim();
  CHECK(claim.owned);
  CHECK(claim.contended == contended);
  CHECK(claim.cursor.has_value() == !contended);
}

TEST_CASE("two that run at once contend, and nobody goes on from there until it is forgotten") {
  on_each_cluster_store([](ClusterStore& store) {
    Owner owner(store);
    {
      Rival rival(store);
      CHECK_FALSE(rival.claim().owned);
      owner.beat();
      CHECK_FALSE(rival.save(kFive));
      CHECK(rival.claim().contended);
      rival.nodes().goodbye(rival.report.incarnation);
    }
    CHECK(owner.save(kFive));
    owner.nodes().goodbye(owner.report.incarnation);

    for (int start = 0; start < 3; ++start) {  // the first crashes before it saves
      Peer next(store, "web", "three");
      check_contended(next, true);
      if (start != 0) {
        CHECK(next.save(kFive));
      }
    }
    owner.nodes().forget("web");
    CHECK(owner.save(kFive));
    check_contended(owner, false);
  });
}

TEST_CASE("a position that was contended for is dropped by the claim") {
  on_each_cluster_store([](ClusterStore& store) {
    Owner owner(store);
    owner.log().append(std::vector<NewEntry>(9, {"test", 1, "[]"}));
    store.pass(72h);
    owner.beat();
    Rival rival(store);
    owner.save({{1}, {}}, true);
    owner.beat();
    rival.save(kFive);
    owner.nodes().goodbye(owner.report.incarnation);
    rival.nodes().goodbye(rival.report.incarnation);
    CHECK(owner.log().prune({}).rows == 0);
    Peer(store, "web", "three").claim();
    CHECK(owner.log().prune({}).held_by.empty());
    CHECK(owner.log().bounds().value().oldest > EntryId{1});
  });
}

TEST_CASE("a claim that is refused is no contention: the owner may be gone") {
  on_each_cluster_store([](ClusterStore& store) {
    const Owner crashed(store);
    Rival next(store);
    CHECK_FALSE(next.claim().owned);
    CHECK_FALSE(next.claim().contended);
    CHECK_FALSE(next.save(kFive));
    store.pass(4 * kInterval);
    check_contended(next, false);
  });
}

// It may have read its caches before the other one moved them on.
TEST_CASE("whose position was moved since one's own first beat is contended for, gone or not") {
  on_each_cluster_store([](ClusterStore& store) {
    Rival slow(store);
    Owner quick(store);
    quick.nodes().goodbye(quick.report.incarnation);
    check_contended(slow, true);
    check_contended(slow, true);
    slow.nodes().goodbye(slow.report.incarnation);
    Rival next(store);
    check_contended(next, true);
  });
}

TEST_CASE("nor need it have beaten: it saves as it stops") {
  on_each_cluster_store([](ClusterStore& store) {
    Owner quick(store);
    Rival slow(store);
    quick.save(kFive);
    quick.nodes().goodbye(quick.report.incarnation);
    check_contended(slow, true);
  });
}

TEST_CASE("who claims its own position again has no rival") {
  on_each_cluster_store([](ClusterStore& store) {
    Owner owner(store);
    owner.beat();
    check_contended(owner, false);
  });
}

// Nothing says what was there when it began.
TEST_CASE("one that has not beaten contends") {
  on_each_cluster_store([](ClusterStore& store) {
    Owner owner(store);
    Peer other(store, "web", "two");
    CHECK_FALSE(other.save(kFive));
    owner.nodes().goodbye(owner.report.incarnation);
    check_contended(other, true);
  });
}

TEST_CASE("one that slept until its beats were forgotten contends") {
  on_each_cluster_store([](ClusterStore& store) {
    Rival slow(store);
    store.pass(4 * kInterval);
    Owner owner(store);
    CHECK(owner.nodes().forget("web") == 1);
    owner.nodes().goodbye(owner.report.incarnation);
    check_contended(slow, true);
  });
}

TEST_CASE("one whose position was taken over contends when it wakes up") {
  on_each_cluster_store([](ClusterStore& store) {
    Owner asleep(store);
    store.pass(4 * kInterval);
    Rival next(store);
    CHECK(next.claim().cursor == kThree);
    CHECK_FALSE(asleep.save(kFive));
    CHECK_FALSE(asleep.save(kFive, true));
    CHECK(next.save(kThree));
    next.nodes().goodbye(next.report.incarnation);
    check_contended(asleep, true);
  });
}

TEST_CASE("a mark stays when the position is taken over") {
  on_each_cluster_store([](ClusterStore& store) {
    Owner owner(store);
    Rival rival(store);
    owner.beat();
    CHECK_FALSE(rival.save(kFive));
    owner.nodes().goodbye(owner.report.incarnation);
    CHECK(rival.save(kFive));
    check_contended(rival, true);
  });
}

}  // namespace
}  // namespace crier::test
