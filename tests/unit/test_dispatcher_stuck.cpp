// SPDX-License-Identifier: MIT
#include "dispatcher_fixture.hpp"
#include "refresh/dispatcher.hpp"
#include "unit/report_stuck.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>

namespace crier::test {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A poller, number 1, whose thread hangs in `products`; and what others do meanwhile.
struct Stuck : DispatcherFixture {
  std::binary_semaphore entered{0};
  std::binary_semaphore go_on{0};
  std::atomic<int> work = 0;
  std::string error;  // thrown at the end
  std::jthread poller;

  Stuck() {
    dispatcher.connect({.work = [this] { ++work; }, .given_up = [] {}});
  }

  template <class Call>
  void hang(Call call) {
    products->before = [this](const std::string&) {
      entered.release();
      go_on.acquire();
      if (!error.empty()) {
        throw std::runtime_error(error);
      }
    };
    poller = std::jthread(call);
    entered.acquire();
    now += kDeadline;
  }
  void hang_in(std::int64_t entry) {
    hang([this, entry] { apply(Instruction::refresh_by_id(kProducts, entry), entry); });
  }
  void let_go() {
    go_on.release();
    poller.join();
    products->before = nullptr;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Stuck,
                  "Dispatcher: a call that hangs is reported once, and holds up its poller") {
  hang_in(7);
  CHECK(dispatcher.running(1) == "refresher " + kProducts.to_string() + " (products) at entry 7");
  CHECK(dispatcher.running(2).empty());
  CHECK_FALSE(report_stuck(dispatcher, 1, kDeadline + milliseconds(1)));
  CHECK(report_stuck(dispatcher, 1, kDeadline));
  CHECK_FALSE(report_stuck(dispatcher, 1, kDeadline));
  CHECK(reporter.counters().stuck == 1);
  CHECK(position_limit() == 6);
  CHECK(log.take() == Lines{"refresher " + kProducts.to_string() +
                            " (products) is stuck: it has not returned from an instruction of "
                            "entry 7"});
  const auto troubles = dispatcher.troubles();
  REQUIRE(troubles.size() == 1);
  CHECK(troubles[0].state == RefresherState::stuck);
  CHECK(troubles[0].entry == EntryId{7});
  let_go();
  CHECK(observer->record.take() == Lines{"products is stuck", "products is well"});
  CHECK(log.take() == Lines{"refresher " + kProducts.to_string() + " (products) is well again"});
  CHECK(dispatcher.running(1).empty());
  CHECK(position_limit() == -1);
}

TEST_CASE_FIXTURE(Stuck, "Dispatcher: what comes for one that hangs is one full refresh later") {
  hang_in(7);
  CHECK(report_stuck(dispatcher, 1, kDeadline));
  const CallContext second{2, {{7}, {}}};
  dispatcher.apply(Instruction::refresh_by_id(kProducts, 2), 0, source, second);
  dispatcher.apply(Instruction::remove_by_id(kProducts, 3), 0, source, second);
  dispatcher.apply(Instruction::refresh_by_id(kOrders, 1), 0, source, second);
  CHECK(reporter.counters().applied == 1);  // others go on
  dispatcher.run_due(2);
  CHECK_FALSE(dispatcher.next_due());
  CHECK(record.take().empty());
  CHECK(position_limit() == 6);
  CHECK(work == 0);

  let_go();
  CHECK(work == 1);  // the poller that took over does not know of it
  CHECK(position_limit() == 7);
  CHECK(record.take() == Lines{"products refresh 7"});
  dispatcher.run_due(2);
  CHECK(record.take() == Lines{"products all"});
  CHECK(position_limit() == -1);
}

TEST_CASE_FIXTURE(Stuck, "Dispatcher: a call that hangs and then fails is tried again") {
  error = "timed out";
  hang_in(7);
  CHECK(report_stuck(dispatcher, 1, kDeadline));
  let_go();
  CHECK(work == 1);
  CHECK(position_limit() == 6);
  CHECK(run_after(seconds(1)) == Lines{"products refresh 7"});
  CHECK(observer->record.take() == Lines{"products is stuck",
                                         "retry 7 products refresher_threw #1: timed out",
                                         "products is retrying", "products is well"});
}

TEST_CASE_FIXTURE(Stuck, "Dispatcher: a full refresh that hangs") {
  dispatcher.refresh(kProducts, source, caller.position_limit);
  hang([this] { dispatcher.run_due(1); });
  CHECK(dispatcher.running(1) == "refresher " + kProducts.to_string() + " (products) at entry 7");
  CHECK(report_stuck(dispatcher, 1, kDeadline));
  dispatcher.apply(Instruction::refresh_by_id(kProducts, 2), 0, source, {2, {{7}, {}}});
  CHECK(position_limit() == 6);
  go_on.release();
  entered.acquire();  // its thread goes on with what came
  CHECK(work == 1);
  CHECK(position_limit() == 7);
  let_go();
  CHECK(position_limit() == -1);
  CHECK(record.take() == Lines{"products all", "products all"});
}

TEST_CASE_FIXTURE(Stuck, "Dispatcher: a publisher's call that hangs holds up no poller") {
  hang([this] {
    dispatcher.apply(Instruction::refresh_by_id(kProducts, 1), 0, {{}, "me"},
                     {.poller = 0, .position_limit = {{6}, {}}, .alone = false});
  });
  CHECK_FALSE(report_stuck(dispatcher, 1, kDeadline));
  CHECK(reporter.counters().stuck == 1);
  dispatcher.apply(Instruction::refresh_by_id(kProducts, 2), 0, source, caller);
  let_go();
  CHECK(work == 1);
  CHECK(run_after({}) == Lines{"products refresh 1", "products all"});
}

TEST_CASE_FIXTURE(Stuck, "Dispatcher: a callback that hangs has its queue stuck, too") {
  registry.add(std::make_shared<RecordingRefresher>(kUnknown, "told", record),
               WhenStale::callback(seconds(1), [this](const Freshness&) {
                 entered.release();
                 go_on.acquire();
               }));
  dispatcher.act_on_stale(kUnknown, {{5}, now, {}, {}}, caller.position_limit);
  std::stop_source stop;
  hang([this, &stop] { dispatcher.run_due(1, stop.get_token()); });
  CHECK(report_stuck(dispatcher, 1, kDeadline));
  dispatcher.apply(Instruction::refresh_by_id(kUnknown, 2), 0, source, {2, {{7}, {}}});
  work = 0;
  stop.request_stop();  // another poller has taken over
  let_go();
  CHECK(work == 1);  // it is told that there is something to run
  dispatcher.run_due(2);
  CHECK(record.take() == Lines{"told all"});
  CHECK(position_limit() == -1);
}

TEST_CASE_FIXTURE(Stuck, "Dispatcher: closed, a call that returns late tells nobody") {
  hang_in(7);
  CHECK(report_stuck(dispatcher, 1, kDeadline));
  observer->record.take();
  dispatcher.close();
  let_go();
  CHECK(observer->record.take().empty());
  CHECK(reporter.counters().applied == 0);
}

TEST_CASE_FIXTURE(Stuck, "Dispatcher: a stale refresher's callback runs while it is stuck itself") {
  int calls = 0;
  Registry own;
  own.add(products, WhenStale::callback(seconds(1), [&](const Freshness&) { ++calls; }));
  Dispatcher told(own, notifier, reporter, {.retry = {}, .clock = [this] { return now; }});
  hang([&] { told.apply(Instruction::refresh_by_id(kProducts, 7), 0, source, caller); });
  CHECK(report_stuck(told, 1, kDeadline));
  told.act_on_stale(kProducts, {{5}, now, {}, {}}, caller.position_limit);
  CHECK(told.next_due());
  told.run_due(2);
  CHECK(calls == 1);
  CHECK(told.position_limit()->id == EntryId{6});
  let_go();
  CHECK_FALSE(told.position_limit());
}

TEST_CASE_FIXTURE(DispatcherFixture,
                  "Dispatcher: of many calls for one instruction each has the deadline") {
  bool stuck = false;
  products->before = [&](const std::string&) {
    now += kDeadline / 2;
    stuck = stuck || !dispatcher.find_stuck(kDeadline).empty();
  };
  apply(Instruction::refresh_by_ids(kProducts, {1, 2, 3, 4, 5}));
  CHECK_FALSE(stuck);
  now += kDeadline;
  apply(Instruction::refresh_by_ids(kProducts, {6}));
  CHECK(record.size() == 6);
}

}  // namespace crier::test
