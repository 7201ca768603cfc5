// SPDX-License-Identifier: MIT
#include "queue_fixture.hpp"
#include "refresh/refresher_queue.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>

namespace crier::test {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// A queue whose full refresh is under way.
struct Refreshing : QueueFixture {
  Refreshing() {
    queue.refresh(full(7), now);
    take_due();
  }
};

// A queue past which a call was made that hangs.
struct Hanging : QueueFixture {
  Hanging() { queue.hang(waiting(7), now); }
};

}  // namespace

TEST_CASE_FIXTURE(QueueFixture, "a full refresh is due at once and stands for all that waits") {
  queue.failed(waiting(7), "x", policy, kMiddle, now);
  queue.put(waiting(8), now);
  queue.refresh(full(9), now);
  CHECK(until_due() == milliseconds(0));
  CHECK(position_limit() == 6);
  CHECK(queue.entry() == EntryId{7});
  queue.put(waiting(10), now);
  CHECK(take_due().kind == Job::Kind::full_refresh);
  CHECK(position_limit() == 6);
  CHECK(done() == RefresherQueue::Outcome::well);
  CHECK(queue.is_done());
}

TEST_CASE_FIXTURE(QueueFixture, "a pending full refresh holds the position before all it absorbs") {
  queue.refresh(full(9), now);
  CHECK(position_limit() == 8);
  queue.put(waiting(5), now);  // of a publisher, whose position was further back
  CHECK(position_limit() == 4);
  queue.refresh(full(12), now);
  CHECK(position_limit() == 4);
  take_due();
  CHECK(position_limit() == 4);
  done("x");
  CHECK(position_limit() == 4);
}

TEST_CASE_FIXTURE(Refreshing, "what comes while a full refresh runs waits behind it, in order") {
  queue.put(waiting(8), now);
  queue.put(waiting(9), now);
  CHECK_FALSE(queue.due());
  CHECK(position_limit() == 6);
  CHECK(done() == RefresherQueue::Outcome::well);
  CHECK_FALSE(queue.is_done());
  for (const std::int64_t entry : {8, 9}) {
    CHECK(position_limit() == entry - 1);
    CHECK(until_due() == milliseconds(0));
    const Job job = take_due();
    CHECK(job.kind == Job::Kind::instruction);
    CHECK(job.waiting.entry == EntryId{entry});
    done();
  }
  CHECK(queue.is_done());
}

TEST_CASE_FIXTURE(Refreshing, "a full refresh that fails takes with it what came meanwhile") {
  queue.put(waiting(8), now);
  queue.put(waiting(3), now);
  CHECK(done("x") == RefresherQueue::Outcome::again);
  CHECK(queue.state() == RefresherState::stale);
  CHECK(until_due() == seconds(1));
  CHECK(position_limit() == 6);
  CHECK(take_due().kind == Job::Kind::full_refresh);
  done();
  CHECK(queue.is_done());
  CHECK(queue.state() == RefresherState::well);
}

TEST_CASE_FIXTURE(Refreshing,
                  "a failing full refresh is tried again with growing delay, for good") {
  policy.longest_delay = seconds(5);
  for (const int delay : {1, 2, 4, 5, 5, 5}) {
    const int attempts = queue.attempts();
    CHECK(done("x") == RefresherQueue::Outcome::again);
    CHECK(queue.attempts() == attempts + 1);
    CHECK(queue.state() == RefresherState::stale);
    CHECK(queue.error() == "x");
    CHECK(until_due() == seconds(delay));
    queue.put(waiting(8), now);  // what comes does not hasten it
    CHECK(until_due() == seconds(delay));
    CHECK(take_due().kind == Job::Kind::full_refresh);
    CHECK(queue.state() == RefresherState::stale);
  }
  CHECK(done() == RefresherQueue::Outcome::well);
  CHECK(queue.is_done());
  queue.refresh(full(9), now);
  take_due();
  done("x");
  CHECK(until_due() == seconds(1));  // after a success it begins anew
}

