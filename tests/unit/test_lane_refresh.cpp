// SPDX-License-Identifier: MIT
#include "lane_fixture.hpp"
#include "refresh/lane.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>

namespace crier::test {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// A lane whose full refresh is under way.
struct Refreshing : LaneFixture {
  Refreshing() {
    lane.refresh(full(7), now);
    take_due();
  }
};

// A lane in which a call made past the queue hangs.
struct Hanging : LaneFixture {
  Hanging() { lane.hang(waiting(7), now); }
};

}  // namespace

TEST_CASE_FIXTURE(LaneFixture, "a full refresh is due at once and stands for all that waits") {
  lane.failed(waiting(7), "x", policy, kMiddle, now);
  lane.put(waiting(8), now);
  lane.refresh(full(9), now);
  CHECK(until_due() == milliseconds(0));
  CHECK(before() == 6);
  CHECK(lane.entry() == EntryId{7});
  lane.put(waiting(10), now);
  CHECK(take_due().kind == Job::Kind::full_refresh);
  CHECK(before() == 6);
  CHECK(done() == Lane::Outcome::well);
  CHECK(lane.is_done());
}

TEST_CASE_FIXTURE(LaneFixture, "a pending full refresh holds the position before all it absorbs") {
  lane.refresh(full(9), now);
  CHECK(before() == 8);
  lane.put(waiting(5), now);  // of a publisher, whose position was further back
  CHECK(before() == 4);
  lane.refresh(full(12), now);
  CHECK(before() == 4);
  take_due();
  CHECK(before() == 4);
  done("x");
  CHECK(before() == 4);
}

TEST_CASE_FIXTURE(Refreshing, "what comes while a full refresh runs waits behind it, in order") {
  lane.put(waiting(8), now);
  lane.put(waiting(9), now);
  CHECK_FALSE(lane.due());
  CHECK(before() == 6);
  CHECK(done() == Lane::Outcome::well);
  CHECK_FALSE(lane.is_done());
  for (const std::int64_t entry : {8, 9}) {
    CHECK(before() == entry - 1);
    CHECK(until_due() == milliseconds(0));
    const Job job = take_due();
    CHECK(job.kind == Job::Kind::instruction);
    CHECK(job.waiting.entry == EntryId{entry});
    done();
  }
  CHECK(lane.is_done());
}

TEST_CASE_FIXTURE(Refreshing, "a full refresh that fails takes with it what came meanwhile") {
  lane.put(waiting(8), now);
  lane.put(waiting(3), now);
  CHECK(done("x") == Lane::Outcome::again);
  CHECK(lane.state() == RefresherState::stale);
  CHECK(until_due() == seconds(1));
  CHECK(before() == 6);
  CHECK(take_due().kind == Job::Kind::full_refresh);
  done();
  CHECK(lane.is_done());
  CHECK(lane.state() == RefresherState::well);
}

TEST_CASE_FIXTURE(Refreshing,
                  "a failing full refresh is tried again with growing delay, for good") {
  policy.longest_delay = seconds(5);
  for (const int delay : {1, 2, 4, 5, 5, 5}) {
    const int attempts = lane.attempts();
    CHECK(done("x") == Lane::Outcome::again);
    CHECK(lane.attempts() == attempts + 1);
    CHECK(lane.state() == RefresherState::stale);
    CHECK(lane.error() == "x");
    CHECK(until_due() == seconds(delay));
    lane.put(waiting(8), now);  // what comes does not hasten it
    CHECK(until_due() == seconds(delay));
    CHECK(take_due().kind == Job::Kind::full_refresh);
    CHECK(lane.state() == RefresherState::stale);
  }
  CHECK(done() == Lane::Outcome::well);
  CHECK(lane.is_done());
  lane.refresh(full(9), now);
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
  lane.refresh(full(9), now);
  CHECK(until_due() == milliseconds(0));
  take_due();
  SUBCASE("also where it was asked for while one ran") {
    lane.refresh(full(10), now);
    CHECK_FALSE(lane.due());
    CHECK(done("x") == Lane::Outcome::again);
    CHECK(until_due() == milliseconds(0));
    CHECK(before() == 6);
    take_due();
    CHECK(done("x") == Lane::Outcome::again);
    CHECK(until_due() > seconds(1));  // once: it must not become a loop
  }
  SUBCASE("and is not forgotten where the one that ran went well") {
    lane.refresh(full(10), now);
    done();
    CHECK(before() == 9);
    CHECK(take_due().kind == Job::Kind::full_refresh);
    done();
    CHECK(lane.is_done());
  }
}

TEST_CASE_FIXTURE(LaneFixture, "an instruction that runs when a full refresh is asked for") {
  lane.failed(waiting(7), "x", policy, kMiddle, now);
  lane.put(waiting(8), now);
  take_due();
  lane.refresh(full(9), now);
  lane.put(waiting(10), now);
  CHECK(before() == 6);
  SUBCASE("goes well: the full refresh follows") {
    CHECK(done() == Lane::Outcome::well);
    CHECK(before() == 7);
  }
  SUBCASE("fails: the full refresh stands for it, too") {
    CHECK(done("y") == Lane::Outcome::given_up);
    CHECK(lane.attempts() == 2);
    CHECK(before() == 6);
  }
  CHECK(take_due().kind == Job::Kind::full_refresh);
  done();
  CHECK(lane.is_done());
}

