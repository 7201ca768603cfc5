// SPDX-License-Identifier: MIT
#pragma once

#include "support/gate.hpp"
#include "unit/poller_fixture.hpp"
#include "unit/report_stuck.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <stop_token>
#include <thread>

namespace crier::test {

/// Hangs where it is asked to.
class HangingObserver final : public Observer {
 public:
  explicit HangingObserver(Gate& gate) : gate_(gate) {}

  Record record;
  bool at_failure = false;
  bool at_missed = false;

  void on_failure(const Failure&) override {
    record.add("failed");
    if (at_failure) {
      gate_.pass();
    }
  }
  void on_missed(const Missed& missed, ResyncReason reason) override {
    record.add("missed " + missed.after.to_string() + " to " + missed.through.to_string() + " " +
               std::string(to_string(reason)));
    if (at_missed) {
      gate_.pass();
    }
  }
  void on_resync(const Resync& resync) override {
    record.add("resync " + std::string(to_string(resync.reason)));
  }

 private:
  Gate& gate_;
};

/// A poller that hangs in its thread, and one that takes over from it.
struct TakeoverFixture : PollerFixture {
  Gate gate;
  std::shared_ptr<HangingObserver> ears = std::make_shared<HangingObserver>(gate);
  Reporter ear{ears, [](LogLevel, std::string_view) {}};
  Dispatcher queues{registry, notifier, ear, {.retry = {}, .clock = [this] { return now; }}};
  std::stop_source stop;
  std::unique_ptr<Poller> first = make();
  std::unique_ptr<Poller> next;
  std::jthread thread;

  ~TakeoverFixture() { gate.open(); }

  std::unique_ptr<Poller> make() {
    return std::make_unique<Poller>(store, queues, ear, position, own, progress,
                                    Poller::Settings{10});
  }
  /// The first polls until it hangs.
  void hang() {
    thread = std::jthread([this] { first->step(stop.get_token()); });
    CHECK(gate.wait_until_entered());
  }
  /// Another one goes on, as the watchdog has it.
  Lines take_over() {
    now += std::chrono::minutes(1);
    report_stuck(queues, first->number(), std::chrono::seconds(30));
    stop.request_stop();
    next = make();
    return go_on();
  }
  Lines go_on() {
    next->step({});
    return record.take();
  }
  /// What hung returns, and its poller ends.
  Lines let_go() {
    gate.open();
    thread.join();
    return record.take();
  }
};

}  // namespace crier::test