TEST_CASE_FIXTURE(Refreshing, "the delay of a full refresh varies by half, and never is above") {
  policy.longest_delay = milliseconds(100);
  done("x", 0.0);
  CHECK(until_due() == milliseconds(75));
  take_due();
  done("x", 0.999999);
  CHECK(until_due() > milliseconds(124));
  CHECK(until_due() < milliseconds(125));
}

TEST_CASE_FIXTURE(Refreshing, "a full refresh that is asked for anew is due at once") {
  done("x");
  queue.refresh(full(9), now);
  CHECK(until_due() == milliseconds(0));
  take_due();
  SUBCASE("also where it was asked for while one ran") {
    queue.refresh(full(10), now);
    CHECK_FALSE(queue.due());
    CHECK(done("x") == RefresherQueue::Outcome::again);
    CHECK(until_due() == milliseconds(0));
    CHECK(position_limit() == 6);
    take_due();
    CHECK(done("x") == RefresherQueue::Outcome::again);
    CHECK(until_due() > seconds(1));  // once: it must not become a loop
  }
  SUBCASE("and is not forgotten where the one that ran went well") {
    queue.refresh(full(10), now);
    done();
    CHECK(position_limit() == 9);
    CHECK(take_due().kind == Job::Kind::full_refresh);
    done();
    CHECK(queue.is_done());
  }
}

TEST_CASE_FIXTURE(QueueFixture, "an instruction that runs when a full refresh is asked for") {
  queue.failed(waiting(7), "x", policy, kMiddle, now);
  queue.put(waiting(8), now);
  take_due();
  queue.refresh(full(9), now);
  queue.put(waiting(10), now);
  CHECK(position_limit() == 6);
  SUBCASE("goes well: the full refresh follows") {
    CHECK(done() == RefresherQueue::Outcome::well);
    CHECK(position_limit() == 7);
  }
  SUBCASE("fails: the full refresh stands for it, too") {
    CHECK(done("y") == RefresherQueue::Outcome::given_up);
    CHECK(queue.attempts() == 2);
    CHECK(position_limit() == 6);
  }
  CHECK(take_due().kind == Job::Kind::full_refresh);
  done();
  CHECK(queue.is_done());
}

TEST_CASE_FIXTURE(Hanging, "a hanging call closes the queue, and what comes collapses behind it") {
  CHECK(queue.state() == RefresherState::stuck);
  CHECK(queue.entry() == EntryId{7});
  CHECK_FALSE(queue.is_open());
  CHECK_FALSE(queue.is_done());
  CHECK_FALSE(queue.due());
  CHECK(position_limit() == 6);
  for (std::int64_t entry = 8; entry < 20; ++entry) {
    queue.put(waiting(entry), now);
  }
  CHECK_FALSE(queue.due());  // nothing runs beside a call that hangs ...
  queue.notice([] {});
  REQUIRE(queue.due());  // ... but a notice, which is not for the refresher
  CHECK(queue.take().kind == Job::Kind::notice);
  done();
  CHECK_FALSE(queue.due());
  CHECK(queue.error() == "it did not return in time");
  queue.returned();
  CHECK(queue.state() == RefresherState::retrying);
  CHECK(position_limit() == 7);
  CHECK(until_due() == milliseconds(0));
  CHECK(take_due().kind == Job::Kind::full_refresh);
  done();
  CHECK(queue.is_done());
}

TEST_CASE_FIXTURE(Hanging, "a hanging call that returns to an empty queue leaves nothing behind") {
  queue.returned();
  CHECK(queue.is_done());
  CHECK(queue.state() == RefresherState::well);
  CHECK(queue.error().empty());
}

