// SPDX-License-Identifier: MIT
#include <crier/instruction.hpp>

#include "refresh/lanes.hpp"
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
  Lanes lanes{RetryPolicy()};
  Lanes::Time now = std::chrono::steady_clock::now();
  const Instruction products = Instruction::refresh_by_id(kProducts, 1);
  const Instruction orders = Instruction::refresh_by_id(kOrders, 1);

  std::optional<Lanes::Running> begin(const Instruction& instruction, std::int64_t entry,
                                      std::uint64_t runner = 1) {
    return lanes.begin(instruction.refresher, instruction, 0, {{entry}, "other"}, {{entry - 1}, {}},
                       runner, now);
  }
  Lanes::Ended fail(const Instruction& instruction, std::int64_t entry) {
    auto call = begin(instruction, entry);
    REQUIRE(call);
    return call->end("no row", now);
  }
  // What is due next, when it is due.
  Lanes::Due take(std::uint64_t runner = 1) {
    REQUIRE(lanes.next_due());
    now = std::max(now, *lanes.next_due());
    auto due = lanes.take(runner, now);
    REQUIRE(due);
    return std::move(*due);
  }
  [[nodiscard]] std::int64_t before() const {
    return lanes.before() ? lanes.before()->id.value : -1;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "Lanes: a call that goes well leaves nothing behind") {
  auto call = begin(products, 7);
  REQUIRE(call);
  const Lanes::Ended ended = call->end({}, now);
  CHECK(ended.outcome == Lane::Outcome::well);
  CHECK_FALSE(ended.change);
  CHECK_FALSE(ended.waits);
  CHECK_FALSE(ended.was_stuck);
  CHECK_FALSE(lanes.before());
  CHECK_FALSE(lanes.next_due());
  CHECK_FALSE(lanes.running(1));
  CHECK(lanes.troubles().empty());
}

TEST_CASE_FIXTURE(Fixture, "Lanes: a call that fails comes back as a job with all that it was") {
  const Lanes::Ended ended = fail(products, 7);
  CHECK(ended.outcome == Lane::Outcome::again);
  CHECK(ended.attempts == 1);
  CHECK(ended.waits);
  REQUIRE(ended.change);
  CHECK(ended.change->refresher == kProducts);
  CHECK(ended.change->state == RefresherState::retrying);
  CHECK(ended.change->entry == EntryId{7});
  CHECK(ended.change->what == "no row");
  CHECK_FALSE(lanes.take(1, now));  // not yet due
  Lanes::Due due = take();
  CHECK(due.lane == kProducts);
  CHECK(due.job.waiting.instruction == products);
  CHECK(due.job.waiting.originated == "other");
  CHECK_FALSE(lanes.take(1, now));  // one at a time
}

TEST_CASE_FIXTURE(Fixture, "Lanes: a call that is left in the middle has failed, a job as well") {
  CHECK(begin(products, 7));
  REQUIRE(lanes.troubles().size() == 1);
  CHECK(lanes.troubles()[0].what == "the call was left in the middle");
  CHECK_FALSE(lanes.running(1));
  take();
  CHECK_FALSE(lanes.running(1));
  CHECK(lanes.troubles()[0].state == RefresherState::retrying);
  CHECK(take().job.waiting.instruction == products);
}

TEST_CASE_FIXTURE(Fixture, "Lanes: a call that is not made after all leaves nothing behind") {
  begin(products, 7)->cancel(now);
  CHECK(lanes.troubles().empty());
  CHECK_FALSE(lanes.running(1));
  CHECK_FALSE(lanes.next_due());
}

TEST_CASE_FIXTURE(Fixture, "Lanes: a change of state is told once, and so is its end") {
  fail(products, 7);
  CHECK_FALSE(begin(products, 8));  // it waits its turn
  CHECK_FALSE(take().call.end("no row", now).change);
  REQUIRE(lanes.troubles().size() == 1);
  const auto well = take().call.end({}, now).change;
  REQUIRE(well);
  CHECK(well->state == RefresherState::well);
  CHECK(well->what.empty());
  CHECK(lanes.troubles().empty());
  CHECK_FALSE(take().call.end({}, now).change);  // entry 8
}

TEST_CASE_FIXTURE(Fixture,
                  "Lanes: a lane is forgotten when it is done, and calls go past it again") {
  fail(products, 7);
  take().call.end({}, now);
  CHECK_FALSE(lanes.next_due());
  CHECK_FALSE(lanes.before());
  CHECK(begin(products, 8));
}

