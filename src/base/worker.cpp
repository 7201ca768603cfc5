// SPDX-License-Identifier: MIT
#include "base/worker.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <random>
#include <utility>

namespace crier {

std::chrono::nanoseconds next_wait(const WorkerPace& pace, std::size_t failures,
                                   double draw) noexcept {
  constexpr double kJitter = 0.2;
  const std::chrono::nanoseconds period = pace.period;
  const std::chrono::nanoseconds limit =
      std::max<std::chrono::nanoseconds>(pace.max_back_off, period);
  std::chrono::nanoseconds wait = period;
  for (std::size_t i = 0; i < failures && wait < limit; ++i) {
    wait *= 2;
  }
  const double factor = 1.0 - kJitter / 2 + kJitter * draw;
  return std::chrono::nanoseconds(
      static_cast<std::int64_t>(static_cast<double>(std::min(wait, limit).count()) * factor));
}

class Worker::Loop {
 public:
  Loop(WorkerPace pace, Wakeup& wakeup, Step step, std::function<bool()> urgent)
      : pace_(pace), wakeup_(wakeup), step_(std::move(step)), urgent_(std::move(urgent)) {}

  void run() {
    steps();
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
      ended_changed_.notify_all();
    }
    step_ = nullptr;  // with all that it keeps alive, this loop's owner perhaps among it
  }

  // The bell may be gone once the thread has ended.
  void request_stop() noexcept {
    stop_.request_stop();
    const std::lock_guard lock(mutex_);
    if (!ended_) {
      wakeup_.ring();
    }
  }

  bool wait_until(Time deadline) {
    std::unique_lock lock(mutex_);
    return ended_changed_.wait_until(lock, deadline, [this] { return ended_; });
  }

 private:
  void steps() {
    const std::stop_token stop = stop_.get_token();
    std::uniform_real_distribution<double> draw(0.0, 1.0);
    std::size_t failures = 0;
    while (true) {
      const std::uint64_t mark = wakeup_.mark();
      // After the mark: a stop that comes later rings, and so ends the wait below.
      if (stop.stop_requested()) {
        return;
      }
      const Stepped stepped = step_(stop);
      failures = stepped.well ? 0 : failures + 1;
      std::chrono::nanoseconds pause = next_wait(pace_, failures, draw(random_));
      if (stepped.due) {
        // Time::min() is a time, too, and nothing can be taken from it.
        const Time now = std::chrono::steady_clock::now();
        pause = *stepped.due <= now ? pause.zero() : std::min(pause, *stepped.due - now);
      }
      if (failures == 0) {
        wakeup_.wait(mark, pause);
      } else {
        back_off(stop, pause);
      }
    }
  }

  void back_off(const std::stop_token& stop, std::chrono::nanoseconds duration) {
    const auto end = std::chrono::steady_clock::now() + duration;
    for (auto left = duration; left > left.zero(); left = end - std::chrono::steady_clock::now()) {
      const std::uint64_t mark = wakeup_.mark();
      if (stop.stop_requested()) {
        return;
      }
      if (wakeup_.wait(mark, left) && urgent_()) {
        return;
      }
    }
  }

  const WorkerPace pace_;
  Wakeup& wakeup_;
  Step step_;
  const std::function<bool()> urgent_;
  std::minstd_rand random_{std::random_device{}()};  // the thread's own
  std::stop_source stop_;

  std::mutex mutex_;
  std::condition_variable ended_changed_;
  bool ended_ = false;  // guarded by mutex_
};

Worker::Worker(WorkerPace pace, Wakeup& wakeup, Step step, std::function<bool()> urgent)
    : loop_(std::make_shared<Loop>(pace, wakeup, std::move(step), std::move(urgent))),
      thread_([loop = loop_] { loop->run(); }) {}

Worker::~Worker() { stop_by(Time::max()); }

bool Worker::stop_by(Time deadline) noexcept {
  if (!thread_.joinable()) {
    return true;
  }
  loop_->request_stop();
  if (thread_.get_id() == std::this_thread::get_id() || !loop_->wait_until(deadline)) {
    thread_.detach();
    return false;
  }
  thread_.join();
  return true;
}

}  // namespace crier
