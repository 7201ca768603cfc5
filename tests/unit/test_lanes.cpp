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

  std::optional<Lanes::CallId> begin(const Instruction& instruction, std::int64_t entry,
                                     std::uint64_t runner = 1) {
    return lanes.begin(instruction.refresher, instruction, 0, {{entry}, "other"}, {{entry - 1}, {}},
                       runner, now);
  }
  Lanes::Ended fail(const Instruction& instruction, std::int64_t entry) {
    const auto call = begin(instruction, entry);
    REQUIRE(call);
    return lanes.end(*call, "no row", now);
  }
  // What is due next, when it is due.
  Lanes::Due take(std::uint64_t runner = 1) {
    REQUIRE(lanes.next_due());
    now = std::max(now, *lanes.next_due());
    auto due = lanes.take(runner, now);
    REQUIRE(due);
    return *due;
  }
  [[nodiscard]] std::int64_t before() const {
    return lanes.before() ? lanes.before()->id.value : -1;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "Lanes: a call that goes well leaves nothing behind") {
  const auto call = begin(products, 7);
  REQUIRE(call);
  const Lanes::Ended ended = lanes.end(*call, {}, now);
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
  const Lanes::Due due = take();
  CHECK(due.lane == kProducts);
  CHECK(due.job.waiting.instruction == products);
  CHECK(due.job.waiting.originated == "other");
  CHECK_FALSE(lanes.take(1, now));  // one at a time
}

TEST_CASE_FIXTURE(Fixture, "Lanes: a change of state is told once, and so is its end") {
  fail(products, 7);
  CHECK_FALSE(begin(products, 8));  // it waits its turn
  CHECK_FALSE(lanes.end(take().call, "no row", now).change);
  REQUIRE(lanes.troubles().size() == 1);
  const auto well = lanes.end(take().call, {}, now).change;
  REQUIRE(well);
  CHECK(well->state == RefresherState::well);
  CHECK(well->what.empty());
  CHECK(lanes.troubles().empty());
  CHECK_FALSE(lanes.end(take().call, {}, now).change);  // entry 8
}

TEST_CASE_FIXTURE(Fixture,
                  "Lanes: a lane is forgotten when it is done, and calls go past it again") {
  fail(products, 7);
  lanes.end(take().call, {}, now);
  CHECK_FALSE(lanes.next_due());
  CHECK_FALSE(lanes.before());
  CHECK(begin(products, 8));
}

TEST_CASE_FIXTURE(Fixture, "Lanes: one that is not well holds up no other") {
  fail(products, 9);
  CHECK(begin(orders, 10));
  CHECK(begin(Instruction::refresh_all(kUnknown), 10));
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
  CHECK(take().lane == kOrders);
  CHECK(take().lane == kProducts);
}

TEST_CASE_FIXTURE(Fixture, "Lanes: a full refresh and a notice are jobs, and no trouble") {
  int calls = 0;
  CHECK_FALSE(lanes.refresh(kProducts, full(kProducts), now));
  lanes.notice(kOrders, [&] { ++calls; });
  CHECK(lanes.troubles().empty());
  const Lanes::Due notice = take();
  REQUIRE(notice.job.kind == Job::Kind::notice);
  notice.job.notice();
  CHECK(calls == 1);
  lanes.end(notice.call, {}, now);
  const Lanes::Due full = take();
  CHECK(full.job.kind == Job::Kind::full_refresh);
  lanes.end(full.call, {}, now);
  CHECK_FALSE(lanes.next_due());
}

TEST_CASE_FIXTURE(Fixture, "Lanes: who runs which call at which entry") {
  CHECK_FALSE(lanes.running(1));
  const auto mine = begin(products, 7, 1);
  const auto other = begin(orders, 8, 2);
  REQUIRE(lanes.running(1));
  CHECK(lanes.running(1)->first == kProducts);
  CHECK(lanes.running(1)->second == EntryId{7});
  CHECK(lanes.running(2)->first == kOrders);
  lanes.end(mine.value(), "no row", now);
  CHECK_FALSE(lanes.running(1));
  take(3);
  CHECK(lanes.running(3)->first == kProducts);
  CHECK(lanes.running(3)->second == EntryId{7});
  lanes.end(other.value(), {}, now);
}

TEST_CASE_FIXTURE(Fixture, "Lanes: a call that outlives its deadline is found once") {
  const auto call = begin(products, 7);
  now += kDeadline - milliseconds(1);
  const auto later = begin(orders, 8, 2);
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
  lanes.end(later.value(), {}, now);

  const Lanes::Ended ended = lanes.end(call.value(), {}, now);
  CHECK(ended.was_stuck);
  CHECK(ended.waits);
  REQUIRE(ended.change);
  CHECK(ended.change->state == RefresherState::retrying);  // until what came is refreshed
  const Lanes::Due full = take();
  CHECK(full.job.kind == Job::Kind::full_refresh);
  const auto well = lanes.end(full.call, {}, now).change;
  REQUIRE(well);
  CHECK(well->state == RefresherState::well);
}

TEST_CASE_FIXTURE(Fixture, "Lanes: a notice that hangs is well again when it returns") {
  lanes.notice(kProducts, [] {});
  const Lanes::Due job = take();
  now += kDeadline;
  REQUIRE(lanes.find_stuck(kDeadline, now).size() == 1);
  const auto well = lanes.end(job.call, {}, now).change;
  REQUIRE(well);
  CHECK(well->state == RefresherState::well);
  CHECK(well->what.empty());
}

TEST_CASE_FIXTURE(Fixture, "Lanes: a second call of a stuck lane is no other change") {
  const auto first = begin(products, 7, 0);
  const auto second = begin(products, 8, 0);
  now += kDeadline;
  const auto found = lanes.find_stuck(kDeadline, now);
  REQUIRE(found.size() == 2);
  CHECK(found[0].change);
  CHECK_FALSE(found[1].change);
  CHECK_FALSE(lanes.end(first.value(), {}, now).change);
  CHECK(lanes.end(second.value(), {}, now).change);
  CHECK_FALSE(lanes.before());
}

TEST_CASE_FIXTURE(Fixture,
                  "Lanes: a job that hangs is found, and its end brings what came behind") {
  fail(products, 7);
  const Lanes::Due job = take();
  now += kDeadline;
  const auto found = lanes.find_stuck(kDeadline, now);
  REQUIRE(found.size() == 1);
  CHECK(found[0].entry == EntryId{7});
  CHECK_FALSE(begin(products, 8));
  CHECK(before() == 6);
  const Lanes::Ended ended = lanes.end(job.call, {}, now);
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
    while (const auto due = lanes.take(runner, now)) {
      lanes.end(due->call, {}, now);
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
        const auto call =
            lanes.begin(instruction.refresher, instruction, 0, {{j}, "other"}, {{j}, {}}, i, now);
        if (call) {
          lanes.end(*call, j % 7 == 0 ? "no row" : "", now);
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
