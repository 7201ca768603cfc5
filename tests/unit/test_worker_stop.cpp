// SPDX-License-Identifier: MIT
#include "base/local_wakeup.hpp"
#include "base/worker.hpp"
#include "support/eventually.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <semaphore>
#include <stop_token>
#include <thread>
#include <utility>

namespace crier::test {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

Worker::Time now() { return std::chrono::steady_clock::now(); }

// What a step keeps alive: the bell, as long as the worker's thread may ring it or wait at it.
struct Kept {
  LocalWakeup wakeup;
  std::binary_semaphore entered{0};
  std::binary_semaphore go_on{0};
  std::atomic<int> steps = 0;
};

// Its step hangs until told to go on.
std::unique_ptr<Worker> hanging_worker(const std::shared_ptr<Kept>& kept) {
  auto worker = std::make_unique<Worker>(WorkerPace{.period = hours(1)}, kept->wakeup,
                                         [kept](const std::stop_token&) {
                                           ++kept->steps;
                                           kept->entered.release();
                                           kept->go_on.acquire();
                                           return true;
                                         });
  kept->entered.acquire();
  return worker;
}

}  // namespace

TEST_CASE("Worker: a step that outlives the deadline is left to itself, ends, and is destroyed") {
  const auto kept = std::make_shared<Kept>();
  auto worker = hanging_worker(kept);
  CHECK_FALSE(worker->stop_by(now()));
  worker.reset();  // does not wait
  CHECK(kept.use_count() > 1);
  kept->go_on.release();
  CHECK(eventually([&] { return kept.use_count() == 1; }));
  CHECK(kept->steps == 1);
}

TEST_CASE("Worker: a step that ends by the deadline is waited for, and is destroyed") {
  const auto kept = std::make_shared<Kept>();
  auto worker = hanging_worker(kept);
  kept->go_on.release();
  CHECK(worker->stop_by(Worker::Time::max()));
  CHECK(kept.use_count() == 1);
  CHECK(worker->stop_by(now()));  // said twice
  CHECK(kept->steps == 1);
}

TEST_CASE("Worker: stopped by its own step, it does not wait for itself") {
  const auto kept = std::make_shared<Kept>();
  std::unique_ptr<Worker> worker;
  std::atomic<bool> waited = true;
  std::binary_semaphore gone(0);
  worker = std::make_unique<Worker>(WorkerPace{.period = hours(1)}, kept->wakeup,
                                    [&, kept](const std::stop_token&) {
                                      ++kept->steps;
                                      kept->go_on.acquire();  // `worker` is set
                                      waited = worker->stop_by(Worker::Time::max());
                                      worker.reset();
                                      gone.release();
                                      return true;
                                    });
  kept->go_on.release();
  gone.acquire();
  CHECK(eventually([&] { return kept.use_count() == 1; }));
  CHECK_FALSE(waited);
  CHECK(kept->steps == 1);
}

TEST_CASE("Worker: what is due brings the next step, before its period has passed") {
  LocalWakeup wakeup;
  std::atomic<int> steps = 0;
  Worker::Time due;
  SUBCASE("in a while") { due = now() + milliseconds(20); }
  SUBCASE("now") { due = now(); }
  SUBCASE("since ever") { due = Worker::Time::min(); }
  Worker worker({.period = hours(1)}, wakeup, [&](const std::stop_token&) {
    return Stepped(true, ++steps == 1 ? std::optional(due) : std::nullopt);
  });
  CHECK(eventually([&] { return steps == 2; }));
  CHECK(now() >= due);
  worker.stop_by(Worker::Time::max());
  CHECK(steps == 2);
}

TEST_CASE("Worker: what is due later than the period does not put the next step off") {
  LocalWakeup wakeup;
  std::atomic<int> steps = 0;
  Worker worker({.period = milliseconds(1)}, wakeup, [&](const std::stop_token&) {
    ++steps;
    return Stepped(true, Worker::Time::max());
  });
  CHECK(eventually([&] { return steps >= 3; }));
}

TEST_CASE("Worker: what is due comes during a back-off, too, and rings still do not") {
  LocalWakeup wakeup;
  std::atomic<int> steps = 0;
  Worker worker(
      {.period = hours(1), .max_back_off = hours(1)}, wakeup, [&](const std::stop_token&) {
        return Stepped(false, ++steps == 1 ? std::optional(now() + milliseconds(5)) : std::nullopt);
      });
  CHECK(eventually([&] { return steps == 2; }));
  for (int i = 0; i < 100; ++i) {
    wakeup.ring();
    std::this_thread::yield();
  }
  worker.stop_by(Worker::Time::max());
  CHECK(steps == 2);
}

TEST_CASE("Worker: a ring ends a back-off where it is urgent, and only there") {
  LocalWakeup wakeup;
  std::atomic<int> steps = 0;
  std::atomic<int> asked = 0;
  std::atomic<bool> urgent = false;
  Worker worker(
      {.period = hours(1), .max_back_off = hours(1)}, wakeup,
      [&](const std::stop_token&) {
        ++steps;
        return false;
      },
      [&] {
        ++asked;
        return urgent.load();
      });
  // Rings again, since one that comes before the wait is none of its.
  CHECK(eventually([&] {
    wakeup.ring();
    return asked >= 3;
  }));
  CHECK(steps == 1);
  urgent = true;
  CHECK(eventually([&] {
    wakeup.ring();
    return steps >= 2;
  }));
}

}  // namespace crier::test
