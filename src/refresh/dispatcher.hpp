// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>
#include <crier/freshness.hpp>
#include <crier/instruction.hpp>
#include <crier/messenger.hpp>
#include <crier/observer.hpp>
#include <crier/options.hpp>
#include <crier/refresher.hpp>

#include "base/coarse_clock.hpp"
#include "base/position.hpp"
#include "refresh/publish_guard.hpp"
#include "refresh/quarantine.hpp"
#include "refresh/refresher_queues.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

struct Claim;
class Notifier;
class Registry;
class Reporter;

// For whom a refresher runs.
struct CallContext {
  std::uint64_t poller = 0;  // its number; 0: a publisher
  Cursor position_limit;     // the position must not pass it until the instruction is done
  // Nobody runs jobs here (a single server): what fails is reported and passed.
  bool alone = false;
  // Asked once the call is known to the queues, and before it is made; false: it must not be.
  // Empty: it may.
  std::function<bool()> may_run = nullptr;
};

// Runs refreshers: what was published here, and what was read from the log. What a refresher throws
// goes no further: the instruction is tried again by run_due(), then given up for a full refresh,
// while others go on (see RefresherQueue). Thread-safe as far as the refreshers are.
class Dispatcher {
 public:
  using Time = RefresherQueues::Time;

  struct Settings {
    RetryPolicy retry;
    std::function<Time()> clock = nullptr;  // null: the steady clock
    bool records_failures = true;           // somebody writes down what is in the quarantine
  };

  Dispatcher(const Registry& registry, Notifier& notifier, Reporter& reporter)
      : Dispatcher(registry, notifier, reporter, Settings()) {}
  Dispatcher(const Registry& registry, Notifier& notifier, Reporter& reporter, Settings settings);

  // `index` is the instruction's place in its entry. With `local` these calls are made in place of
  // what the instruction says.
  void apply(const Instruction& instruction, std::size_t index, const Source& source,
             const CallContext& caller, std::span<const LocalCall> local = {});
  // What could not be read, or can't be applied: one refresher is fully refreshed in its place, by
  // the next run_due(); nobody if it is not known. `json` is what it says.
  void give_up(const Failure& failure, const Cursor& position_limit, std::string json);
  // A full refresh of one (of none, if nobody claims it), or of every refresher and the
  // fallback, by the next run_due().
  // `for_stale`: WhenStale asks for it.
  void refresh(const Guid& refresher, const Source& source, const Cursor& position_limit,
               bool for_stale = false);
  void refresh_everything(const Source& source, const Cursor& position_limit);

  // Runs what is due: retries, full refreshes, notices; and `after_each` after each of them. While
  // `paused` says so, only what act_on_stale() has asked for.
  void run_due(
      std::uint64_t poller, const std::stop_token& stop = {},
      const std::function<void()>& after_each = [] {},
      const std::function<bool()>& paused = [] { return false; });
  [[nodiscard]] std::optional<Time> next_due() const { return queues_.next_due(); }
  // Nothing is due, now or later, and the position stops nowhere.
  [[nodiscard]] bool is_idle() const { return queues_.are_idle(); }

