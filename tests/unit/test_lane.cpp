// SPDX-License-Identifier: MIT
#include "lane_fixture.hpp"
#include "refresh/lane.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace crier::test {

using std::chrono::milliseconds;

TEST_CASE_FIXTURE(LaneFixture, "a new lane is open, done, well, and holds nothing back") {
  CHECK(lane.is_open());
  CHECK(lane.is_done());
  CHECK(lane.state() == RefresherState::well);
  CHECK_FALSE(lane.before());
  CHECK_FALSE(lane.due());
  CHECK(lane.entry() == EntryId());
  CHECK(lane.error().empty());
}

TEST_CASE_FIXTURE(LaneFixture, "a call that fails closes the lane until its retry has gone well") {
  CHECK(lane.failed(waiting(7), "no row", policy, kMiddle, now) == Lane::Outcome::again);
  CHECK(lane.attempts() == 1);
  CHECK_FALSE(lane.is_open());
  CHECK_FALSE(lane.is_done());
  CHECK(lane.state() == RefresherState::retrying);
  CHECK(lane.error() == "no row");
  CHECK(lane.entry() == EntryId{7});
  CHECK(before() == 6);
  CHECK(until_due() == milliseconds(50));

  const Job job = take_due();
  CHECK(job.kind == Job::Kind::instruction);
  CHECK(job.waiting.instruction == waiting(7).instruction);
  CHECK(job.waiting.entry == EntryId{7});
  CHECK_FALSE(lane.is_open());  // while it runs
  CHECK_FALSE(lane.due());
  CHECK(before() == 6);
  CHECK(lane.entry() == EntryId{7});
  CHECK(done() == Lane::Outcome::well);
  CHECK(lane.is_done());
  CHECK(lane.state() == RefresherState::well);
  CHECK(lane.error().empty());
  CHECK_FALSE(lane.before());
}

TEST_CASE_FIXTURE(LaneFixture, "retries: each delay is four times the last, then it is given up") {
  lane.failed(waiting(7), "1", policy, kMiddle, now);
  for (const milliseconds delay : {milliseconds(50), milliseconds(200), milliseconds(800)}) {
    CAPTURE(delay.count());
    const int attempts = lane.attempts();
    CHECK(until_due() == delay);
    CHECK(take_due().kind == Job::Kind::instruction);
    CHECK(done("again") == (attempts == 3 ? Lane::Outcome::given_up : Lane::Outcome::again));
    CHECK(lane.attempts() == attempts + 1);
    CHECK(before() == 6);
  }
  CHECK(lane.state() == RefresherState::retrying);  // not stale: the full refresh is yet to fail
  CHECK(until_due() == milliseconds(0));
  CHECK(take_due().kind == Job::Kind::full_refresh);
  CHECK(before() == 6);
  CHECK(done() == Lane::Outcome::well);
  CHECK(lane.is_done());
}

TEST_CASE_FIXTURE(LaneFixture, "retries: none where the policy says so") {
  policy.retries = 0;
  CHECK(lane.failed(waiting(7), "x", policy, kMiddle, now) == Lane::Outcome::given_up);
  CHECK(lane.attempts() == 1);
  CHECK(take_due().kind == Job::Kind::full_refresh);
}

