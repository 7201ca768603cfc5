// SPDX-License-Identifier: MIT
#include "queue_fixture.hpp"
#include "refresh/refresher_queue.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace crier::test {

using std::chrono::milliseconds;

TEST_CASE_FIXTURE(QueueFixture, "a new queue is open, done, well, and holds nothing back") {
  CHECK(queue.is_open());
  CHECK(queue.is_done());
  CHECK(queue.state() == RefresherState::well);
  CHECK_FALSE(queue.position_limit());
  CHECK_FALSE(queue.due());
  CHECK(queue.entry() == EntryId());
  CHECK(queue.error().empty());
}

TEST_CASE_FIXTURE(QueueFixture,
                  "a call that fails closes the queue until its retry has gone well") {
  CHECK(queue.failed(waiting(7), "no row", policy, kMiddle, now) == RefresherQueue::Outcome::again);
  CHECK(queue.attempts() == 1);
  CHECK_FALSE(queue.is_open());
  CHECK_FALSE(queue.is_done());
  CHECK(queue.state() == RefresherState::retrying);
  CHECK(queue.error() == "no row");
  CHECK(queue.entry() == EntryId{7});
  CHECK(position_limit() == 6);
  CHECK(until_due() == milliseconds(50));

  const Job job = take_due();
  CHECK(job.kind == Job::Kind::instruction);
  CHECK(job.waiting.instruction == waiting(7).instruction);
  CHECK(job.waiting.entry == EntryId{7});
  CHECK_FALSE(queue.is_open());  // while it runs
  CHECK_FALSE(queue.due());
  CHECK(position_limit() == 6);
  CHECK(queue.entry() == EntryId{7});
  CHECK(done() == RefresherQueue::Outcome::well);
  CHECK(queue.is_done());
  CHECK(queue.state() == RefresherState::well);
  CHECK(queue.error().empty());
  CHECK_FALSE(queue.position_limit());
}

TEST_CASE_FIXTURE(QueueFixture, "retries: each delay is four times the last, then it is given up") {
  queue.failed(waiting(7), "1", policy, kMiddle, now);
  for (const milliseconds delay : {milliseconds(50), milliseconds(200), milliseconds(800)}) {
    CAPTURE(delay.count());
    const int attempts = queue.attempts();
    CHECK(until_due() == delay);
    CHECK(take_due().kind == Job::Kind::instruction);
    CHECK(done("again") ==
          (attempts == 3 ? RefresherQueue::Outcome::given_up : RefresherQueue::Outcome::again));
    CHECK(queue.attempts() == attempts + 1);
    CHECK(position_limit() == 6);
  }
  CHECK(queue.state() == RefresherState::retrying);  // not stale: the full refresh is yet to fail
  CHECK(until_due() == milliseconds(0));
  CHECK(take_due().kind == Job::Kind::full_refresh);
  CHECK(position_limit() == 6);
  CHECK(done() == RefresherQueue::Outcome::well);
  CHECK(queue.is_done());
}

TEST_CASE_FIXTURE(QueueFixture, "retries: none where the policy says so") {
  policy.retries = 0;
  CHECK(queue.failed(waiting(7), "x", policy, kMiddle, now) == RefresherQueue::Outcome::given_up);
  CHECK(queue.attempts() == 1);
  CHECK(take_due().kind == Job::Kind::full_refresh);
}

