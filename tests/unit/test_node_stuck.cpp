// SPDX-License-Identifier: MIT
// A node whose refresher does not return.
#include <crier/codec.hpp>
#include <crier/error.hpp>
#include <crier/store.hpp>

#include "support/eventually.hpp"
#include "support/gate.hpp"
#include "unit/node_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// What outlives the node, as everything must that a thread may come back to.
struct Outside {
  Gate gate;
  Record calls;
  Record log;
  std::atomic<int> events = 0;
  std::function<void()> at_refresh_2;
};

// Hangs in refresh(1).
class HangingRefresher final : public CacheRefresher {
 public:
  explicit HangingRefresher(std::shared_ptr<Outside> outside) : outside_(std::move(outside)) {}
  [[nodiscard]] Guid id() const override { return kProducts; }
  [[nodiscard]] std::string_view name() const override { return "hanging"; }
  void refresh_all() override { outside_->calls.add("all"); }
  void refresh(std::int64_t id) override {
    outside_->calls.add("enters " + std::to_string(id));
    if (id == 1) {
      outside_->gate.pass();
    }
    if (id == 2 && outside_->at_refresh_2) {
      outside_->at_refresh_2();
    }
    outside_->calls.add("leaves " + std::to_string(id));
  }
  void refresh(const Guid&) override {}
  void remove(std::int64_t) override {}

 private:
  const std::shared_ptr<Outside> outside_;
};

class CountingObserver final : public Observer {
 public:
  explicit CountingObserver(std::shared_ptr<Outside> outside) : outside_(std::move(outside)) {}
  void on_applied(const Instruction&, const Source&) override { ++outside_->events; }
  void on_refresher_changed(const RefresherTrouble&) override { ++outside_->events; }
  void on_resync(const Resync&) override { ++outside_->events; }
  void on_poll_failed(const std::string&) override { ++outside_->events; }

 private:
  const std::shared_ptr<Outside> outside_;
};

struct StuckFixture : NodeFixture {
  std::shared_ptr<Outside> outside = std::make_shared<Outside>();
  Options quick = quick_options();
  Record record;
  std::weak_ptr<CacheRefresher> refresher;  // gone once no thread has anything of the node left
  std::unique_ptr<Node> node;

  ~StuckFixture() {
    node.reset();
    outside->gate.open();
    CHECK(eventually([&] { return refresher.expired(); }));
  }

  [[nodiscard]] Options quick_options() const {
    Options made = options();
    made.node_name = "a";
    made.poll_interval = 1ms;
    made.heartbeat_interval = 5ms;
    made.lease_duration = 20s;
    made.refresher_deadline = 1h;
    made.stop_deadline = 50ms;
    made.log = [outside = outside](LogLevel, std::string_view text) {
      outside->log.add(std::string(text));
    };
    made.observer = std::make_shared<CountingObserver>(outside);
    return made;
  }
  void start() {
    Registry registry;
    const auto hanging = std::make_shared<HangingRefresher>(outside);
    refresher = hanging;
    registry.add(hanging);
    registry.add(std::make_shared<RecordingRefresher>(kOrders, "orders", record));
    node = std::make_unique<Node>(quick, std::move(registry));
    node->start();
  }
  // As another node does.
  EntryId write(const std::vector<Instruction>& instructions) const {
    return connect()->log().append(std::vector<NewEntry>{{"x", 1, encode(instructions)}});
  }
  void hang() {
    write({Instruction::refresh_by_id(kProducts, 1), Instruction::refresh_by_id(kOrders, 1),
           Instruction::refresh_by_id(kProducts, 2)});
    CHECK(outside->gate.wait_until_entered());
  }
  [[nodiscard]] std::unique_ptr<Connection> connect() const {
    return open_store(options().store)->connect(Access::read_write);
  }
  [[nodiscard]] bool is_logged(const std::string& text) const {
    return std::ranges::any_of(outside->log.lines(), [&](const std::string& line) {
      return line.find(text) != std::string::npos;
    });
  }
};

TEST_CASE_FIXTURE(StuckFixture,
                  "stop() leaves a refresher that hangs, names it, and says goodbye") {
  start();
  hang();
  node->stop();
  CHECK_FALSE(node->running());
  CHECK(is_logged("the thread of the poller was left to itself at stop(): refresher " +
                  kProducts.to_string() + " (hanging) at entry 1 has not returned"));
  CHECK_FALSE(is_logged("keeper"));
  CHECK(connect()->nodes().list().at(0).state == NodeState::stopped);
  CHECK(node->position() == EntryId{0});
  CHECK(node->freshness().applied_through == EntryId{0});
}