TEST_CASE_FIXTURE(LaneFixture, "retries: a delay varies by half its length") {
  Lane other;
  lane.failed(waiting(7), "x", policy, 0.0, now);
  other.failed(waiting(7), "x", policy, 0.999999, now);
  CHECK(until_due() == std::chrono::microseconds(37'500));
  CHECK(*other.due() - now > milliseconds(62));
  CHECK(*other.due() - now < std::chrono::microseconds(62'500));
}

TEST_CASE_FIXTURE(LaneFixture, "retries: the last one is at give_up_after, and never later") {
  policy.retries = 100;
  const Lane::Time first = now;
  lane.failed(waiting(7), "x", policy, 0.999999, now);
  do {
    CHECK(*lane.due() <= first + policy.give_up_after);
    CHECK(take_due().kind == Job::Kind::instruction);
  } while (done("x", 0.999999) == Lane::Outcome::again);
  CHECK(now == first + policy.give_up_after);
  CHECK(lane.attempts() == 5);
}

TEST_CASE_FIXTURE(LaneFixture, "retries: a slow one is the last where give_up_after has passed") {
  lane.failed(waiting(7), "x", policy, kMiddle, now);
  take_due();
  now += policy.give_up_after;
  CHECK(done("x") == Lane::Outcome::given_up);
  CHECK(lane.attempts() == 2);
}

TEST_CASE_FIXTURE(LaneFixture, "what comes waits behind what is tried again, in order") {
  lane.failed(waiting(7), "x", policy, kMiddle, now);
  lane.put(waiting(8), now);
  lane.put(waiting(9), now);
  CHECK(until_due() == milliseconds(50));  // they do not hasten it
  CHECK(take_due().waiting.entry == EntryId{7});
  lane.put(waiting(10), now);  // while it runs
  CHECK(done("x") == Lane::Outcome::again);
  CHECK(until_due() == milliseconds(200));
  for (const std::int64_t entry : {7, 8, 9, 10}) {
    CHECK(before() == entry - 1);
    CHECK(take_due().waiting.entry == EntryId{entry});
    CHECK(before() == entry - 1);
    CHECK(done() == Lane::Outcome::well);
    CHECK(lane.state() == RefresherState::well);
    CHECK((lane.is_done() || until_due() == milliseconds(0)));
  }
  CHECK(lane.is_done());
}

TEST_CASE_FIXTURE(LaneFixture, "each that waits has retries of its own") {
  lane.failed(waiting(7), "x", policy, kMiddle, now);
  lane.put(waiting(8), now);
  take_due();
  done("x");
  take_due();
  done();
  take_due();
  CHECK(done("y") == Lane::Outcome::again);
  CHECK(lane.attempts() == 1);
  CHECK(until_due() == milliseconds(50));
}

TEST_CASE_FIXTURE(LaneFixture, "a call that fails while others wait goes behind them") {
  lane.failed(waiting(7), "x", policy, kMiddle, now);
  CHECK(lane.failed(waiting(8), "y", policy, kMiddle, now) == Lane::Outcome::again);
  CHECK(lane.attempts() == 1);
  CHECK(until_due() == milliseconds(50));
  CHECK(take_due().waiting.entry == EntryId{7});
  done();
  CHECK(take_due().waiting.entry == EntryId{8});
  CHECK(done("y") == Lane::Outcome::again);
  CHECK(lane.attempts() == 2);
}

TEST_CASE_FIXTURE(LaneFixture, "too many that wait collapse into a full refresh, due at once") {
  lane.failed(waiting(7), "x", policy, kMiddle, now);
  for (std::size_t i = 1; i < Lane::kMaxWaiting; ++i) {
    lane.put(waiting(8), now);
  }
  CHECK(until_due() == milliseconds(50));
  lane.put(waiting(9), now);
  CHECK(until_due() == milliseconds(0));
  CHECK(before() == 6);
  CHECK(take_due().kind == Job::Kind::full_refresh);
  CHECK(done() == Lane::Outcome::well);
  CHECK(lane.is_done());
}

TEST_CASE_FIXTURE(LaneFixture, "what waits is bounded also where the first of it runs") {
  lane.failed(waiting(7), "x", policy, kMiddle, now);
  take_due();
  for (std::size_t i = 0; i < Lane::kMaxWaiting; ++i) {
    lane.put(waiting(8), now);
  }
  CHECK(done("x") == Lane::Outcome::again);  // it goes back to the front: one more than the most
  lane.put(waiting(9), now);
  CHECK(take_due().kind == Job::Kind::full_refresh);
}

TEST_CASE_FIXTURE(LaneFixture,
                  "a notice runs at once and beside: it holds back and fails nothing") {
  int calls = 0;
  lane.notice([&] { ++calls; });
  CHECK(lane.is_open());
  CHECK_FALSE(lane.is_done());
  CHECK(*lane.due() <= now);
  CHECK_FALSE(lane.before());
  lane.failed(waiting(7), "x", policy, kMiddle, now);
  CHECK(*lane.due() <= now);
  Job job = lane.take();
  REQUIRE(job.kind == Job::Kind::notice);
  job.notice();
  CHECK(calls == 1);
  CHECK_FALSE(lane.due());
  CHECK(before() == 6);
  CHECK(done() == Lane::Outcome::well);
  CHECK(lane.error() == "x");  // a notice that went well says nothing about the instruction
  CHECK(until_due() == milliseconds(50));
}

TEST_CASE_FIXTURE(LaneFixture, "what comes while a notice runs waits for its end") {
  lane.notice([] {});
  CHECK(lane.take().kind == Job::Kind::notice);
  CHECK_FALSE(lane.is_open());
  lane.put(waiting(7), now);
  CHECK(lane.failed(waiting(8), "x", policy, kMiddle, now) == Lane::Outcome::again);
  CHECK(before() == 6);
  done();
  CHECK(take_due().waiting.entry == EntryId{7});
  done();
  CHECK(take_due().waiting.entry == EntryId{8});
  done();
  CHECK(lane.is_done());
}

TEST_CASE_FIXTURE(LaneFixture, "a notice runs while a call hangs, and nothing else does") {
  lane.hang(waiting(7), now);
  lane.put(waiting(8), now);
  CHECK_FALSE(lane.due());
  int calls = 0;
  lane.notice([&] { ++calls; });
  REQUIRE(lane.due());
  const Job job = lane.take();
  REQUIRE(job.kind == Job::Kind::notice);
  job.notice();
  CHECK(done() == Lane::Outcome::well);
  CHECK(calls == 1);
  CHECK_FALSE(lane.due());
  CHECK(lane.state() == RefresherState::stuck);
  CHECK_FALSE(lane.error().empty());
  CHECK(before() == 6);
  lane.returned();
  CHECK(take_due().kind == Job::Kind::full_refresh);
}

TEST_CASE_FIXTURE(LaneFixture, "more bytes than so many that wait collapse into a full refresh") {
  const auto half = [](std::int64_t entry) {
    Waiting large = waiting(entry);
    large.instruction =
        Instruction::refresh_by_json(kProducts, std::string(Lane::kMaxBytes / 2, '0'));
    return large;
  };
  for (int round = 0; round < 2; ++round) {  // what was done counts no more
    lane.put(half(7), now);
    lane.put(half(8), now);
    CHECK(take_due().waiting.entry == EntryId{7});
    done();
    CHECK(take_due().waiting.entry == EntryId{8});
    done();
  }
  lane.put(half(7), now);
  lane.put(half(8), now);
  SUBCASE("a payload") { lane.put(half(9), now); }
  SUBCASE("an id") {
    Waiting ids = waiting(9);
    ids.instruction = Instruction::refresh_by_ids(kProducts, {1});
    lane.put(ids, now);
  }
  const Job job = take_due();
  CHECK(job.kind == Job::Kind::full_refresh);
  CHECK(before() == 6);
  done();
  CHECK(lane.is_done());
}

}  // namespace crier::test
