// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>
#include <crier/instruction.hpp>
#include <crier/observer.hpp>
#include <crier/options.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace crier {

// An instruction that waits in a queue, or a full refresh.
struct Waiting {
  Instruction instruction;
  std::size_t index = 0;
  EntryId entry;  // 0: published here
  std::string originated;
  Cursor position_limit;  // the position must not pass it until this is done
  int tries = 0;          // that have failed, and when the first did
  std::chrono::steady_clock::time_point first_failure{};
  std::vector<Guid> chain = {};  // see Source
  bool for_stale = false;        // WhenStale asks for it
};

// What is to run next in a queue.
struct Job {
  enum class Kind { instruction, full_refresh, notice };
  Kind kind = Kind::full_refresh;
  Waiting waiting;
  std::function<void()> notice;
};

// How one refresher fares, if it is not well: what waits, in order, and when it is due. An
// instruction that keeps failing gives way to a full refresh, which stands for all that waits; so
// does whatever comes while one is pending or a call hangs. Knows no clock, no lock and no
// refresher.
class RefresherQueue {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // More than so many that wait, or bytes of them, collapse into a full refresh.
  static constexpr std::size_t kMaxWaiting = 1000;
  static constexpr std::size_t kMaxBytes = 64 * 1024 * 1024;

  // How a job, or a call that was made past the queue, has ended.
  enum class Outcome {
    well,
    again,     // failed, and waits for its next try
    given_up,  // failed for the last time: a full refresh is due in its place
  };

  // A call may be made at once: nothing waits, nothing hangs.
  [[nodiscard]] bool is_open() const { return queue_.empty() && !refresh_ && !busy_ && hung_ == 0; }
  // There is nothing left to remember.
  [[nodiscard]] bool is_done() const { return is_open() && !notice_; }
  [[nodiscard]] RefresherState state() const;
  // Where the position stops; and moves that, for all that is not done yet.
  [[nodiscard]] std::optional<Cursor> position_limit() const;
  void move_position_limit(const Cursor& cursor);
  // At which entry the trouble began; 0: none.
  [[nodiscard]] EntryId entry() const;
  // What failed last; empty: nothing has.
  [[nodiscard]] const std::string& error() const { return error_; }
  // When there is a job; nothing: not before something else happens.
  [[nodiscard]] std::optional<Time> due() const;

  // The job that is due is one that WhenStale asks for.
  [[nodiscard]] bool acts_on_stale() const { return notice_ || (refresh_ && refresh_->for_stale); }

  // Behind what waits.
  void put(Waiting waiting, Time now);
  // A full refresh in place of all that waits.
  void refresh(Waiting refresh, Time now);
  // Something to run beside, once.
  void notice(std::function<void()> call) { notice_ = std::move(call); }

  // The job that is due; it runs until done(). REQUIRES: due() <= now.
  [[nodiscard]] Job take();
  // `jitter` is a draw from [0, 1).
  Outcome done(const std::string& error, const RetryPolicy& policy, double jitter, Time now);
  // A call that was made at once, past the queue, has failed.
  Outcome failed(Waiting waiting, const std::string& error, const RetryPolicy& policy,
                 double jitter, Time now);
  // How often what failed() or done() was about was tried.
  [[nodiscard]] int attempts() const { return attempts_; }

  // `call` (the job's, or one that was made past the queue) hangs: what waits is collapsed, and
  // what comes is, until returned(). A job's done() follows.
  void hang(Waiting call, Time now);
  void returned();

 private:
  void absorb(Waiting waiting, Time now);
  void forget_error();  // if nothing is left to do about it
  Outcome try_again(Waiting failed, const RetryPolicy& policy, double jitter, Time now);
  Outcome refresh_ended(Waiting refresh, bool well, const RetryPolicy& policy, double jitter,
                        Time now);

  std::deque<Waiting> queue_;
  std::size_t bytes_ = 0;           // of what was put there since it was empty
  Time next_try_;                   // of the first in the queue
  std::optional<Waiting> refresh_;  // pending; then the queue is empty
  bool asked_ = false;              // for it, since the one before was taken
  int refreshes_failed_ = 0;        // in a row
  Time next_refresh_;
  std::function<void()> notice_;
  std::optional<Job> busy_;  // runs now
  int hung_ = 0;             // calls
  Waiting hanging_;          // the one of them before which the position stops
  int attempts_ = 0;
  std::string error_;  // the last; empty: nothing is wrong
};

}  // namespace crier