TEST_CASE_FIXTURE(StuckFixture,
                  "stop() without time for refreshers ends threads that idle as ever") {
  quick.stop_deadline = 0ms;
  start();
  CHECK(node->wait_applied(write({Instruction::refresh_by_id(kOrders, 1)}), 20s));
  node->stop();
  CHECK_FALSE(is_logged("left to itself"));
  CHECK(connect()->nodes().list().at(0).state == NodeState::stopped);
}

TEST_CASE_FIXTURE(StuckFixture, "a node that is gone calls nothing from a refresher that returns") {
  start();
  write({Instruction::refresh_by_ids(kProducts, {1, 2}), Instruction::refresh_by_id(kOrders, 1)});
  CHECK(outside->gate.wait_until_entered());
  node.reset();
  const int events = outside->events;
  const std::size_t logged = outside->log.size();
  outside->gate.open();
  CHECK(eventually([&] { return refresher.expired(); }));
  CHECK(outside->calls.lines() == Lines{"enters 1", "leaves 1"});
  CHECK(record.lines().empty());
  CHECK(outside->events == events);
  CHECK(outside->log.size() == logged);
}

TEST_CASE_FIXTURE(StuckFixture, "a refresher may stop its node, which may be destroyed at once") {
  quick.stop_deadline = 20s;  // nobody waits for whoever stops
  start();
  outside->at_refresh_2 = [this] { node->stop(); };
  write({Instruction::refresh_by_id(kProducts, 2), Instruction::refresh_by_id(kOrders, 1)});
  CHECK(eventually([&] { return !node->running(); }));
  CHECK(connect()->nodes().list().at(0).state == NodeState::stopped);
  node.reset();
  CHECK(eventually([&] { return refresher.expired(); }));
  CHECK(record.lines().empty());
}

TEST_CASE_FIXTURE(StuckFixture, "past its deadline others go on without it, on another thread") {
  quick.refresher_deadline = 20ms;
  start();
  hang();
  CHECK(eventually([&] { return record.lines() == Lines{"orders refresh 1"}; }));
  CHECK(node->counters().replaced == 1);
  CHECK(node->counters().stuck == 1);
  CHECK(is_logged("the poller was replaced by one on a new thread and connection: refresher " +
                  kProducts.to_string() + " (hanging) at entry 1 has not returned for 20 ms"));
  const Freshness freshness = node->freshness();
  REQUIRE(freshness.troubles.size() == 1);
  CHECK(freshness.troubles[0].state == RefresherState::stuck);
  CHECK(freshness.troubles[0].name == "hanging");
  CHECK(freshness.applied_through == EntryId{0});
  CHECK(eventually([&] {
    const NodeRecord shown = connect()->nodes().list().at(0);
    return shown.poller_alive && shown.troubles.size() == 1;
  }));

  outside->gate.open();
  CHECK(node->wait_applied({1}, 20s));
  CHECK(outside->calls.lines() == Lines{"enters 1", "leaves 1", "all"});
  CHECK(eventually([&] { return node->freshness().proved_at > freshness.proved_at; }));
  CHECK(node->freshness().troubles.empty());
}

TEST_CASE_FIXTURE(StuckFixture, "what hangs from an earlier start is not taken for the poller's") {
  quick.refresher_deadline = 400ms;
  quick.stop_deadline = 1ms;
  start();
  hang();
  node->stop();
  node->start();
  CHECK(eventually([&] { return node->counters().stuck == 1; }));
  const std::uint64_t polls = node->counters().polls;
  CHECK(eventually([&] { return node->counters().polls > polls + 20; }));
  CHECK(node->counters().replaced == 0);
  write({Instruction::refresh_by_id(kOrders, 2)});
  CHECK(eventually([&] { return record.lines() == Lines{"orders refresh 2"}; }));
}

TEST_CASE_FIXTURE(NodeFixture, "freshness: proved with each look, from the start to the end") {
  Member a(options());
  const auto made = a.node->freshness();
  CHECK(made.applied_through == EntryId{0});
  a.node->start();
  CHECK(eventually([&] { return a.node->freshness().proved_at > made.proved_at; }));
  const EntryId id = a.node->cache().refresh(kProducts, 1);
  CHECK(eventually([&] { return a.node->freshness().applied_through == id; }));
  CHECK(a.node->freshness().troubles.empty());
  a.node->stop();
  const auto ended = a.node->freshness();
  CHECK(ended.applied_through == id);
  CHECK(a.node->freshness().proved_at == ended.proved_at);

  Member alone{Options{}};
  alone.node->start();
  CHECK(alone.node->freshness().age == 0ms);
}

}  // namespace
}  // namespace crier::test
