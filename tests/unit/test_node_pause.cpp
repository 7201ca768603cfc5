// SPDX-License-Identifier: MIT
// A whole node that an operator pauses.
#include <crier/admin/store.hpp>
#include <crier/metrics.hpp>

#include "support/eventually.hpp"
#include "unit/node_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

struct PausedNode : NodeFixture {
  Member reader;
  Member writer;
  std::unique_ptr<Store> store;
  std::unique_ptr<Connection> tool;

  explicit PausedNode(std::chrono::milliseconds poll_interval = 1ms)
      : reader(named("reader", poll_interval)), writer(named("writer", poll_interval)) {
    reader.node->start();
    writer.node->start();
    store = open_store(options().store);
    tool = store->connect(Access::read_write);
  }
  [[nodiscard]] Options named(const std::string& name,
                              std::chrono::milliseconds poll_interval) const {
    Options options = this->options();
    options.node_name = name;
    options.poll_interval = poll_interval;
    options.heartbeat_interval = 1h;  // what is heard is not heard by that
    options.lease_duration = 2h;
    return options;
  }
  // As crier pause does.
  void pause(std::chrono::milliseconds duration = 1h) {
    REQUIRE(tool->nodes().pause("reader", duration, "alice") == 1);
    tool->nodes().request_position({}, 1min);
    CHECK(eventually([&] { return stands(); }));
  }
  void resume() {
    CHECK(tool->nodes().resume("reader", "bob") == 1);
    tool->nodes().request_position({}, 1min);
  }
  [[nodiscard]] bool stands() {
    return std::ranges::any_of(tool->nodes().list(), &NodeRecord::stands);
  }
};

TEST_CASE_FIXTURE(PausedNode, "pause: the node is behind, and says so; then it catches up") {
  pause();
  const auto proved = reader.node->freshness().proved_at;
  reader.record.take();
  const EntryId id = writer.node->cache().refresh(kProducts, 42);
  CHECK(reader.node->wait_applied(id, 20ms).end == WaitEnd::timed_out);
  CHECK_FALSE(writer.node->wait_everywhere(id, 20ms));
  CHECK(reader.record.take().empty());
  const Freshness freshness = reader.node->freshness();
  CHECK(freshness.proved_at == proved);
  CHECK(freshness.paused.starts_with("paused by alice for 59 m "));
  CHECK(writer.node->freshness().paused.empty());
  const Health health = reader.node->health();
  CHECK(health.state == HealthState::degraded);
  CHECK(health.reasons == Lines{freshness.paused});
  const Health late = reader.node->health({.max_behind = 2ms});
  CHECK(late.state == HealthState::bad);
  CHECK(late.reasons.size() == 2);
  CHECK(metrics(*reader.node).find("crier_node_paused{node=\"reader\"} 1\n") != std::string::npos);
  // It goes on publishing, and applies that itself.
  const EntryId own = reader.node->cache().refresh(kProducts, 7);
  CHECK(reader.record.take() == Lines{"products refresh 7"});
  CHECK(writer.node->wait_applied(own, 60s));

  resume();
  CHECK(reader.node->wait_applied(id, 60s));
  CHECK(reader.record.take() == Lines{"products refresh 42"});
  CHECK(eventually([&] { return !stands(); }));
  CHECK(writer.node->wait_everywhere(own, 60s));
  CHECK(reader.node->health().state == HealthState::ok);
}

struct SeldomPolls : PausedNode {
  SeldomPolls() : PausedNode(1h) {}
};

TEST_CASE_FIXTURE(SeldomPolls, "pause: it ends with its time, although nobody rings") {
  REQUIRE(tool->nodes().pause("reader", 300ms, "alice") == 1);
  tool->nodes().request_position({}, 1min);
  writer.node->cache().refresh(kProducts, 42);
  CHECK(eventually([&] { return reader.record.lines() == Lines{"products refresh 42"}; }));
}

TEST_CASE_FIXTURE(PausedNode, "pause: a paused node stops, and its next start reads") {
  pause();
  const EntryId id = writer.node->cache().refresh(kProducts, 42);
  reader.node->stop();
  CHECK(reader.node->position() < id);
  CHECK_FALSE(stands());
  reader.node->start();
  const EntryId next = writer.node->cache().refresh(kProducts, 43);
  CHECK(reader.node->wait_applied(next, 60s));
  CHECK(reader.node->freshness().paused.empty());
}

}  // namespace
}  // namespace crier::test
