// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/codec.hpp>

#include "support/eventually.hpp"
#include "support/gate.hpp"
#include "unit/node_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crier::test {

/// What outlives the node, as everything must that a thread may come back to.
struct Outside {
  Gate gate;
  Record calls;
  Record log;
  std::atomic<int> events = 0;
  std::function<void()> at_refresh_2;
  std::function<void()> at_refresh_all;
};

/// Hangs in refresh(1).
class HangingRefresher final : public CacheRefresher {
 public:
  explicit HangingRefresher(std::shared_ptr<Outside> outside) : outside_(std::move(outside)) {}
  [[nodiscard]] Guid id() const override { return kProducts; }
  [[nodiscard]] std::string_view name() const override { return "hanging"; }
  void refresh_all() override {
    if (outside_->at_refresh_all) {
      outside_->at_refresh_all();
    }
    outside_->calls.add("all");
  }
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

/// A node whose refresher of products hangs where the test says.
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
    made.poll_interval = std::chrono::milliseconds(1);
    made.heartbeat_interval = std::chrono::milliseconds(5);
    made.lease_duration = std::chrono::seconds(20);
    made.refresher_deadline = std::chrono::hours(1);
    made.stop_deadline = std::chrono::milliseconds(50);
    made.log = [outside = outside](LogLevel, std::string_view text) {
      outside->log.add(std::string(text));
    };
    made.observer = std::make_shared<CountingObserver>(outside);
    return made;
  }
  void make() {
    Registry registry;
    const auto hanging = std::make_shared<HangingRefresher>(outside);
    refresher = hanging;
    registry.add(hanging);
    registry.add(std::make_shared<RecordingRefresher>(kOrders, "orders", record));
    node = std::make_unique<Node>(quick, std::move(registry));
  }
  void start() {
    make();
    node->start();
  }
  /// As another node does.
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

}  // namespace crier::test
