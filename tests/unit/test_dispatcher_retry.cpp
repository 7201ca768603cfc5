// SPDX-License-Identifier: MIT
#include <crier/admin/failures.hpp>
#include <crier/codec.hpp>

#include "dispatcher_fixture.hpp"
#include "refresh/dispatcher.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

namespace crier::test {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE_FIXTURE(DispatcherFixture, "Dispatcher: an instruction that fails is tried again") {
  products_fail();
  apply(Instruction::refresh_by_id(kProducts, 1));
  CHECK(position_limit() == 6);
  REQUIRE(dispatcher.next_due());
  CHECK(*dispatcher.next_due() > now);
  CHECK(run_after({}).empty());  // not yet
  products->before = nullptr;
  CHECK(run_after(milliseconds(63)) == Lines{"products refresh 1"});
  CHECK(position_limit() == -1);
  CHECK_FALSE(dispatcher.next_due());
  CHECK(observer->record.take() == Lines{"retry 7 products refresher_threw #1: no row",
                                         "products is retrying", "products is well"});
  CHECK(quarantined().empty());
  CHECK(reporter.counters().retries == 1);
  CHECK(reporter.counters().applied == 1);
  CHECK(reporter.counters().failed == 0);
}

TEST_CASE_FIXTURE(DispatcherFixture, "Dispatcher: given up, then fully refreshed, alone") {
  products->before = [](const std::string& what) {
    if (what != "all") {
      throw std::runtime_error("no row");
    }
  };
  const Instruction instruction = Instruction::refresh_by_ids(kProducts, {1});
  dispatcher.apply(instruction, 3, source, caller);
  apply(Instruction::refresh_by_id(kOrders, 1), 8);  // others go on meanwhile
  CHECK(reporter.counters().applied == 1);
  CHECK(run_after(seconds(1)).empty());
  CHECK(run_after(seconds(1)).empty());
  observer->record.take();
  CHECK(run_after(seconds(1)) == Lines{"products all"});
  CHECK(observer->record.take() ==
        Lines{"failed 7 products refresher_threw #4: no row", "products is well"});
  CHECK(position_limit() == -1);
  CHECK(reporter.counters().retries == 3);
  CHECK(reporter.counters().failed == 1);

  const auto records = quarantined();
  REQUIRE(records.size() == 1);
  const FailureRecord& given_up = records[0];
  CHECK(given_up.kind == FailureKind::refresher_threw);
  CHECK(given_up.entry == EntryId{7});
  CHECK(given_up.index == 3);
  CHECK(given_up.originated == "other");
  CHECK(given_up.refresher == kProducts);
  CHECK(given_up.name == "products");
  CHECK(given_up.attempts == 4);
  CHECK(given_up.error == "no row");
  CHECK(given_up.json_instruction == encode({&instruction, 1}));
}

TEST_CASE_FIXTURE(DispatcherFixture, "Dispatcher: later instructions wait their turn, in order") {
  products_fail();
  apply(Instruction::refresh_by_id(kProducts, 1), 7);
  products->before = nullptr;
  apply(Instruction::refresh_by_id(kProducts, 2), 8);
  apply(Instruction::remove_by_id(kProducts, 1), 9);
  CHECK(record.take().empty());
  CHECK(position_limit() == 6);
  CHECK(run_after(milliseconds(63)) ==
        Lines{"products refresh 1", "products refresh 2", "products remove 1"});
  CHECK(position_limit() == -1);
  apply(Instruction::refresh_by_id(kProducts, 3), 10);
  CHECK(record.take() == Lines{"products refresh 3"});  // at once again
}

TEST_CASE_FIXTURE(DispatcherFixture, "Dispatcher: a full refresh that fails makes it stale") {
  products_fail();
  dispatcher.refresh(kProducts, source, caller.position_limit);
  run_after({});
  run_after(seconds(2));
  CHECK(run_after({}).empty());  // not yet again
  CHECK(observer->record.take() == Lines{"retry 7 products refresher_threw #1: no row",
                                         "products is stale",
                                         "retry 7 products refresher_threw #2: no row"});
  const auto troubles = dispatcher.troubles();
  REQUIRE(troubles.size() == 1);
  CHECK(troubles[0].name == "products");
  CHECK(troubles[0].state == RefresherState::stale);
  CHECK(troubles[0].what == "no row");
  CHECK(position_limit() == 6);
  CHECK(quarantined().empty());  // it is no instruction
  products->before = nullptr;
  CHECK(run_after(seconds(3)) == Lines{"products all"});
  CHECK(observer->record.take() == Lines{"products is well"});
  CHECK(dispatcher.troubles().empty());
}

TEST_CASE_FIXTURE(DispatcherFixture, "Dispatcher: the fallback has a queue for each GUID") {
  const Guid other = Guid::parse("aaaaaaaa-9999-4999-8999-999999999999").value();
  const auto fallback = std::make_shared<RecordingFallback>(record);
  registry.set_fallback(fallback);
  fallback->before = [] { throw std::runtime_error("no row"); };
  apply(Instruction::remove_by_id(kUnknown, 1));
  fallback->before = [] {};
  apply(Instruction::remove_by_id(kUnknown, 2), 8);
  apply(Instruction::remove_by_id(other, 1), 9);
  CHECK(record.take() == Lines{"fallback remove_by_id of entry 9 by other"});
  fallback->before = [] { throw std::runtime_error("no row"); };
  run_after(seconds(1));
  run_after(seconds(1));
  run_after(seconds(1));
  CHECK(quarantined().size() == 1);
  fallback->before = [] {};
  // Nobody has registered it: it is refreshed once by itself, and then with all the others.
  CHECK(run_after(seconds(2)) == Lines{"fallback all"});
  CHECK(position_limit() == -1);
}

TEST_CASE_FIXTURE(DispatcherFixture, "Dispatcher: what could not be read refreshes its refresher") {
  dispatcher.give_up({FailureKind::unreadable, source, 2, kProducts, {}, "no JSON"},
                     caller.position_limit, "[7]");
  CHECK(position_limit() == 6);
  CHECK(run_after({}) == Lines{"products all"});
  dispatcher.give_up({FailureKind::unreadable, source, 0, {}, {}, "no JSON"}, caller.position_limit,
                     {});
  CHECK(position_limit() == -1);  // of nobody in particular
  const auto records = quarantined();
  REQUIRE(records.size() == 2);
  CHECK(records[0].index == 2);
  CHECK(records[0].error == "no JSON");
  CHECK(records[0].json_instruction == "[7]");
  CHECK(records[1].refresher.empty());
}

TEST_CASE_FIXTURE(DispatcherFixture, "Dispatcher: what could not be read may name nobody here") {
  dispatcher.give_up({FailureKind::unreadable, source, 0, kUnknown, {}, "no JSON"},
                     caller.position_limit, {});
  dispatcher.refresh(kUnknown, source, caller.position_limit);
  CHECK(position_limit() == -1);
  CHECK_FALSE(dispatcher.next_due());
  run_after({});
  CHECK(quarantined().size() == 1);
}

TEST_CASE_FIXTURE(DispatcherFixture, "Dispatcher: nothing more is run once a stop is requested") {
  std::stop_source stop;
  products->before = [&](const std::string&) { stop.request_stop(); };
  registry.add(std::make_shared<RecordingRefresher>(kUnknown, "last", record));
  dispatcher.refresh_everything(source, caller.position_limit);
  dispatcher.run_due(1, stop.get_token());
  CHECK(record.take() == Lines{"products all"});
  CHECK(position_limit() == 6);
  CHECK(run_after({}) == Lines{"last all"});
  CHECK(position_limit() == -1);
}

TEST_CASE_FIXTURE(DispatcherFixture, "Dispatcher: the bells say what nobody waits for") {
  int work = 0;
  int given_up = 0;
  dispatcher.connect({.work = [&] { ++work; }, .given_up = [&] { ++given_up; }});
  products_fail();
  SUBCASE("a publisher's failure: the poller does not know of it") {
    dispatcher.apply(Instruction::refresh_by_id(kProducts, 1), 0, source,
                     {.poller = 0, .position_limit = caller.position_limit, .alone = false});
    CHECK(work == 1);
  }
  SUBCASE("the poller knows of its own") {
    apply(Instruction::refresh_by_id(kProducts, 1));
    CHECK(work == 0);
  }
  CHECK(given_up == 0);
  for (int i = 0; i < 3; ++i) {
    run_after(seconds(1));
  }
  CHECK(given_up == 1);
}

TEST_CASE_FIXTURE(DispatcherFixture, "Dispatcher: WhenStale::flush is a full refresh") {
  int work = 0;
  dispatcher.connect({.work = [&] { ++work; }, .given_up = [] {}});
  dispatcher.act_on_stale(kProducts, {{5}, now, {}, {}}, caller.position_limit);
  CHECK(work == 1);
  CHECK(position_limit() == 6);
  CHECK(run_after({}) == Lines{"products all"});
  CHECK(position_limit() == -1);
}

TEST_CASE_FIXTURE(DispatcherFixture, "Dispatcher: WhenStale's callback is told how fresh it was") {
  bool throws = false;
  const auto call = [&](const Freshness& freshness) {
    record.add("stale at " + freshness.applied_through.to_string());
    if (throws) {
      throw std::runtime_error("oh");
    }
  };
  registry.add(std::make_shared<RecordingRefresher>(kUnknown, "told", record),
               WhenStale::callback(seconds(1), call));
  dispatcher.act_on_stale(kUnknown, {{5}, now, {}, {}}, caller.position_limit);
  CHECK(record.take().empty());   // not on this thread
  CHECK(position_limit() == -1);  // it holds nothing back
  CHECK(run_after({}) == Lines{"stale at 5"});
  CHECK(run_after({}).empty());
  CHECK(log.take().empty());

  throws = true;
  dispatcher.act_on_stale(kUnknown, {{6}, now, {}, {}}, caller.position_limit);
  CHECK(run_after({}) == Lines{"stale at 6"});
  CHECK(log.take() == Lines{"the function for a stale refresher failed: oh"});
  CHECK(observer->record.take().empty());
  CHECK_FALSE(dispatcher.next_due());
}

}  // namespace crier::test