  // Where the position stops; nothing: nowhere.
  [[nodiscard]] std::optional<Cursor> position_limit() const { return queues_.position_limit(); }
  // Of one refresher: before which entry it stands. Nothing: it has done all that it was given.
  [[nodiscard]] std::optional<Cursor> position_limit(const Guid& refresher) const;
  // Whether anybody here runs it; else apply() tells of a failure at once.
  [[nodiscard]] bool is_claimed(const Instruction& instruction) const;
  // Whether a refresher has applied `entry` and all before it, whatever holds up others, ...
  [[nodiscard]] bool has_applied(const Guid& refresher, EntryId entry,
                                 const Position::State& state) const;
  // ... and since when it was known to be up to date.
  [[nodiscard]] ServerMessenger::Standing standing(const Guid& refresher, EntryId entry,
                                                   const Position& position) const;
  // At a new start: where it stops for all that is not done yet.
  void move_position_limit(const Cursor& cursor) { queues_.move_position_limit(cursor); }
  // Calls that have outlived `deadline` since they were looked for last, of all or of one runner:
  // their queues are stuck from now on. tell_stuck() calls the application for that, and is to come
  // when nothing waits for it.
  [[nodiscard]] std::vector<RefresherQueues::Stuck> find_stuck(
      std::chrono::milliseconds deadline, std::optional<std::uint64_t> runner = {});
  void tell_stuck(const std::vector<RefresherQueues::Stuck>& found);
  // The refresher that `poller` is in, in words; empty: none.
  [[nodiscard]] std::string running(std::uint64_t poller) const;
  // With the refreshers' names.
  [[nodiscard]] std::vector<RefresherTrouble> troubles() const;
  // Does what WhenStale asks for, by the next run_due(): a full refresh, or the callback.
  void act_on_stale(const Guid& refresher, const Freshness& freshness,
                    const Cursor& position_limit);

  [[nodiscard]] const Registry& registry() const { return registry_; }
  [[nodiscard]] Quarantine& quarantine() { return quarantine_; }
  // The chain of what this thread publishes now. Throws an invalid_argument Error if that is too
  // long.
  [[nodiscard]] std::vector<Guid> publish_chain() { return publish_guard_.admit(now()); }
  void published(std::size_t entries) { publish_guard_.published(entries, now()); }
  // What is wrong with what is published here, a sentence each.
  [[nodiscard]] std::vector<std::string> publish_troubles() {
    return publish_guard_.troubles(now());
  }
  // Who is to be woken; under no lock.
  struct Bells {
    std::function<void()> work = [] {};      // run_due() has something that next_due() did not tell
    std::function<void()> given_up = [] {};  // something is in the quarantine
  };
  void connect(Bells bells);
  // From now on nothing of the application's is called.
  void close() { closed_ = true; }
  [[nodiscard]] bool is_closed() const { return closed_; }

 private:
  [[nodiscard]] Time now() const {
    return settings_.clock ? settings_.clock() : std::chrono::steady_clock::now();
  }
  // When a call begins, which is asked for often and compared with seconds.
  [[nodiscard]] Time about_now() const {
    return settings_.clock ? settings_.clock() : coarse_now();
  }
  // Runs it on the refresher or the fallback. Returns what was thrown, in words. `call` is null if
  // no queue knows of it.
  [[nodiscard]] std::string run(const Claim& claim, const Instruction& instruction,
                                const Source& source, std::span<const LocalCall> local,
                                RefresherQueues::Running* call);
  void run_job(RefresherQueues::Due& due);
  // Reports how a call has ended; `with`: without the name and the attempts. `passed`: it is not
  // tried again, though it failed.
  void report_outcome(const RefresherQueues::Ended& ended, const Failure& with,
                      const Instruction& instruction, bool passed = false);
  void quarantine(const Failure& failure, std::int64_t count, std::string json);
  // So that it can run again once all is well; empty if it can't be published again. Throws nothing
  // for what an instruction holds: rows hold anything.
  [[nodiscard]] static std::string json_to_keep(const Instruction& instruction);
  void tell(std::optional<RefresherTrouble> change);
  [[nodiscard]] std::string name_of(const Guid& refresher) const;
  // The queue of what is for `refresher`, which nobody claims.
  [[nodiscard]] Guid queue_of_unclaimed(const Guid& refresher) const;
  [[nodiscard]] std::shared_ptr<const Bells> bells() const;

  const Registry& registry_;
  Notifier& notifier_;
  Reporter& reporter_;
  const Settings settings_;
  RefresherQueues queues_;
  Quarantine quarantine_;
  PublishGuard publish_guard_;
  std::atomic<bool> closed_ = false;

  mutable std::mutex mutex_;
  std::shared_ptr<const Bells> bells_ = std::make_shared<const Bells>();  // guarded by mutex_
};

}  // namespace crier
