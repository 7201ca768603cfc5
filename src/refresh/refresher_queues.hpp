// SPDX-License-Identifier: MIT
#pragma once

#include <crier/guid.hpp>
#include <crier/observer.hpp>
#include <crier/options.hpp>

#include "refresh/refresher_queue.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crier {

// The calls that run in refreshers, and the queues of those that are not well. Thread-safe; runs
// nothing itself. The time is the caller's.
class RefresherQueues {
 public:
  using Time = RefresherQueue::Time;
  using CallId = std::uint64_t;

  explicit RefresherQueues(RetryPolicy policy) : policy_(policy), once_(policy) {
    once_.retries = 0;
  }

  // What has become of a call.
  struct Ended {
    RefresherQueue::Outcome outcome = RefresherQueue::Outcome::well;
    int attempts = 1;
    bool was_stuck = false;
    bool waits = false;  // there is a job now, at once or later
    std::optional<RefresherTrouble> change;
  };

  // A call that is under way. It ends with this at the latest, as one that failed: whatever comes
  // between must not leave the queue waiting for it.
  class Running {
   public:
    Running(RefresherQueues& queues, CallId call) : queues_(&queues), call_(call) {}
    Running(Running&& other) noexcept
        : queues_(std::exchange(other.queues_, nullptr)), call_(other.call_) {}
    Running& operator=(Running&&) = delete;
    ~Running();

    // `error`: what it threw; empty: it went well. `for_good`: trying again would do no good.
    Ended end(const std::string& error, Time now, bool for_good = false);
    // One of the refresher's functions has returned, and the next is called: the deadline begins
    // anew.
    void go_on(Time now) { queues_->go_on(call_, now); }
    // It is not made after all. Not for a job.
    void cancel(Time now) { static_cast<void>(end({}, now)); }

   private:
    RefresherQueues* queues_;  // null: it has ended
    CallId call_;
  };

  // A call that may be made now; nothing: it waits its turn, and a job comes of it. `runner` is who
  // makes it. The instruction and the source live until the call ends.
  std::optional<Running> begin(const Guid& queue, const Instruction& instruction, std::size_t index,
                               const Source& source, const Cursor& position_limit,
                               std::uint64_t runner, Time now);
  // The next job that is due, for `runner` to run until it ends. `stale_only`: of those that
  // WhenStale has asked for.
  struct Due {
    Running call;
    Guid queue;
    Job job;
  };
  std::optional<Due> take(std::uint64_t runner, Time now, bool stale_only = false);

  // A full refresh of `queue`, in place of all that waits there.
  std::optional<RefresherTrouble> refresh(const Guid& queue, Waiting refresh, Time now);
  void notice(const Guid& queue, std::function<void()> call);

  // Calls that have become overdue since they were looked for last, of all or of one runner.
  struct Stuck {
    Guid queue;
    std::uint64_t runner = 0;
    EntryId entry;
    std::optional<RefresherTrouble> change;
  };
  std::vector<Stuck> find_stuck(std::chrono::milliseconds deadline, Time now,
                                std::optional<std::uint64_t> runner = {});
  // The call that `runner` is in: which queue, and which entry.
  [[nodiscard]] std::optional<std::pair<Guid, EntryId>> running(std::uint64_t runner) const;

  // No queue has anything to do or to tell: what take(), position_limit() and next_due() know
  // without a lock.
  [[nodiscard]] bool are_idle() const { return idle_.load(std::memory_order_acquire); }
  // Where the position stops; and moves that, for all that is not done yet.
  [[nodiscard]] std::optional<Cursor> position_limit() const;
  // Before which entry `queue` stands; nothing: it has done all that it was given.
  [[nodiscard]] std::optional<Cursor> position_limit(const Guid& queue) const;
  void move_position_limit(const Cursor& cursor);
  // Whether `queue` would be one beyond `most`, or the one for the rest is in use already.
  [[nodiscard]] bool is_crowded(const Guid& queue, std::size_t most) const;
  [[nodiscard]] std::optional<Time> next_due() const;
  [[nodiscard]] std::vector<RefresherTrouble> troubles() const;

 private:
  struct Call {
    CallId id = 0;
    Guid queue;
    std::uint64_t runner = 0;
    Time started;
    bool stuck = false;
    const Instruction* instruction = nullptr;  // null: a job, which its queue knows
    std::size_t index = 0;
    EntryId entry;
    std::string_view originated;
    Cursor position_limit;
    std::span<const Guid> chain = {};
  };

  // Applies `change` to the queue, which is forgotten if it is done; what others are to be told.
  // Under the mutex.
  template <class Change>
  std::optional<RefresherTrouble> change(const Guid& guid, Change apply);
  static Waiting waiting_of(const Call& call);
  Ended end(CallId call, const std::string& error, Time now, bool for_good = false);
  void go_on(CallId call, Time now);
  double draw() { return std::uniform_real_distribution<double>(0.0, 1.0)(random_); }

  const RetryPolicy policy_;
  RetryPolicy once_;  // the same without retries
  mutable std::mutex mutex_;
  std::map<Guid, RefresherQueue>
      queues_;  // guarded by mutex_, as are the next: those that are not done
  std::vector<Call> calls_;
  std::atomic<bool> idle_ = true;  // queues_ is empty; changed under mutex_
  CallId last_call_ = 0;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace crier
