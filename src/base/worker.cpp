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

// The same loop, cut open between its steps.
class Worker::ByHand final : public SteppedWorker {
 public:
  ByHand(std::shared_ptr<Surroundings> surroundings, WorkerPace pace, Wakeup& wakeup, Step step,
         std::function<bool()> urgent)
      : surroundings_(std::move(surroundings)),
        pace_(pace),
        wakeup_(&wakeup),
        step_(std::move(step)),
        urgent_(std::move(urgent)) {}

  [[nodiscard]] Time next_due() override {
    const std::lock_guard lock(mutex_);
    if (wakeup_ == nullptr) {
      return Time::max();
    }
    const bool is_rung = wakeup_->mark() != mark_;
    return is_rung && (failures_ == 0 || urgent_()) ? Time::min() : due_;
  }
  void step() override {
    const std::lock_guard lock(mutex_);
    if (wakeup_ == nullptr || runs_) {
      return;
    }
    runs_ = true;
    mark_ = wakeup_->mark();
    const Stepped stepped = step_(stop_.get_token());
    runs_ = false;
    failures_ = stepped.well ? 0 : failures_ + 1;
    constexpr double kMiddle = 0.5;
    const Time now = surroundings_->now();
    due_ = now + next_wait(pace_, failures_, kMiddle);
    if (stepped.due) {
      due_ = std::max(now, std::min(due_, *stepped.due));
    }
    if (stop_.stop_requested()) {
      end();
    }
  }
  // False if it is within its step, after which it ends.
  bool stop() noexcept {
    stop_.request_stop();
    const std::lock_guard lock(mutex_);
    if (!runs_) {
      end();
    }
    return !runs_;
  }

 private:
  void end() noexcept {
    wakeup_ = nullptr;  // with its step it may go
    step_ = nullptr;
  }

  const std::shared_ptr<Surroundings> surroundings_;
  const WorkerPace pace_;
  Wakeup* wakeup_;  // null: it has ended
  Step step_;
  const std::function<bool()> urgent_;
  std::stop_source stop_;
  std::recursive_mutex mutex_;  // held while a step runs, which may stop its own worker
  std::uint64_t mark_ = 0;
  std::size_t failures_ = 0;
  Time due_ = Time::min();
  bool runs_ = false;
};

Worker::Worker(WorkerPace pace, Wakeup& wakeup, Step step, std::function<bool()> urgent)
    : Worker(nullptr, {}, pace, wakeup, std::move(step), std::move(urgent)) {}

Worker::Worker(const std::shared_ptr<Surroundings>& surroundings, WorkerKind kind, WorkerPace pace,
               Wakeup& wakeup, Step step, std::function<bool()> urgent) {
  if (surroundings == nullptr) {
    loop_ = std::make_shared<Loop>(pace, wakeup, std::move(step), std::move(urgent));
    thread_ = std::thread([loop = loop_] { loop->run(); });
    return;
  }
  by_hand_ =
      std::make_shared<ByHand>(surroundings, pace, wakeup, std::move(step), std::move(urgent));
  surroundings->add(kind, by_hand_);
}

Worker::~Worker() { stop_by(Time::max()); }

bool Worker::stop_by(Time deadline) noexcept {
  if (by_hand_ != nullptr) {
    return by_hand_->stop();
  }
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
