// SPDX-License-Identifier: MIT
// Positions that are kept for a node's next start.
#include <crier/admin/store.hpp>

#include "base/process.hpp"
#include "contract/peer.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// What stands for a process that has ended.
std::string gone() {
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  const pid_t child = fork();
  if (child == 0) {
    const std::string self = this_process();
    _exit(write(ends[1], self.data(), self.size()) > 0 ? 0 : 1);
  }
  waitpid(child, nullptr, 0);
  std::array<char, 256> text{};
  const auto size = read(ends[0], text.data(), text.size());
  REQUIRE(size > 0);
  close(ends[0]);
  close(ends[1]);
  return {text.data(), static_cast<std::size_t>(size)};
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

// By one that starts, and ends without a save.
PositionClaim claim(ClusterStore& store, const std::string& name = "web-1",
                    const std::string& host = "one") {
  Peer node(store, name, host);
  node.beat();
  const PositionClaim claim = node.claim();
  node.nodes().goodbye(node.report.incarnation);
  return claim;
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
    const PositionClaim next = claim(store);
    CHECK(next.owned);
    CHECK(next.cursor == kFive);
    // A crash before the first save does not lose it.
    CHECK(claim(store).cursor == kFive);
    CHECK_FALSE(claim(store, "web-2").cursor);
  });
}

TEST_CASE("a position at the start of an empty log is a position") {
  on_each_cluster_store([](ClusterStore& store) {
    keep(store, {});
    CHECK(claim(store).cursor == Cursor{});
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
    CHECK(claim(store, "web-1", "two").cursor == kFive);
  });
}

TEST_CASE("a process that is gone owns nothing, where its successor can tell") {
  on_each_cluster_store([](ClusterStore& store) {
    int names = 0;
    const auto claim_after = [&](const std::string& process) {
      Peer owner(store, "p" + std::to_string(++names));
      Peer(store, owner.report.name).claim();  // and ended without a beat
      owner.report.process = process;
      owner.beat();
      owner.claim();
      return Peer(store, owner.report.name).claim().owned;
    };
    CHECK(claim_after(gone()));
    CHECK_FALSE(claim_after(this_process()));
    CHECK_FALSE(claim_after(""));
    CHECK_FALSE(claim_after("on another machine"));
  });
}

TEST_CASE("a position of an owner that is no longer live is taken over with the first save") {
  on_each_cluster_store([](ClusterStore& store) {
    keep(store, kFive, false);
    Peer next(store);
    next.report.process = gone();
    next.beat();
    CHECK_FALSE(next.claim().owned);
    CHECK_FALSE(next.save(kThree));
    store.pass(4 * kInterval);
    next.beat();
    CHECK(next.save(kThree));  // not compared with another node's
    CHECK(next.save({{4}, {}}));
    CHECK(next.save(kThree));
    // It is known which process that was.
    CHECK(claim(store).cursor == Cursor{{4}, {}});
  });
}

TEST_CASE("a position is forgotten with the name, unless one is live") {
  on_each_cluster_store([](ClusterStore& store) {
    keep(store, kFive, false);
    Peer operating(store, "other");
    operating.nodes().forget("web-1");
    store.pass(4 * kInterval);
    operating.nodes().forget("web-2");
    CHECK(claim(store).cursor == kFive);
    operating.nodes().forget("web-1");
    CHECK_FALSE(claim(store).cursor);
  });
}

TEST_CASE("the leader forgets a position that was not seen for long") {
  on_each_cluster_store([](ClusterStore& store) {
    keep(store, kFive);
    store.pass(10h);
    Peer leader(store, "leader");
    leader.nodes().forget_older(1h, 11h, leader.fence());
    CHECK(claim(store).cursor == kFive);  // seen now
    leader.nodes().forget_older(1h, 9h, leader.fence());
    CHECK(claim(store).cursor == kFive);
    store.pass(10h);
    leader.nodes().forget_older(1h, 9h, leader.fence());
    CHECK_FALSE(claim(store).cursor);
  });
}

}  // namespace
}  // namespace crier::test