TEST_CASE_FIXTURE(QueueFixture, "retries: a delay varies by half its length") {
  RefresherQueue other;
  queue.failed(waiting(7), "x", policy, 0.0, now);
  other.failed(waiting(7), "x", policy, 0.999999, now);
  CHECK(until_due() == std::chrono::microseconds(37'500));
  CHECK(*other.due() - now > milliseconds(62));
  CHECK(*other.due() - now < std::chrono::microseconds(62'500));
}

TEST_CASE_FIXTURE(QueueFixture, "retries: the last one is at give_up_after, and never later") {
  policy.retries = 100;
  const RefresherQueue::Time first = now;
  queue.failed(waiting(7), "x", policy, 0.999999, now);
  do {
    CHECK(*queue.due() <= first + policy.give_up_after);
    CHECK(take_due().kind == Job::Kind::instruction);
  } while (done("x", 0.999999) == RefresherQueue::Outcome::again);
  CHECK(now == first + policy.give_up_after);
  CHECK(queue.attempts() == 5);
}

TEST_CASE_FIXTURE(QueueFixture, "retries: a slow one is the last where give_up_after has passed") {
  queue.failed(waiting(7), "x", policy, kMiddle, now);
  take_due();
  now += policy.give_up_after;
  CHECK(done("x") == RefresherQueue::Outcome::given_up);
  CHECK(queue.attempts() == 2);
}

TEST_CASE_FIXTURE(QueueFixture, "what comes waits behind what is tried again, in order") {
  queue.failed(waiting(7), "x", policy, kMiddle, now);
  queue.put(waiting(8), now);
  queue.put(waiting(9), now);
  CHECK(until_due() == milliseconds(50));  // they do not hasten it
  CHECK(take_due().waiting.entry == EntryId{7});
  queue.put(waiting(10), now);  // while it runs
  CHECK(done("x") == RefresherQueue::Outcome::again);
  CHECK(until_due() == milliseconds(200));
  for (const std::int64_t entry : {7, 8, 9, 10}) {
    CHECK(position_limit() == entry - 1);
    CHECK(take_due().waiting.entry == EntryId{entry});
    CHECK(position_limit() == entry - 1);
    CHECK(done() == RefresherQueue::Outcome::well);
    CHECK(queue.state() == RefresherState::well);
    CHECK((queue.is_done() || until_due() == milliseconds(0)));
  }
  CHECK(queue.is_done());
}

TEST_CASE_FIXTURE(QueueFixture, "each that waits has retries of its own") {
  queue.failed(waiting(7), "x", policy, kMiddle, now);
  queue.put(waiting(8), now);
  take_due();
  done("x");
  take_due();
  done();
  take_due();
  CHECK(done("y") == RefresherQueue::Outcome::again);
  CHECK(queue.attempts() == 1);
  CHECK(until_due() == milliseconds(50));
}

TEST_CASE_FIXTURE(QueueFixture, "a call that fails while others wait goes behind them") {
  queue.failed(waiting(7), "x", policy, kMiddle, now);
  CHECK(queue.failed(waiting(8), "y", policy, kMiddle, now) == RefresherQueue::Outcome::again);
  CHECK(queue.attempts() == 1);
  CHECK(until_due() == milliseconds(50));
  CHECK(take_due().waiting.entry == EntryId{7});
  done();
  CHECK(take_due().waiting.entry == EntryId{8});
  CHECK(done("y") == RefresherQueue::Outcome::again);
  CHECK(queue.attempts() == 2);
}

TEST_CASE_FIXTURE(QueueFixture, "too many that wait collapse into a full refresh, due at once") {
  queue.failed(waiting(7), "x", policy, kMiddle, now);
  for (std::size_t i = 1; i < RefresherQueue::kMaxWaiting; ++i) {
    queue.put(waiting(8), now);
  }
  CHECK(until_due() == milliseconds(50));
  queue.put(waiting(9), now);
  CHECK(until_due() == milliseconds(0));
  CHECK(position_limit() == 6);
  CHECK(take_due().kind == Job::Kind::full_refresh);
  CHECK(done() == RefresherQueue::Outcome::well);
  CHECK(queue.is_done());
}

TEST_CASE_FIXTURE(QueueFixture, "what waits is bounded also where the first of it runs") {
  queue.failed(waiting(7), "x", policy, kMiddle, now);
  take_due();
  for (std::size_t i = 0; i < RefresherQueue::kMaxWaiting; ++i) {
    queue.put(waiting(8), now);
  }
  CHECK(done("x") ==
        RefresherQueue::Outcome::again);  // it goes back to the front: one more than the most
  queue.put(waiting(9), now);
  CHECK(take_due().kind == Job::Kind::full_refresh);
}

TEST_CASE_FIXTURE(QueueFixture,
                  "a notice runs at once and beside: it holds back and fails nothing") {
  int calls = 0;
  queue.notice([&] { ++calls; });
  CHECK(queue.is_open());
  CHECK_FALSE(queue.is_done());
  CHECK(*queue.due() <= now);
  CHECK_FALSE(queue.position_limit());
  queue.failed(waiting(7), "x", policy, kMiddle, now);
  CHECK(*queue.due() <= now);
  Job job = queue.take();
  REQUIRE(job.kind == Job::Kind::notice);
  job.notice();
  CHECK(calls == 1);
  CHECK_FALSE(queue.due());
  CHECK(position_limit() == 6);
  CHECK(done() == RefresherQueue::Outcome::well);
  CHECK(queue.error() == "x");  // a notice that went well says nothing about the instruction
  CHECK(until_due() == milliseconds(50));
}

TEST_CASE_FIXTURE(QueueFixture, "what comes while a notice runs waits for its end") {
  queue.notice([] {});
  CHECK(queue.take().kind == Job::Kind::notice);
  CHECK_FALSE(queue.is_open());
  queue.put(waiting(7), now);
  CHECK(queue.failed(waiting(8), "x", policy, kMiddle, now) == RefresherQueue::Outcome::again);
  CHECK(position_limit() == 6);
  done();
  CHECK(take_due().waiting.entry == EntryId{7});
  done();
  CHECK(take_due().waiting.entry == EntryId{8});
  done();
  CHECK(queue.is_done());
}

TEST_CASE_FIXTURE(QueueFixture, "a notice runs while a call hangs, and nothing else does") {
  queue.hang(waiting(7), now);
  queue.put(waiting(8), now);
  CHECK_FALSE(queue.due());
  int calls = 0;
  queue.notice([&] { ++calls; });
  REQUIRE(queue.due());
  const Job job = queue.take();
  REQUIRE(job.kind == Job::Kind::notice);
  job.notice();
  CHECK(done() == RefresherQueue::Outcome::well);
  CHECK(calls == 1);
  CHECK_FALSE(queue.due());
  CHECK(queue.state() == RefresherState::stuck);
  CHECK_FALSE(queue.error().empty());
  CHECK(position_limit() == 6);
  queue.returned();
  CHECK(take_due().kind == Job::Kind::full_refresh);
}

TEST_CASE_FIXTURE(QueueFixture, "more bytes than so many that wait collapse into a full refresh") {
  const auto half = [](std::int64_t entry) {
    Waiting large = waiting(entry);
    large.instruction =
        Instruction::refresh_by_json(kProducts, std::string(RefresherQueue::kMaxBytes / 2, '0'));
    return large;
  };
  for (int round = 0; round < 2; ++round) {  // what was done counts no more
    queue.put(half(7), now);
    queue.put(half(8), now);
    CHECK(take_due().waiting.entry == EntryId{7});
    done();
    CHECK(take_due().waiting.entry == EntryId{8});
    done();
  }
  queue.put(half(7), now);
  queue.put(half(8), now);
  SUBCASE("a payload") { queue.put(half(9), now); }
  SUBCASE("an id") {
    Waiting ids = waiting(9);
    ids.instruction = Instruction::refresh_by_ids(kProducts, {1});
    queue.put(ids, now);
  }
  const Job job = take_due();
  CHECK(job.kind == Job::Kind::full_refresh);
  CHECK(position_limit() == 6);
  done();
  CHECK(queue.is_done());
}

}  // namespace crier::test
