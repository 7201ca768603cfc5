// SPDX-License-Identifier: MIT
#include "base/local_wakeup.hpp"
#include "base/worker.hpp"
#include "support/eventually.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <semaphore>
#include <thread>
#include <vector>

namespace crier::test {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

}  // namespace

TEST_CASE("next_wait: the period, doubled with each failure in a row up to the limit") {
  const WorkerPace pace{.period = milliseconds(100), .max_back_off = milliseconds(1000)};
  const double middle = 0.5;
  CHECK(next_wait(pace, 0, middle) == milliseconds(100));
  CHECK(next_wait(pace, 1, middle) == milliseconds(200));
  CHECK(next_wait(pace, 3, middle) == milliseconds(800));
  CHECK(next_wait(pace, 4, middle) == milliseconds(1000));
  CHECK(next_wait(pace, 1'000'000, middle) == milliseconds(1000));
}

TEST_CASE("next_wait: varies by a tenth to both sides") {
  const WorkerPace pace{.period = milliseconds(100), .max_back_off = milliseconds(100)};
  CHECK(next_wait(pace, 0, 0.0) == milliseconds(90));
  CHECK(next_wait(pace, 0, 0.999999) < milliseconds(110));
  CHECK(next_wait(pace, 0, 0.999999) > milliseconds(109));
}

TEST_CASE("next_wait: a period above the limit is kept") {
  const WorkerPace pace{.period = hours(1), .max_back_off = milliseconds(5000)};
  CHECK(next_wait(pace, 9, 0.5) == hours(1));
}

TEST_CASE("Worker: steps at once, and again with each period") {
  LocalWakeup wakeup;
  std::atomic<int> steps = 0;
  Worker worker({.period = milliseconds(1)}, wakeup, [&](const std::stop_token&) {
    ++steps;
    return true;
  });
  CHECK(eventually([&] { return steps >= 5; }));
}

TEST_CASE("Worker: wake ends the wait, and many wakes make one step") {
  LocalWakeup wakeup;
  std::atomic<int> steps = 0;
  std::counting_semaphore<> go(0);
  Worker worker({.period = hours(1)}, wakeup, [&](const std::stop_token&) {
    ++steps;
    go.acquire();
    return true;
  });
  REQUIRE(eventually([&] { return steps == 1; }));
  for (int i = 0; i < 10; ++i) {
    wakeup.ring();  // while the first step runs: it may have looked already
  }
  go.release();
  REQUIRE(eventually([&] { return steps == 2; }));
  go.release(2);
  wakeup.ring();
  CHECK(eventually([&] { return steps == 3; }));
  go.release(10);
  worker.stop_by(Worker::Time::max());
  CHECK(steps == 3);
}

TEST_CASE("Worker: stop ends a long wait, waits for the step, and may be said twice") {
  LocalWakeup wakeup;
  std::atomic<bool> stepped = false;
  std::atomic<bool> ended = false;
  Worker worker({.period = hours(1)}, wakeup, [&](const std::stop_token& stop) {
    stepped = true;
    while (!stop.stop_requested()) {
      std::this_thread::yield();
    }
    ended = true;
    return true;
  });
  REQUIRE(eventually([&] { return stepped.load(); }));
  worker.stop_by(Worker::Time::max());
  CHECK(ended);
  worker.stop_by(Worker::Time::max());
}

TEST_CASE("Worker: a failing step is tried again") {
  LocalWakeup wakeup;
  std::atomic<int> steps = 0;
  Worker worker({.period = milliseconds(1), .max_back_off = milliseconds(2)}, wakeup,
                [&](const std::stop_token&) { return ++steps > 3; });
  CHECK(eventually([&] { return steps >= 6; }));
}

TEST_CASE("Worker: rings do not cut a back-off short") {
  LocalWakeup wakeup;
  std::atomic<int> steps = 0;
  Worker worker({.period = hours(1), .max_back_off = hours(1)}, wakeup,
                [&](const std::stop_token&) {
                  ++steps;
                  return false;
                });
  REQUIRE(eventually([&] { return steps == 1; }));
  for (int i = 0; i < 100; ++i) {
    wakeup.ring();
    std::this_thread::yield();
  }
  worker.stop_by(Worker::Time::max());
  CHECK(steps == 1);
}

TEST_CASE("Worker: starts and stops under stress") {
  for (int i = 0; i < 200; ++i) {
    LocalWakeup wakeup;
    std::atomic<int> steps = 0;
    Worker worker({.period = milliseconds(1)}, wakeup, [&](const std::stop_token&) {
      ++steps;
      return true;
    });
    std::vector<std::jthread> wakers;
    wakers.emplace_back([&] { wakeup.ring(); });
    wakers.emplace_back([&] { wakeup.ring(); });
    wakers.clear();
    worker.stop_by(Worker::Time::max());
  }
}

}  // namespace crier::test
