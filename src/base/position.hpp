// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include "base/coarse_clock.hpp"
#include "base/pause.hpp"
#include "base/recent_checks.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace crier {

// How far a node is, when it last proved that, and when it last came forward. One thread at a time
// moves it, any thread looks and waits.
class Position {
 public:
  using Clock = std::chrono::steady_clock;

  struct State {
    Cursor cursor;
    bool lost = false;         // the cursor's place is no longer in the log
    std::uint64_t resets = 0;  // how often it was moved by reset()
    // Where the first reset() of this log has put it, and how many logs there were.
    EntryId began;
    std::uint64_t logs = 0;
    // How far reading is, which refreshers that are not well don't hold back. It does not follow
    // from what was read before if that is `anew`: then refreshes are due that stand for it.
    EntryId read;
    bool anew = false;
    bool is_ahead = false;      // see applied_ahead()
    std::uint64_t changes = 0;  // of what waits depend on
    Clock::time_point alive_at = Clock::now();
    Clock::time_point looked_at = Clock::now();  // at the end of the log
    Clock::time_point read_at = Clock::now();    // and all that was committed had its id
    Clock::time_point proved_at = Clock::now();  // and all of it was applied
    EntryId canary;                              // that was seen, or the place taken since
    bool stands = false;                         // it moves no further: see Pause

    // How far it is, for those who ask.
    [[nodiscard]] EntryId entry() const { return lost ? EntryId() : cursor.id; }
  };

  // `clock`: empty but in tests.
  explicit Position(std::function<Clock::time_point()> clock = {}) : clock_(std::move(clock)) {
    if (clock_) {
      alive_at_ = state_.looked_at = state_.read_at = state_.proved_at = clock_();
    }
  }

  // To an entry that was handled; never backward.
  void advance(const Cursor& cursor);
  // To a place that may be anywhere: at start, and after a resync.
  void reset(const Cursor& cursor);
  // Its place is no longer in the log: until the next reset() it is nowhere.
  void lose();
  // The log was read through `cursor`. `anew`: see State.
  void read_through(const Cursor& cursor, bool anew);
  // The same after a resync: the entries that were read before may be of another log.
  void read_anew(const Cursor& cursor);
  // `entry` was applied before it was read in the log: no wait ends by it, as the log need not hold
  // it.
  void applied_ahead(const Cursor& entry);
  // The log has told of what was: it is read by now, or never will be.
  void nothing_ahead();
  // A refresher has ended what held up waits for it.
  void stir();
  // All that stood in the log at that time was read: all that was committed, if that is `complete`.
  // It has been applied, if that is `proved`, which counts for nothing after the time until which
  // others take this node for live: they no longer wait for it.
  void looked(Clock::time_point at, bool proved, bool complete = true);
  // Others take this node for live until then. Before the first call nobody needs to.
  void live_until(Clock::time_point end);
  // At a start with work that is left from an earlier one.
  void prove_nothing_since(Clock::time_point at);
  void saw_canary(EntryId entry);
  // Looked, or has done a step of its work.
  void still_here();
  // While one lives, something is computed that ends by itself: however long that takes, whoever
  // does it has come forward.
  class Computing {
   public:
    explicit Computing(Position& position) : position_(position) {
      position_.alive_at_.store(Clock::time_point::max(), std::memory_order_relaxed);
    }
    ~Computing() { position_.still_here(); }
    Computing(const Computing&) = delete;
    Computing& operator=(const Computing&) = delete;

   private:
    Position& position_;
  };

  [[nodiscard]] State state() const;
  [[nodiscard]] EntryId entry() const { return state().entry(); }

  // Whether it may move.
  [[nodiscard]] Pause& pause() { return pause_; }
  [[nodiscard]] const Pause& pause() const { return pause_; }

  // Whether the entry of that id, which bears a check, is the one that was read.
  [[nodiscard]] IdCheck compare(EntryId id) const;
  // Whether the entry of that id, which bears a check, was applied ahead.
  [[nodiscard]] bool has_applied_ahead(EntryId id) const;
  // Who waits, as long as it lives: then what comes is read in the log at once. Lives as long as
  // this at most.
  struct Leave {
    void operator()(const Position* position) const { --position->waiters_; }
  };
  using Waiter = std::unique_ptr<const Position, Leave>;
  [[nodiscard]] Waiter waiter() const {
    ++waiters_;
    return Waiter(this);
  }
  [[nodiscard]] bool is_waited_for() const { return waiters_ != 0; }
  // Until State::changes is no longer `changes`, or this is closed, or then.
  void wait_change(std::uint64_t changes, Clock::time_point until) const;
  // Nothing moves this any more: ends all waiting, now and later.
  void close();
  [[nodiscard]] bool is_closed() const;

 private:
  template <class Change>
  void change(Change apply);
  void tell();  // who waits; under the mutex

  const std::function<Clock::time_point()> clock_;
  mutable std::mutex mutex_;
  mutable std::condition_variable moved_;
  State state_;  // guarded by mutex_, as is closed_; but for alive_at, which is the next
  std::atomic<Clock::time_point> alive_at_ = coarse_now();
  Clock::time_point live_until_ = Clock::time_point::max();  // guarded by mutex_
  bool closed_ = false;
  RecentChecks checks_;         // guarded by mutex_
  std::vector<EntryId> ahead_;  // guarded by mutex_
  mutable std::atomic<int> waiters_ = 0;
  Pause pause_;
};

}  // namespace crier