TEST_CASE_FIXTURE(Hanging, "a hanging call closes the lane, and what comes collapses behind it") {
  CHECK(lane.state() == RefresherState::stuck);
  CHECK(lane.entry() == EntryId{7});
  CHECK_FALSE(lane.is_open());
  CHECK_FALSE(lane.is_done());
  CHECK_FALSE(lane.due());
  CHECK(before() == 6);
  for (std::int64_t entry = 8; entry < 20; ++entry) {
    lane.put(waiting(entry), now);
  }
  CHECK_FALSE(lane.due());  // nothing runs beside a call that hangs ...
  lane.notice([] {});
  REQUIRE(lane.due());  // ... but a notice, which is not for the refresher
  CHECK(lane.take().kind == Job::Kind::notice);
  done();
  CHECK_FALSE(lane.due());
  CHECK(lane.error() == "it did not return in time");
  lane.returned();
  CHECK(lane.state() == RefresherState::retrying);
  CHECK(before() == 7);
  CHECK(until_due() == milliseconds(0));
  CHECK(take_due().kind == Job::Kind::full_refresh);
  done();
  CHECK(lane.is_done());
}

TEST_CASE_FIXTURE(Hanging, "a hanging call that returns to an empty lane leaves nothing behind") {
  lane.returned();
  CHECK(lane.is_done());
  CHECK(lane.state() == RefresherState::well);
  CHECK(lane.error().empty());
}

TEST_CASE_FIXTURE(Hanging, "a hanging call that fails at last") {
  SUBCASE("is tried again where nothing came meanwhile") {
    lane.returned();
    CHECK(lane.failed(waiting(7), "x", policy, kMiddle, now) == Lane::Outcome::again);
    CHECK(lane.state() == RefresherState::retrying);
    CHECK(take_due().kind == Job::Kind::instruction);
  }
  SUBCASE("gives way to the full refresh of what came") {
    lane.put(waiting(8), now);
    lane.returned();
    CHECK(lane.failed(waiting(7), "x", policy, kMiddle, now) == Lane::Outcome::again);
    CHECK(before() == 6);
    CHECK(take_due().kind == Job::Kind::full_refresh);
  }
  done();
  CHECK(lane.is_done());
}

TEST_CASE_FIXTURE(Hanging, "several calls may hang: the lane is stuck until the last returns") {
  lane.hang(waiting(5), now);  // of a publisher, whose position was further back
  CHECK(before() == 4);
  lane.hang(waiting(9), now);
  CHECK(before() == 4);
  lane.returned();
  lane.returned();
  CHECK(lane.state() == RefresherState::stuck);
  CHECK_FALSE(lane.due());
  lane.returned();
  CHECK(lane.is_done());
}

TEST_CASE_FIXTURE(LaneFixture, "a job that hangs") {
  lane.failed(waiting(7), "x", policy, kMiddle, now);
  lane.put(waiting(8), now);
  const Job job = take_due();
  lane.hang(job.waiting, now);
  CHECK(lane.state() == RefresherState::stuck);
  CHECK(before() == 6);
  CHECK_FALSE(lane.due());
  lane.put(waiting(9), now);
  lane.returned();
  SUBCASE("and goes well: only what came behind it is refreshed") {
    CHECK(done() == Lane::Outcome::well);
    CHECK(lane.state() == RefresherState::well);
    CHECK(before() == 7);
  }
  SUBCASE("and fails: it is given up for the same full refresh") {
    CHECK(done("y") == Lane::Outcome::given_up);
    CHECK(before() == 6);
  }
  CHECK(take_due().kind == Job::Kind::full_refresh);
  done();
  CHECK(lane.is_done());
}

TEST_CASE_FIXTURE(Refreshing, "a full refresh that hangs and fails keeps its growing delay") {
  lane.put(waiting(8), now);  // what comes before, and while it hangs, is no new reason
  lane.hang(full(7), now);
  lane.put(waiting(9), now);
  lane.returned();
  CHECK(done("x") == Lane::Outcome::again);
  CHECK(lane.state() == RefresherState::stale);
  CHECK(until_due() == seconds(1));
  CHECK(before() == 6);
}

TEST_CASE_FIXTURE(Refreshing, "a full refresh that hangs and goes well is followed by another") {
  lane.put(waiting(8), now);
  lane.hang(full(7), now);
  lane.returned();
  CHECK(done() == Lane::Outcome::well);
  CHECK(before() == 7);
  CHECK(take_due().kind == Job::Kind::full_refresh);
  done();
  CHECK(lane.is_done());
}

TEST_CASE_FIXTURE(LaneFixture, "another call hangs and returns while a job runs: nothing is lost") {
  lane.failed(waiting(7), "x", policy, kMiddle, now);
  take_due();
  lane.hang(waiting(5), now);
  lane.returned();
  lane.put(waiting(8), now);
  SUBCASE("the job goes well") { CHECK(done() == Lane::Outcome::well); }
  SUBCASE("the job fails") {
    CHECK(done("y") == Lane::Outcome::again);
    CHECK(lane.attempts() == 2);
    CHECK(take_due().waiting.entry == EntryId{7});
    done();
  }
  CHECK(before() == 7);
  CHECK(take_due().waiting.entry == EntryId{8});
  done();
  CHECK(lane.is_done());
}

}  // namespace crier::test
