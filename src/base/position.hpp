// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include "base/coarse_clock.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace crier {

// How far a node is, when it last proved that, and when it last came forward. One thread moves it,
// any thread looks and waits.
class Position {
 public:
  using Clock = std::chrono::steady_clock;

  struct State {
    Cursor cursor;
    bool lost = false;         // the cursor's place is no longer in the log
    std::uint64_t resets = 0;  // how often it was moved by reset()
    Clock::time_point alive_at = Clock::now();
    Clock::time_point looked_at = Clock::now();  // at the end of the log
    Clock::time_point proved_at = Clock::now();  // and all of it was applied
    EntryId canary;                              // that was seen, or the place taken since

    // How far it is, for those who ask.
    [[nodiscard]] EntryId entry() const { return lost ? EntryId() : cursor.id; }
  };

  // To an entry that was handled; never backward.
  void advance(const Cursor& cursor);
  // To a place that may be anywhere: at start, and after a resync.
  void reset(const Cursor& cursor);
  // Its place is no longer in the log: until the next reset() it is nowhere.
  void lose();
  // All that stood in the log at that time was read, and has been applied if that is `proved`.
  void looked(Clock::time_point at, bool proved);
  // At a start with work that is left from an earlier one.
  void prove_nothing_since(Clock::time_point at);
  void saw_canary(EntryId entry);
  // Looked, or has done a step of its work.
  void still_here();

  [[nodiscard]] State state() const;
  [[nodiscard]] EntryId entry() const { return state().entry(); }

  // False if `entry` was not reached in time, or nothing moves this any more.
  [[nodiscard]] bool wait(EntryId entry, std::chrono::milliseconds timeout) const;
  // Ends all waiting, now and later.
  void close();
  [[nodiscard]] bool is_closed() const;

 private:
  template <class Change>
  void change(Change apply);

  mutable std::mutex mutex_;
  mutable std::condition_variable moved_;
  State state_;  // guarded by mutex_, as is closed_; but for alive_at, which is the next
  std::atomic<Clock::time_point> alive_at_ = coarse_now();
  bool closed_ = false;
};

}  // namespace crier
