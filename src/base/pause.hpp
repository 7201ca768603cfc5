// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>

namespace crier {

// Whether an operator has this node read no further, and whether it does. Thread-safe.
class Pause {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // What stands in the node's row now. True if that is another pause, or the end of one: the poller
  // is to hear of it. One that is known ends no later than was said first: a clock may be set back.
  bool hear(const PauseOrder& order, Time now) {
    const std::lock_guard lock(mutex_);
    const bool news = order.until != until_;
    const Time end = order.left.count() > 0 ? now + order.left : kNever;
    end_ = news ? end : std::min(end_.load(), end);
    until_ = order.until;
    by_ = order.by;
    return news;
  }

  // When the newest one ends, or has ended; nothing: there was none, or it was ended by hand.
  [[nodiscard]] std::optional<Time> end() const {
    const Time end = end_.load(std::memory_order_relaxed);
    return end == kNever ? std::nullopt : std::optional(end);
  }
  [[nodiscard]] bool holds(Time now) const { return now < end_.load(std::memory_order_relaxed); }

  // Who has paused the node, or ended that; empty: nobody has.
  [[nodiscard]] std::string by() const {
    const std::lock_guard lock(mutex_);
    return by_;
  }

  // The poller reads no further, or again; what was so before.
  bool stand(bool stands) { return stands_.exchange(stands); }
  [[nodiscard]] bool stands() const { return stands_; }

 private:
  static constexpr Time kNever = Time::min();

  mutable std::mutex mutex_;
  std::chrono::milliseconds until_{0};  // as in the row; guarded by mutex_, as is the next
  std::string by_;
  std::atomic<Time> end_ = kNever;  // changed under mutex_
  std::atomic<bool> stands_ = false;
};

}  // namespace crier
