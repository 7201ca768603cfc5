// SPDX-License-Identifier: MIT
#include <crier/instruction.hpp>

#include "refresh/refresher_queues.hpp"
#include "support/recording.hpp"
#include "unit/report_stuck.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace crier::test {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Waiting full(const Guid& refresher) { return {Instruction::refresh_all(refresher), 0, {}, {}, {}}; }

struct Fixture {
  RefresherQueues queues{RetryPolicy()};
  RefresherQueues::Time now = std::chrono::steady_clock::now();
  const Instruction products = Instruction::refresh_by_id(kProducts, 1);
  const Instruction orders = Instruction::refresh_by_id(kOrders, 1);

  std::optional<RefresherQueues::Running> begin(const Instruction& instruction, std::int64_t entry,
                                                std::uint64_t runner = 1) {
    return queues.begin(instruction.refresher, instruction, 0, {{entry}, "other"},
                        {{entry - 1}, {}}, runner, now);
  }
  RefresherQueues::Ended fail(const Instruction& instruction, std::int64_t entry) {
    auto call = begin(instruction, entry);
    REQUIRE(call);
    return call->end("no row", now);
  }
  // What is due next, when it is due.
  RefresherQueues::Due take(std::uint64_t runner = 1) {
    REQUIRE(queues.next_due());
    now = std::max(now, *queues.next_due());
    auto due = queues.take(runner, now);
    REQUIRE(due);
    return std::move(*due);
  }
  [[nodiscard]] std::int64_t position_limit() const {
    return queues.position_limit() ? queues.position_limit()->id.value : -1;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "RefresherQueues: a call that goes well leaves nothing behind") {
  auto call = begin(products, 7);
  REQUIRE(call);
  const RefresherQueues::Ended ended = call->end({}, now);
  CHECK(ended.outcome == RefresherQueue::Outcome::well);
  CHECK_FALSE(ended.change);
  CHECK_FALSE(ended.waits);
  CHECK_FALSE(ended.was_stuck);
  CHECK_FALSE(queues.position_limit());
  CHECK_FALSE(queues.next_due());
  CHECK_FALSE(queues.running(1));
  CHECK(queues.troubles().empty());
}

TEST_CASE_FIXTURE(Fixture,
                  "RefresherQueues: a call that fails comes back as a job with all that it was") {
  const RefresherQueues::Ended ended = fail(products, 7);
  CHECK(ended.outcome == RefresherQueue::Outcome::again);
  CHECK(ended.attempts == 1);
  CHECK(ended.waits);
  REQUIRE(ended.change);
  CHECK(ended.change->refresher == kProducts);
  CHECK(ended.change->state == RefresherState::retrying);
  CHECK(ended.change->entry == EntryId{7});
  CHECK(ended.change->what == "no row");
  CHECK_FALSE(queues.take(1, now));  // not yet due
  RefresherQueues::Due due = take();
  CHECK(due.queue == kProducts);
  CHECK(due.job.waiting.instruction == products);
  CHECK(due.job.waiting.originated == "other");
  CHECK_FALSE(queues.take(1, now));  // one at a time
}

TEST_CASE_FIXTURE(Fixture,
                  "RefresherQueues: a call that is left in the middle has failed, a job as well") {
  CHECK(begin(products, 7));
  REQUIRE(queues.troubles().size() == 1);
  CHECK(queues.troubles()[0].what == "the call was left in the middle");
  CHECK_FALSE(queues.running(1));
  take();
  CHECK_FALSE(queues.running(1));
  CHECK(queues.troubles()[0].state == RefresherState::retrying);
  CHECK(take().job.waiting.instruction == products);
}

TEST_CASE_FIXTURE(Fixture,
                  "RefresherQueues: a call that is not made after all leaves nothing behind") {
  begin(products, 7)->cancel(now);
  CHECK(queues.troubles().empty());
  CHECK_FALSE(queues.running(1));
  CHECK_FALSE(queues.next_due());
}

TEST_CASE_FIXTURE(Fixture, "RefresherQueues: a change of state is told once, and so is its end") {
  fail(products, 7);
  CHECK_FALSE(begin(products, 8));  // it waits its turn
  CHECK_FALSE(take().call.end("no row", now).change);
  REQUIRE(queues.troubles().size() == 1);
  const auto well = take().call.end({}, now).change;
  REQUIRE(well);
  CHECK(well->state == RefresherState::well);
  CHECK(well->what.empty());
  CHECK(queues.troubles().empty());
  CHECK_FALSE(take().call.end({}, now).change);  // entry 8
}

TEST_CASE_FIXTURE(
    Fixture, "RefresherQueues: a queue is forgotten when it is done, and calls go past it again") {
  fail(products, 7);
  take().call.end({}, now);
  CHECK_FALSE(queues.next_due());
  CHECK_FALSE(queues.position_limit());
  CHECK(begin(products, 8));
}

TEST_CASE_FIXTURE(Fixture, "RefresherQueues: one that is not well holds up no other") {
  fail(products, 9);
  const auto passes = begin(orders, 10);
  CHECK(passes);
  const Instruction all = Instruction::refresh_all(kUnknown);
  const auto unknown = begin(all, 10);
  CHECK(unknown);
  CHECK_FALSE(begin(products, 10));
  fail(orders, 5);
  CHECK(position_limit() == 4);  // the least of all queues
  CHECK(queues.troubles().size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "RefresherQueues: the first that is due comes first") {
  fail(products, 7);
  now += milliseconds(10);
  fail(orders, 8);
  queues.refresh(kOrders, full(kOrders), now);
  CHECK(*queues.next_due() == now);
  const RefresherQueues::Due first = take();
  CHECK(first.queue == kOrders);
  CHECK(take().queue == kProducts);
}

TEST_CASE_FIXTURE(Fixture,
                  "RefresherQueues: a full refresh and a notice are jobs, and no trouble") {
  int calls = 0;
  CHECK_FALSE(queues.refresh(kProducts, full(kProducts), now));
  queues.notice(kOrders, [&] { ++calls; });
  CHECK(queues.troubles().empty());
  RefresherQueues::Due notice = take();
  REQUIRE(notice.job.kind == Job::Kind::notice);
  notice.job.notice();
  CHECK(calls == 1);
  notice.call.end({}, now);
  RefresherQueues::Due full = take();
  CHECK(full.job.kind == Job::Kind::full_refresh);
  full.call.end({}, now);
  CHECK_FALSE(queues.next_due());
}

TEST_CASE_FIXTURE(Fixture, "RefresherQueues: who runs which call at which entry") {
  CHECK_FALSE(queues.running(1));
  auto mine = begin(products, 7, 1);
  auto other = begin(orders, 8, 2);
  REQUIRE(queues.running(1));
  CHECK(queues.running(1)->first == kProducts);
  CHECK(queues.running(1)->second == EntryId{7});
  CHECK(queues.running(2)->first == kOrders);
  mine->end("no row", now);
  CHECK_FALSE(queues.running(1));
  const RefresherQueues::Due third = take(3);
  CHECK(queues.running(3)->first == kProducts);
  CHECK(queues.running(3)->second == EntryId{7});
  other->end({}, now);
}

TEST_CASE_FIXTURE(Fixture, "RefresherQueues: a call that outlives its deadline is found once") {
  auto call = begin(products, 7);
  now += kDeadline - milliseconds(1);
  auto later = begin(orders, 8, 2);
  CHECK(queues.find_stuck(kDeadline, now).empty());
  now += milliseconds(1);
  const auto found = queues.find_stuck(kDeadline, now);
  REQUIRE(found.size() == 1);
  CHECK(found[0].queue == kProducts);
  CHECK(found[0].runner == 1);
  CHECK(found[0].entry == EntryId{7});
  REQUIRE(found[0].change);
  CHECK(found[0].change->state == RefresherState::stuck);
  CHECK(queues.find_stuck(kDeadline, now).empty());
  CHECK(position_limit() == 6);
  CHECK_FALSE(begin(products, 9));
  later->end({}, now);

  const RefresherQueues::Ended ended = call->end({}, now);
  CHECK(ended.was_stuck);
  CHECK(ended.waits);
  REQUIRE(ended.change);
  CHECK(ended.change->state == RefresherState::retrying);  // until what came is refreshed
  RefresherQueues::Due full = take();
  CHECK(full.job.kind == Job::Kind::full_refresh);
  const auto well = full.call.end({}, now).change;
  REQUIRE(well);
  CHECK(well->state == RefresherState::well);
}

TEST_CASE_FIXTURE(Fixture, "RefresherQueues: a notice that hangs is well again when it returns") {
  queues.notice(kProducts, [] {});
  RefresherQueues::Due job = take();
  now += kDeadline;
  REQUIRE(queues.find_stuck(kDeadline, now).size() == 1);
  const auto well = job.call.end({}, now).change;
  REQUIRE(well);
  CHECK(well->state == RefresherState::well);
  CHECK(well->what.empty());
}

TEST_CASE_FIXTURE(Fixture, "RefresherQueues: a second call of a stuck queue is no other change") {
  auto first = begin(products, 7, 0);
  auto second = begin(products, 8, 0);
  now += kDeadline;
  const auto found = queues.find_stuck(kDeadline, now);
  REQUIRE(found.size() == 2);
  CHECK(found[0].change);
  CHECK_FALSE(found[1].change);
  CHECK_FALSE(first->end({}, now).change);
  CHECK(second->end({}, now).change);
  CHECK_FALSE(queues.position_limit());
}

TEST_CASE_FIXTURE(
    Fixture, "RefresherQueues: a job that hangs is found, and its end brings what came behind") {
  fail(products, 7);
  RefresherQueues::Due job = take();
  now += kDeadline;
  const auto found = queues.find_stuck(kDeadline, now);
  REQUIRE(found.size() == 1);
  CHECK(found[0].entry == EntryId{7});
  CHECK_FALSE(begin(products, 8));
  CHECK(position_limit() == 6);
  const RefresherQueues::Ended ended = job.call.end({}, now);
  CHECK(ended.was_stuck);
  CHECK(ended.waits);
  CHECK(take().job.kind == Job::Kind::full_refresh);
}

TEST_CASE(
    "RefresherQueues: several threads at one queue, and each instruction is run or superseded") {
  constexpr int kThreads = 4;
  constexpr int kEach = 500;
  const RefresherQueues::Time now = std::chrono::steady_clock::now();
  RetryPolicy policy;
  policy.retries = 0;
  RefresherQueues queues{policy};
  const Instruction instruction = Instruction::refresh_by_id(kProducts, 1);
  std::atomic<bool> done = false;
  const auto run_due = [&](std::uint64_t runner) {
    while (auto due = queues.take(runner, now)) {
      due->call.end({}, now);
    }
  };
  std::jthread watcher([&] {
    while (!done) {
      queues.find_stuck(milliseconds(0), now);
      static_cast<void>(queues.running(1));
      static_cast<void>(queues.troubles());
      run_due(99);
    }
  });
  std::vector<std::jthread> callers;
  for (std::uint64_t i = 1; i <= kThreads; ++i) {
    callers.emplace_back([&, i] {
      for (int j = 0; j < kEach; ++j) {
        auto call =
            queues.begin(instruction.refresher, instruction, 0, {{j}, "other"}, {{j}, {}}, i, now);
        if (call) {
          call->end(j % 7 == 0 ? "no row" : "", now);
        }
      }
    });
  }
  callers.clear();
  done = true;
  watcher.join();
  run_due(1);
  CHECK_FALSE(queues.next_due());
  CHECK_FALSE(queues.position_limit());
  CHECK(queues.troubles().empty());
}

}  // namespace crier::test
