// SPDX-License-Identifier: MIT
// How far nodes were, as the history keeps it.
#include <crier/admin/history.hpp>

#include "contract/peer.hpp"
#include "support/entries.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using Marks = std::vector<ProgressMark>;

ProgressMark mark(std::int64_t position, std::int64_t at) {
  return {{position}, std::chrono::milliseconds(at)};
}

void record(Peer& peer, const Marks& marks, bool anew = false) {
  peer.connection->history().record_progress(peer.report, marks, anew);
}

// What a node has told of an entry.
Passage passage(const Peer& peer, std::int64_t entry) {
  for (const Passage& one : peer.connection->history().passages({entry})) {
    if (one.incarnation == peer.report.incarnation) {
      return one;
    }
  }
  FAIL("the node is not there");
  return {};
}

TEST_CASE("progress: the marks around an entry are found, of each start by itself") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store), two(store, "web-2");
    for (int i = 0; i < 9; ++i) {
      append(*one.connection, new_entry("[]"));
    }
    const std::chrono::milliseconds at = one.beat_at(7).at;
    two.beat_at(4);
    record(one, {mark(2, 1000), mark(3, 1500)}, true);
    record(one, {mark(7, 2000)});
    record(two, {mark(4, 1700)}, true);
    const Passage of_five = passage(one, 5);
    CHECK(of_five.before == mark(3, 1500));
    CHECK(of_five.after == mark(7, 2000));
    CHECK(of_five.position == EntryId{7});
    CHECK(of_five.newest == EntryId{9});
    CHECK(of_five.beat == at);
    CHECK(passage(one, 7).before == mark(3, 1500));  // the entry itself was handled there
    CHECK(passage(one, 7).after == mark(7, 2000));
    CHECK(passage(one, 2).before == std::nullopt);
    CHECK(passage(one, 2).after == mark(2, 1000));
    CHECK(passage(one, 8).before == mark(7, 2000));
    CHECK(passage(one, 8).after == std::nullopt);
    CHECK(passage(two, 5).before == mark(4, 1700));
    CHECK(passage(two, 5).after == std::nullopt);
    CHECK(passage(two, 5).position == EntryId{4});
  });
}

TEST_CASE("progress: a position keeps its first mark, and another log begins anew") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    peer.beat_at(9);
    record(peer, {mark(5, 1000)}, true);
    record(peer, {mark(9, 2000)});
    record(peer, {mark(9, 3000)});
    CHECK(passage(peer, 8).after == mark(9, 2000));
    record(peer, {mark(3, 4000), mark(4, 5000)}, true);
    CHECK(passage(peer, 4).before == mark(3, 4000));
    CHECK(passage(peer, 4).after == mark(4, 5000));
    CHECK(passage(peer, 9).before == mark(4, 5000));
    CHECK(passage(peer, 9).after == std::nullopt);
  });
}

TEST_CASE("progress: of each name the newest marks are kept, and where each start began") {
  on_each_store([](TestStore& store) {
    Peer earlier(store), peer(store), other(store, "web-2");
    earlier.beat();
    peer.beat();
    other.beat();
    record(other, {mark(1, 1), mark(2, 2)}, true);
    record(earlier, {mark(10, 3), mark(20, 4)}, true);
    Marks many;
    constexpr std::int64_t kMost = History::kMaxMarks;
    for (std::int64_t i = 1; i <= kMost + 5; ++i) {
      many.push_back(mark(10 * i, 100 + i));
    }
    record(peer, many, true);
    Peer again(store);  // the first mark of a connection looks for what is too much
    again.report = peer.report;
    record(again, {mark(10 * (kMost + 6), 100 + kMost + 6)});
    CHECK(passage(earlier, 15).before == mark(10, 3));
    CHECK(passage(earlier, 15).after == std::nullopt);  // too old
    CHECK(passage(peer, 11).before == mark(10, 101));   // where it began
    CHECK(passage(peer, 11).after == mark(70, 107));    // of 2,006 the seventh
    CHECK(passage(other, 2).before == mark(1, 1));      // of another name
    CHECK(passage(other, 2).after == mark(2, 2));
  });
}

TEST_CASE("progress: the marks of a node that is forgotten go, for who leads") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer gone(store), leader(store, "web-2");
    gone.beat_at(5);
    leader.beat_at(5);
    record(gone, {mark(5, 1000)}, true);
    record(leader, {mark(5, 1000)}, true);
    gone.nodes().goodbye(gone.report.incarnation);
    leader.nodes().forget("web-1");
    const auto is_there = [&] {
      gone.beat();  // it would find them again
      return passage(gone, 5).after.has_value();
    };
    leader.connection->history().forget_old({Guid::random(), 1});
    CHECK(is_there());
    gone.nodes().goodbye(gone.report.incarnation);
    leader.nodes().forget("web-1");
    leader.connection->history().forget_old(leader.fence());
    CHECK_FALSE(is_there());
    CHECK(passage(leader, 5).after == mark(5, 1000));
  });
}

}  // namespace
}  // namespace crier::test