TEST_CASE_FIXTURE(Hanging, "a hanging call that fails at last") {
  SUBCASE("is tried again where nothing came meanwhile") {
    queue.returned();
    CHECK(queue.failed(waiting(7), "x", policy, kMiddle, now) == RefresherQueue::Outcome::again);
    CHECK(queue.state() == RefresherState::retrying);
    CHECK(take_due().kind == Job::Kind::instruction);
  }
  SUBCASE("gives way to the full refresh of what came") {
    queue.put(waiting(8), now);
    queue.returned();
    CHECK(queue.failed(waiting(7), "x", policy, kMiddle, now) == RefresherQueue::Outcome::again);
    CHECK(position_limit() == 6);
    CHECK(take_due().kind == Job::Kind::full_refresh);
  }
  done();
  CHECK(queue.is_done());
}

TEST_CASE_FIXTURE(Hanging, "several calls may hang: the queue is stuck until the last returns") {
  queue.hang(waiting(5), now);  // of a publisher, whose position was further back
  CHECK(position_limit() == 4);
  queue.hang(waiting(9), now);
  CHECK(position_limit() == 4);
  queue.returned();
  queue.returned();
  CHECK(queue.state() == RefresherState::stuck);
  CHECK_FALSE(queue.due());
  queue.returned();
  CHECK(queue.is_done());
}

TEST_CASE_FIXTURE(QueueFixture, "a job that hangs") {
  queue.failed(waiting(7), "x", policy, kMiddle, now);
  queue.put(waiting(8), now);
  const Job job = take_due();
  queue.hang(job.waiting, now);
  CHECK(queue.state() == RefresherState::stuck);
  CHECK(position_limit() == 6);
  CHECK_FALSE(queue.due());
  queue.put(waiting(9), now);
  queue.returned();
  SUBCASE("and goes well: only what came behind it is refreshed") {
    CHECK(done() == RefresherQueue::Outcome::well);
    CHECK(queue.state() == RefresherState::well);
    CHECK(position_limit() == 7);
  }
  SUBCASE("and fails: it is given up for the same full refresh") {
    CHECK(done("y") == RefresherQueue::Outcome::given_up);
    CHECK(position_limit() == 6);
  }
  CHECK(take_due().kind == Job::Kind::full_refresh);
  done();
  CHECK(queue.is_done());
}

TEST_CASE_FIXTURE(Refreshing, "a full refresh that hangs and fails keeps its growing delay") {
  queue.put(waiting(8), now);  // what comes before, and while it hangs, is no new reason
  queue.hang(full(7), now);
  queue.put(waiting(9), now);
  queue.returned();
  CHECK(done("x") == RefresherQueue::Outcome::again);
  CHECK(queue.state() == RefresherState::stale);
  CHECK(until_due() == seconds(1));
  CHECK(position_limit() == 6);
}

TEST_CASE_FIXTURE(Refreshing, "a full refresh that hangs and goes well is followed by another") {
  queue.put(waiting(8), now);
  queue.hang(full(7), now);
  queue.returned();
  CHECK(done() == RefresherQueue::Outcome::well);
  CHECK(position_limit() == 7);
  CHECK(take_due().kind == Job::Kind::full_refresh);
  done();
  CHECK(queue.is_done());
}

TEST_CASE_FIXTURE(QueueFixture,
                  "another call hangs and returns while a job runs: nothing is lost") {
  queue.failed(waiting(7), "x", policy, kMiddle, now);
  take_due();
  queue.hang(waiting(5), now);
  queue.returned();
  queue.put(waiting(8), now);
  SUBCASE("the job goes well") { CHECK(done() == RefresherQueue::Outcome::well); }
  SUBCASE("the job fails") {
    CHECK(done("y") == RefresherQueue::Outcome::again);
    CHECK(queue.attempts() == 2);
    CHECK(take_due().waiting.entry == EntryId{7});
    done();
  }
  CHECK(position_limit() == 7);
  CHECK(take_due().waiting.entry == EntryId{8});
  done();
  CHECK(queue.is_done());
}

}  // namespace crier::test
