// SPDX-License-Identifier: MIT
// What a node says of its freshness.
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

using Sentences = std::vector<std::string>;

TEST_CASE("a node is listed with the canary it has seen, and with its refreshers' troubles") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer node(store);
    node.beat();
    CHECK(node.record().canary == EntryId{});
    CHECK(node.record().troubles.empty());
    node.report.canary = {12};
    node.report.troubles = {"Prodücts is stuck.", "Prices can't be told"};
    node.beat();
    CHECK(node.record().canary == EntryId{12});
    CHECK(node.record().troubles == Sentences{"Prodücts is stuck.", "Prices can't be told"});
    node.report.troubles.clear();
    node.beat();
    CHECK(node.record().troubles.empty());
  });
}

TEST_CASE("each trouble is one sentence, whatever ends of lines it holds") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer node(store);
    node.report.troubles = {"one\ntwo", "three"};
    node.beat();
    CHECK(node.record().troubles == Sentences{"one two", "three"});
  });
}

TEST_CASE("the age of a node's proof grows until it proves again") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer node(store);
    node.report.proof_age = 2h;
    node.beat();
    CHECK(node.record().proof_age >= 2h);
    CHECK(node.record().proof_age < 3h);
    store.pass(2h);
    CHECK(node.record().proof_age >= 4h);
    node.report.proof_age = 1h;
    node.beat();
    CHECK(node.record().proof_age >= 1h);
    CHECK(node.record().proof_age < 2h);
    store.pass(-2h);  // the clock was set back
    CHECK(node.record().proof_age == 0ms);
  });
}

TEST_CASE("the age of a node's proof has its bounds") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer node(store);
    for (const auto age : {std::chrono::milliseconds::max(), std::chrono::milliseconds::min()}) {
      node.report.proof_age = age;
      node.beat();
      CHECK(node.record().proof_age >= 0ms);
      CHECK(node.record().proof_age < 24h * 400);
      CHECK((node.record().proof_age >= 24h * 366) == (age > 0ms));
    }
  });
}

}  // namespace
}  // namespace crier::test
