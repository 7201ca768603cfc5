// SPDX-License-Identifier: MIT
// How an operator has a node read no further, and how the node hears of it.
#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#include "contract/peer.hpp"
#include "support/errors.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a pause is heard with the next beat and the next answer") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer node(store);
    Peer tool(store, "tool");
    CHECK(node.beat().pause.until == 0ms);
    CHECK(tool.nodes().pause("web-1", 10min, "alice") == 1);
    const PauseOrder heard = node.beat().pause;
    CHECK(heard.until > 0ms);
    CHECK(heard.left > 5min);
    CHECK(heard.left <= 10min);
    CHECK(heard.by == "alice");
    const auto answered = node.nodes().publish_position(node.report);
    REQUIRE(answered);
    CHECK(answered->until == heard.until);
    CHECK(answered->left <= heard.left);
    CHECK(answered->by == "alice");
    CHECK(node.record().paused_for > 5min);
    CHECK(node.record().paused_by == "alice");
    CHECK_FALSE(node.record().stands);
    node.report.stands = true;
    CHECK(node.nodes().publish_position(node.report));
    CHECK(node.record().stands);
    node.report.stands = false;
    node.beat();
    CHECK_FALSE(node.record().stands);
    node.report.stands = true;
    node.beat();
    CHECK(node.record().stands);
    CHECK(tool.nodes().resume("web-1", "bob") == 1);
    CHECK(tool.nodes().resume("web-1", "bob") == 0);
    const PauseOrder over = node.beat().pause;
    CHECK(over.until == 0ms);
    CHECK(over.left == 0ms);
    CHECK(over.by == "bob");
    CHECK(node.record().paused_for == 0ms);
  });
}

TEST_CASE("a pause is of live nodes of one name, and of one start") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    Peer namesake(store);
    Peer other(store, "web-2");
    Peer stopped(store, "web-3");
    Peer silent(store, "web-4");
    for (Peer* peer : {&one, &namesake, &other, &stopped, &silent}) {
      peer->beat();
    }
    stopped.nodes().goodbye(stopped.report.incarnation);
    silent.report.interval = 1ms;
    silent.beat();
    store.pass(1min);
    for (Peer* peer : {&one, &namesake, &other}) {
      peer->beat();
    }
    CHECK(one.nodes().pause("web-1", 1h, "alice") == 2);
    CHECK(one.nodes().pause("web-3", 1h, "alice") == 0);
    CHECK(one.nodes().pause("web-4", 1h, "alice") == 0);
    CHECK(one.nodes().pause("nobody", 1h, "alice") == 0);
    CHECK(other.beat().pause.until == 0ms);
    CHECK(namesake.beat().pause.until > 0ms);
    one.report.incarnation = Guid::random();
    CHECK(one.beat().pause.until == 0ms);
    CHECK(other.nodes().pause("web-2", 1h, "alice") == 1);
    CHECK(one.nodes().resume("", "bob") == 3);
    CHECK(namesake.beat().pause.until == 0ms);
  });
}

TEST_CASE("a pause ends with its time, and may be made longer or shorter") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer node(store);
    node.beat();
    CHECK(node.nodes().pause("web-1", 10min, "alice") == 1);
    const PauseOrder first = node.beat().pause;
    CHECK(node.nodes().pause("web-1", 30min, "bob") == 1);
    const PauseOrder longer = node.beat().pause;
    CHECK(longer.until > first.until);
    CHECK(longer.by == "bob");
    store.pass(29min);
    CHECK(node.record().paused_for <= 1min);
    CHECK(node.record().paused_for > 0ms);
    store.pass(1min);
    CHECK(node.record().paused_for == 0ms);
    CHECK(node.beat().pause.left == 0ms);
    CHECK(node.nodes().resume("web-1", "carol") == 0);
  });
}

TEST_CASE("a pause that is no time, or too long, is refused") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer node(store);
    node.beat();
    for (const auto duration :
         {0ms, -1ms, std::chrono::milliseconds(24h) + 1ms, std::chrono::milliseconds::max(),
          std::chrono::milliseconds::min()}) {
      CHECK(error_of([&] { node.nodes().pause("web-1", duration, "x"); }).invalid_argument());
    }
    CHECK(node.beat().pause.until == 0ms);
    CHECK(node.nodes().pause("web-1", 24h, "") == 1);
    CHECK(node.beat().pause.by.empty());
    CHECK(node.nodes().pause("web-1", 1ms, std::string("\xff\n'") + '\0') == 1);
    CHECK(node.nodes().resume("web-1", std::string(100'000, 'x')) <= 1);
  });
}

}  // namespace
}  // namespace crier::test