TEST_CASE_FIXTURE(Fixture, "Lanes: one that is not well holds up no other") {
  fail(products, 9);
  const auto passes = begin(orders, 10);
  CHECK(passes);
  const auto unknown = begin(Instruction::refresh_all(kUnknown), 10);
  CHECK(unknown);
  CHECK_FALSE(begin(products, 10));
  fail(orders, 5);
  CHECK(before() == 4);  // the least of all lanes
  CHECK(lanes.troubles().size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "Lanes: the first that is due comes first") {
  fail(products, 7);
  now += milliseconds(10);
  fail(orders, 8);
  lanes.refresh(kOrders, full(kOrders), now);
  CHECK(*lanes.next_due() == now);
  const Lanes::Due first = take();
  CHECK(first.lane == kOrders);
  CHECK(take().lane == kProducts);
}

TEST_CASE_FIXTURE(Fixture, "Lanes: a full refresh and a notice are jobs, and no trouble") {
  int calls = 0;
  CHECK_FALSE(lanes.refresh(kProducts, full(kProducts), now));
  lanes.notice(kOrders, [&] { ++calls; });
  CHECK(lanes.troubles().empty());
  Lanes::Due notice = take();
  REQUIRE(notice.job.kind == Job::Kind::notice);
  notice.job.notice();
  CHECK(calls == 1);
  notice.call.end({}, now);
  Lanes::Due full = take();
  CHECK(full.job.kind == Job::Kind::full_refresh);
  full.call.end({}, now);
  CHECK_FALSE(lanes.next_due());
}

TEST_CASE_FIXTURE(Fixture, "Lanes: who runs which call at which entry") {
  CHECK_FALSE(lanes.running(1));
  auto mine = begin(products, 7, 1);
  auto other = begin(orders, 8, 2);
  REQUIRE(lanes.running(1));
  CHECK(lanes.running(1)->first == kProducts);
  CHECK(lanes.running(1)->second == EntryId{7});
  CHECK(lanes.running(2)->first == kOrders);
  mine->end("no row", now);
  CHECK_FALSE(lanes.running(1));
  const Lanes::Due third = take(3);
  CHECK(lanes.running(3)->first == kProducts);
  CHECK(lanes.running(3)->second == EntryId{7});
  other->end({}, now);
}

TEST_CASE_FIXTURE(Fixture, "Lanes: a call that outlives its deadline is found once") {
  auto call = begin(products, 7);
  now += kDeadline - milliseconds(1);
  auto later = begin(orders, 8, 2);
  CHECK(lanes.find_stuck(kDeadline, now).empty());
  now += milliseconds(1);
  const auto found = lanes.find_stuck(kDeadline, now);
  REQUIRE(found.size() == 1);
  CHECK(found[0].lane == kProducts);
  CHECK(found[0].runner == 1);
  CHECK(found[0].entry == EntryId{7});
  REQUIRE(found[0].change);
  CHECK(found[0].change->state == RefresherState::stuck);
  CHECK(lanes.find_stuck(kDeadline, now).empty());
  CHECK(before() == 6);
  CHECK_FALSE(begin(products, 9));
  later->end({}, now);

  const Lanes::Ended ended = call->end({}, now);
  CHECK(ended.was_stuck);
  CHECK(ended.waits);
  REQUIRE(ended.change);
  CHECK(ended.change->state == RefresherState::retrying);  // until what came is refreshed
  Lanes::Due full = take();
  CHECK(full.job.kind == Job::Kind::full_refresh);
  const auto well = full.call.end({}, now).change;
  REQUIRE(well);
  CHECK(well->state == RefresherState::well);
}

TEST_CASE_FIXTURE(Fixture, "Lanes: a notice that hangs is well again when it returns") {
  lanes.notice(kProducts, [] {});
  Lanes::Due job = take();
  now += kDeadline;
  REQUIRE(lanes.find_stuck(kDeadline, now).size() == 1);
  const auto well = job.call.end({}, now).change;
  REQUIRE(well);
  CHECK(well->state == RefresherState::well);
  CHECK(well->what.empty());
}

TEST_CASE_FIXTURE(Fixture, "Lanes: a second call of a stuck lane is no other change") {
  auto first = begin(products, 7, 0);
  auto second = begin(products, 8, 0);
  now += kDeadline;
  const auto found = lanes.find_stuck(kDeadline, now);
  REQUIRE(found.size() == 2);
  CHECK(found[0].change);
  CHECK_FALSE(found[1].change);
  CHECK_FALSE(first->end({}, now).change);
  CHECK(second->end({}, now).change);
  CHECK_FALSE(lanes.before());
}

TEST_CASE_FIXTURE(Fixture,
                  "Lanes: a job that hangs is found, and its end brings what came behind") {
  fail(products, 7);
  Lanes::Due job = take();
  now += kDeadline;
  const auto found = lanes.find_stuck(kDeadline, now);
  REQUIRE(found.size() == 1);
  CHECK(found[0].entry == EntryId{7});
  CHECK_FALSE(begin(products, 8));
  CHECK(before() == 6);
  const Lanes::Ended ended = job.call.end({}, now);
  CHECK(ended.was_stuck);
  CHECK(ended.waits);
  CHECK(take().job.kind == Job::Kind::full_refresh);
}

TEST_CASE("Lanes: several threads at one lane, and each instruction is run or superseded") {
  constexpr int kThreads = 4;
  constexpr int kEach = 500;
  const Lanes::Time now = std::chrono::steady_clock::now();
  RetryPolicy policy;
  policy.retries = 0;
  Lanes lanes{policy};
  const Instruction instruction = Instruction::refresh_by_id(kProducts, 1);
  std::atomic<bool> done = false;
  const auto run_due = [&](std::uint64_t runner) {
    while (auto due = lanes.take(runner, now)) {
      due->call.end({}, now);
    }
  };
  std::jthread watcher([&] {
    while (!done) {
      lanes.find_stuck(milliseconds(0), now);
      static_cast<void>(lanes.running(1));
      static_cast<void>(lanes.troubles());
      run_due(99);
    }
  });
  std::vector<std::jthread> callers;
  for (std::uint64_t i = 1; i <= kThreads; ++i) {
    callers.emplace_back([&, i] {
      for (int j = 0; j < kEach; ++j) {
        auto call =
            lanes.begin(instruction.refresher, instruction, 0, {{j}, "other"}, {{j}, {}}, i, now);
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
  CHECK_FALSE(lanes.next_due());
  CHECK_FALSE(lanes.before());
  CHECK(lanes.troubles().empty());
}

}  // namespace crier::test
