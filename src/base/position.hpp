// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace crier {

// How far a node is, and when it last came forward. One thread moves it, any thread looks and
// waits.
class Position {
 public:
  using Clock = std::chrono::steady_clock;

  struct State {
    Cursor cursor;
    std::uint64_t resets = 0;  // how often it was moved by reset()
    Clock::time_point alive_at = Clock::now();
  };

  // To an entry that was handled.
  void advance(const Cursor& cursor);
  // To a place that may be anywhere: at start, and after a resync.
  void reset(const Cursor& cursor);
  // Looked, and found nothing new.
  void still_here();

  [[nodiscard]] State state() const;
  [[nodiscard]] EntryId entry() const { return state().cursor.id; }

  // False where `entry` was not reached in time, or nothing moves this any more.
  [[nodiscard]] bool wait(EntryId entry, std::chrono::milliseconds timeout) const;
  // Ends all waiting, now and later.
  void close();
  [[nodiscard]] bool is_closed() const;

 private:
  void move_to(const Cursor& cursor, bool reset);

  mutable std::mutex mutex_;
  mutable std::condition_variable moved_;
  State state_;  // guarded by mutex_, as is closed_
  bool closed_ = false;
};

}  // namespace crier
