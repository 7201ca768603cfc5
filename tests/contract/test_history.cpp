// SPDX-License-Identifier: MIT
#include <crier/admin/history.hpp>

#include "contract/peer.hpp"
#include "support/entries.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace crier::test {
namespace {

EventRecord event(std::string kind, std::string node = "web-1",
                  std::chrono::milliseconds age = {}) {
  EventRecord event;
  event.kind = std::move(kind);
  event.node = std::move(node);
  event.incarnation = Guid::random();
  event.detail = "it did";
  event.age = age;
  return event;
}

std::vector<std::string> kinds(const std::vector<EventRecord>& events) {
  std::vector<std::string> kinds;
  for (const EventRecord& one : events) {
    kinds.push_back(one.kind);
  }
  return kinds;
}

using Kinds = std::vector<std::string>;

TEST_CASE("events are kept as they are told, oldest first") {
  on_each_store([](TestStore& store) {
    Peer peer(store);
    History& history = peer.connection->history();
    const std::vector<EventRecord> told{event("joined"), event("lead", "web-2"), event("back")};
    history.record(told);
    const std::vector<EventRecord> events = history.events({});
    REQUIRE(kinds(events) == Kinds{"migration", "joined", "lead", "back"});
    CHECK(events[1].node == "web-1");
    CHECK(events[1].incarnation == told[0].incarnation);
    CHECK(events[1].detail == "it did");
    CHECK(events[1].utc_stamp.size() == 23);
    CHECK(events[1].id < events[2].id);
    EventQuery query;
    query.node = "web-2";
    CHECK(kinds(history.events(query)) == Kinds{"lead"});
    query.node.clear();
    query.kind = "back";
    CHECK(kinds(history.events(query)) == Kinds{"back"});
    query.kind.clear();
    query.limit = 2;
    CHECK(kinds(history.events(query)) == Kinds{"lead", "back"});
  });
}

TEST_CASE("an event bears the time at which it happened, not that of its record") {
  on_each_store([](TestStore& store) {
    Peer peer(store);
    History& history = peer.connection->history();
    const std::vector<EventRecord> told{event("stuck", "web-1", std::chrono::hours(2)),
                                        event("well")};
    history.record(told);
    EventQuery query;
    query.since = std::chrono::hours(1);
    CHECK(kinds(history.events(query)) == Kinds{"migration", "well"});
    query.since = std::chrono::hours(3);
    CHECK(history.events(query).size() == 3);
  });
}

TEST_CASE("the history keeps the newest events, for who leads") {
  on_each_store([](TestStore& store) {
    Peer peer(store);
    History& history = peer.connection->history();
    const std::vector<EventRecord> many(History::kMaxEvents + 3, event("resync"));
    history.record(many);
    history.forget_old({Guid::random(), 1});
    EventQuery query;
    query.limit = History::kMaxEvents;
    CHECK(history.events(query).front().id > 1);
    store.execute("DELETE FROM crierEvent WHERE id < 3");
    const std::int64_t newest = history.events({}).back().id;
    peer.beat();
    history.forget_old(peer.fence());
    store.execute("DELETE FROM crierEvent WHERE id > " +
                  std::to_string(newest - static_cast<std::int64_t>(History::kMaxEvents) + 1));
    const std::vector<EventRecord> left = history.events(query);
    REQUIRE(left.size() == 1);  // the oldest that was kept
    CHECK(left[0].id == newest - static_cast<std::int64_t>(History::kMaxEvents) + 1);
  });
}

TEST_CASE("that a node fell silent is recorded once, until it beats again") {
  on_each_store([](TestStore& store) {
    Peer looker(store), silent(store, "web-2");
    const auto look = [&](std::chrono::milliseconds watched = std::chrono::hours(100)) {
      return looker.connection->history().record_silent(watched);
    };
    silent.beat_at(7);
    CHECK(look() == 0);
    store.pass(4 * kInterval);
    looker.beat();
    CHECK(look(2 * kInterval) == 0);  // it had no time to be heard
    CHECK(look() == 1);
    CHECK(look() == 0);
    EventQuery query;
    query.kind = "silent";
    const std::vector<EventRecord> events = looker.connection->history().events(query);
    REQUIRE(events.size() == 1);
    CHECK(events[0].node == "web-2");
    CHECK(events[0].incarnation == silent.report.incarnation);
    CHECK(events[0].detail.starts_with("no beat for 144"));  // seconds, and those of this test
    CHECK(events[0].detail.ends_with(" s; it stood at entry 7"));
    silent.beat();
    CHECK(look() == 0);
    store.pass(4 * kInterval);
    looker.beat();
    CHECK(look() == 1);
    silent.nodes().goodbye(silent.report.incarnation);
    store.pass(4 * kInterval);
    looker.beat();
    CHECK(look() == 0);
  });
}

TEST_CASE("refreshers are those of the nodes that are remembered") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store), two(store, "web-2");
    one.beat();
    two.beat();
    History& history = one.connection->history();
    const Guid products = Guid::random(), orders = Guid::random();
    const std::vector<RefresherRecord> both{{.refresher = products, .name = "Products"},
                                            {.refresher = orders, .name = "Orders"}};
    history.declare(one.report, both);
    history.declare(two.report, {both.data(), 1});
    std::vector<RefresherRecord> all = history.refreshers();
    REQUIRE(all.size() == 3);
    const auto of = [&](const Guid& refresher, const std::string& node) {
      return std::ranges::any_of(all, [&](const RefresherRecord& record) {
        return record.refresher == refresher && record.node == node;
      });
    };
    CHECK(of(products, "web-1"));
    CHECK(of(orders, "web-1"));
    CHECK(of(products, "web-2"));
    CHECK(all[0].state == NodeState::live);
    history.declare(one.report, {&both[1], 1});  // in place of what it had said
    all = history.refreshers();
    REQUIRE(all.size() == 2);
    CHECK_FALSE(of(products, "web-1"));
    two.nodes().goodbye(two.report.incarnation);
    all = history.refreshers();
    CHECK(std::ranges::count(all, NodeState::stopped, &RefresherRecord::state) == 1);
    two.nodes().forget("web-2");
    CHECK(history.refreshers().size() == 1);
    history.forget_old(one.fence());
    two.beat();
    CHECK(history.refreshers().size() == 1);
  });
}

}  // namespace
}  // namespace crier::test
