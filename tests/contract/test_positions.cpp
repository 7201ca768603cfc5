// SPDX-License-Identifier: MIT
// Positions that are kept for a node's next start.
#include <crier/store.hpp>

#include "contract/peer.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <sys/wait.h>
#include <unistd.h>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

constexpr Cursor kThree{{3}, {333}};
constexpr Cursor kFive{{5}, {0xffff'ffff'ffff'fff5}};

// The id of a process that has ended.
pid_t gone() {
  const pid_t child = fork();
  if (child == 0) {
    _exit(0);
  }
  waitpid(child, nullptr, 0);
  return child;
}

// One that has stopped after it saved a position.
void keep(ClusterStore& store, const Cursor& cursor, bool goodbye = true) {
  Peer node(store);
  node.beat();
  node.claim();
  node.save(cursor);
  if (goodbye) {
    node.nodes().goodbye(node.report.incarnation);
  }
}

TEST_CASE("the first start under a name finds no position") {
  on_each_cluster_store([](ClusterStore& store) {
    for (int start = 0; start < 2; ++start) {  // the first crashes before it saves
      const PositionClaim claim = Peer(store).claim();
      CHECK(claim.owned);
      CHECK_FALSE(claim.cursor);
    }
  });
}

TEST_CASE("the next start finds the position that was saved") {
  on_each_cluster_store([](ClusterStore& store) {
    keep(store, kFive);
    Peer next(store);
    const PositionClaim claim = next.claim();
    CHECK(claim.owned);
    CHECK(claim.cursor == kFive);
    // A crash before the first save does not lose it.
    CHECK(Peer(store).claim().cursor == kFive);
    CHECK_FALSE(Peer(store, "web-2").claim().cursor);
  });
}

TEST_CASE("a position at the start of an empty log is a position") {
  on_each_cluster_store([](ClusterStore& store) {
    keep(store, {});
    CHECK(Peer(store).claim().cursor == Cursor{});
  });
}

TEST_CASE("a position moves backward after a resync only") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer node(store);
    node.claim();
    CHECK(node.save(kFive));
    CHECK(node.save(kThree));
    CHECK(node.claim().cursor == kFive);
    CHECK(node.save(kThree, true));
    CHECK(node.claim().cursor == kThree);
    CHECK(node.save(kFive));
    CHECK(node.claim().cursor == kFive);
  });
}

TEST_CASE("a position is refused while its owner is live, and granted once that is stale") {
  on_each_cluster_store([](ClusterStore& store) {
    keep(store, kFive, false);
    Peer other(store, "web-1", "two");
    const PositionClaim refused = other.claim();
    CHECK_FALSE(refused.owned);
    CHECK_FALSE(refused.cursor);
    store.pass(4 * kInterval);
    CHECK(other.claim().owned);
  });
}

TEST_CASE("a position of a stale owner is handed on") {
  on_each_cluster_store([](ClusterStore& store) {
    keep(store, kFive, false);
    store.pass(4 * kInterval);
    CHECK(Peer(store, "web-1", "two").claim().cursor == kFive);
  });
}

TEST_CASE("a process that is gone owns nothing, as its successor on the same host can tell") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto claim_after = [&](std::int64_t pid, const std::string& host) {
      Peer owner(store, "p" + std::to_string(pid) + host, "one");
      owner.report.pid = pid;
      owner.beat();
      owner.claim();
      Peer next(store, owner.report.name, host);
      next.report.pid = getpid();
      return next.claim().owned;
    };
    const pid_t ended = gone();
    CHECK(claim_after(ended, "one"));
    CHECK_FALSE(claim_after(ended, "two"));
    CHECK_FALSE(claim_after(getppid(), "one"));
    // A process does not meet itself: it was another one, before the container was started again.
    CHECK(claim_after(getpid(), "one"));
    CHECK_FALSE(claim_after(0, "one"));
    CHECK_FALSE(claim_after(-1, "one"));
    CHECK(claim_after(std::int64_t{1} << 32, "one"));
  });
}

TEST_CASE("after two have contended for a position, the next start refreshes everything") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer owner(store, "web", "one");
    owner.beat();
    owner.claim();
    owner.save(kThree);
    CHECK_FALSE(Peer(store, "web", "two").claim().owned);
    CHECK(owner.save(kFive));
    owner.nodes().goodbye(owner.report.incarnation);

    for (int start = 0; start < 2; ++start) {  // the first crashes before it saves
      Peer next(store, "web", "three");
      const PositionClaim claim = next.claim();
      CHECK(claim.owned);
      CHECK_FALSE(claim.cursor);
    }
    Peer last(store, "web", "four");
    last.claim();
    last.save(kThree);
    CHECK(Peer(store, "web", "five").claim().cursor == kThree);
  });
}

TEST_CASE("one whose position was taken over keeps nothing any more, and both contend") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer asleep(store, "web", "one");
    asleep.beat();
    asleep.claim();
    asleep.save(kThree);
    store.pass(4 * kInterval);
    Peer next(store, "web", "two");
    CHECK(next.claim().cursor == kThree);
    CHECK_FALSE(asleep.save(kFive));
    CHECK_FALSE(asleep.save(kFive, true));
    CHECK(next.save(kThree));
    const PositionClaim claim = Peer(store, "web", "three").claim();
    CHECK(claim.owned);
    CHECK_FALSE(claim.cursor);
  });
}

TEST_CASE("a position is forgotten with the name, unless one is live") {
  on_each_cluster_store([](ClusterStore& store) {
    keep(store, kFive, false);
    Peer operating(store, "other");
    operating.nodes().forget("web-1");
    store.pass(4 * kInterval);
    operating.nodes().forget("web-2");
    CHECK(Peer(store).claim().cursor == kFive);
    operating.nodes().forget("web-1");
    CHECK_FALSE(Peer(store).claim().cursor);
  });
}

TEST_CASE("the leader forgets a position that was not seen for long") {
  on_each_cluster_store([](ClusterStore& store) {
    keep(store, kFive);
    store.pass(10h);
    Peer leader(store, "leader");
    leader.nodes().forget_older(1h, 11h, leader.fence());
    CHECK(Peer(store).claim().cursor == kFive);  // seen now
    leader.nodes().forget_older(1h, 9h, leader.fence());
    CHECK(Peer(store).claim().cursor == kFive);
    store.pass(10h);
    leader.nodes().forget_older(1h, 9h, leader.fence());
    CHECK_FALSE(Peer(store).claim().cursor);
  });
}

}  // namespace
}  // namespace crier::test
