// SPDX-License-Identifier: MIT
#pragma once

#include <crier/guid.hpp>
#include <crier/observer.hpp>
#include <crier/options.hpp>

#include "refresh/lane.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crier {

// The calls that run in refreshers, and the lanes of those that are not well. Thread-safe; runs
// nothing itself. The time is the caller's.
class Lanes {
 public:
  using Time = Lane::Time;
  using CallId = std::uint64_t;

  explicit Lanes(RetryPolicy policy) : policy_(policy) {}

  // What has become of a call.
  struct Ended {
    Lane::Outcome outcome = Lane::Outcome::well;
    int attempts = 1;
    bool was_stuck = false;
    bool waits = false;  // there is a job now, at once or later
    std::optional<RefresherTrouble> change;
  };

  // A call that is under way. It ends with this at the latest, as one that failed: whatever comes
  // between must not leave the lane waiting for it.
  class Running {
   public:
    Running(Lanes& lanes, CallId call) : lanes_(&lanes), call_(call) {}
    Running(Running&& other) noexcept
        : lanes_(std::exchange(other.lanes_, nullptr)), call_(other.call_) {}
    Running& operator=(Running&&) = delete;
    ~Running();

    // `error`: what it threw; empty: it went well.
    Ended end(const std::string& error, Time now);
    // It is not made after all. Not for a job.
    void cancel(Time now) { static_cast<void>(end({}, now)); }

   private:
    Lanes* lanes_;  // null: it has ended
    CallId call_;
  };

  // A call that may be made now; nothing: it waits its turn, and a job comes of it. `runner` is who
  // makes it. The instruction and the source live until the call ends.
  std::optional<Running> begin(const Guid& lane, const Instruction& instruction, std::size_t index,
                               const Source& source, const Cursor& before, std::uint64_t runner,
                               Time now);
  // The next job that is due, for `runner` to run until it ends.
  struct Due {
    Running call;
    Guid lane;
    Job job;
  };
  std::optional<Due> take(std::uint64_t runner, Time now);

  // A full refresh of `lane`, in place of all that waits there.
  std::optional<RefresherTrouble> refresh(const Guid& lane, Waiting refresh, Time now);
  void notice(const Guid& lane, std::function<void()> call);

  // Calls that have become overdue since they were looked for last, of all or of one runner.
  struct Stuck {
    Guid lane;
    std::uint64_t runner = 0;
    EntryId entry;
    std::optional<RefresherTrouble> change;
  };
  std::vector<Stuck> find_stuck(std::chrono::milliseconds deadline, Time now,
                                std::optional<std::uint64_t> runner = {});
  // The call that `runner` is in: which lane, and which entry.
  [[nodiscard]] std::optional<std::pair<Guid, EntryId>> running(std::uint64_t runner) const;

  // No lane has anything to do or to tell: what take(), before() and next_due() know without a
  // lock.
  [[nodiscard]] bool are_idle() const { return idle_.load(std::memory_order_acquire); }
  // Where the position stops; and moves that, for all that is not done yet.
  [[nodiscard]] std::optional<Cursor> before() const;
  void move_before(const Cursor& cursor);
  // Whether `lane` would be one beyond `most`, or the one for the rest is in use already.
  [[nodiscard]] bool is_crowded(const Guid& lane, std::size_t most) const;
  [[nodiscard]] std::optional<Time> next_due() const;
  [[nodiscard]] std::vector<RefresherTrouble> troubles() const;

 private:
  struct Call {
    CallId id = 0;
    Guid lane;
    std::uint64_t runner = 0;
    Time started;
    bool stuck = false;
    const Instruction* instruction = nullptr;  // null: a job, which its lane knows
    std::size_t index = 0;
    EntryId entry;
    std::string_view originated;
    Cursor before;
  };

  // Applies `change` to the lane, which is forgotten where it is done; what others are to be told.
  // Under the mutex.
  template <class Change>
  std::optional<RefresherTrouble> change(const Guid& guid, Change apply);
  static Waiting waiting_of(const Call& call);
  Ended end(CallId call, const std::string& error, Time now);
  double draw() { return std::uniform_real_distribution<double>(0.0, 1.0)(random_); }

  const RetryPolicy policy_;
  mutable std::mutex mutex_;
  std::map<Guid, Lane> lanes_;  // guarded by mutex_, as are the next: those that are not done
  std::vector<Call> calls_;
  std::atomic<bool> idle_ = true;  // lanes_ is empty; changed under mutex_
  CallId last_call_ = 0;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace crier
