// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <iterator>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crier {

// Something that has happened to this node, to be kept in the history.
struct NodeEvent {
  std::string_view kind;  // one of kEventKinds: static text
  std::string detail;
  std::chrono::steady_clock::time_point at;
};

// What is to be kept, until somebody writes it. Bounded: of a flood, or while nobody writes, the
// newest stay. Thread-safe.
class EventQueue {
 public:
  static constexpr std::size_t kMost = 100;

  void push(std::string_view kind, std::string detail) noexcept {
    try {
      const std::lock_guard lock(mutex_);
      events_.push_back({kind, std::move(detail), std::chrono::steady_clock::now()});
      if (events_.size() > kMost) {
        events_.pop_front();
      }
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory is left for a history
    }
  }
  // All there are, oldest first; they are the caller's from now on.
  [[nodiscard]] std::vector<NodeEvent> take() {
    const std::lock_guard lock(mutex_);
    std::vector<NodeEvent> taken(std::make_move_iterator(events_.begin()),
                                 std::make_move_iterator(events_.end()));
    events_.clear();
    return taken;
  }

 private:
  std::mutex mutex_;
  std::deque<NodeEvent> events_;  // guarded by mutex_
};

}  // namespace crier
