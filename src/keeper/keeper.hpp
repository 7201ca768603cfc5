// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>
#include <crier/admin/store.hpp>
#include <crier/options.hpp>

#include "base/local_wakeup.hpp"
#include "base/position.hpp"
#include "base/worker.hpp"
#include "keeper/audit_answers.hpp"
#include "keeper/cache_cleaner.hpp"
#include "keeper/duties.hpp"
#include "keeper/event_writer.hpp"
#include "keeper/heartbeat.hpp"
#include "keeper/leadership.hpp"
#include "keeper/persistent_position.hpp"
#include "keeper/progress_writer.hpp"
#include "keeper/pruner.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace crier {

class Dispatcher;
class OwnEntries;
class Reporter;

// Shows this node to the others, bears its role, and does the leader's housekeeping: the duties of
// a tick, which fail one by one. Used by one thread at a time, unless it says otherwise. Nothing
// that fails here stops it: the next tick tries again.
class Keeper {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Settings {
    NodeReport node;  // what stays as it is: who, where, how often
    Role fixed_role = Role::unknown;
    std::chrono::milliseconds lease_duration{};
    std::chrono::milliseconds stalled_after{};
    Pruner::Settings pruning;
    KeepPosition keep_position = KeepPosition::in_memory;
    std::string position_file;
    std::chrono::milliseconds canary_interval{};   // 0: none
    std::vector<RefresherRecord> refreshers = {};  // that the node has
    bool read_only = false;                        // does nothing but keep the position's file
    // Another process beats as this node, at a time of the database's.
    std::function<void(std::chrono::milliseconds at)> cloned = [](std::chrono::milliseconds) {};
  };

  // Canaries are of `own`.
  Keeper(Store& store, Reporter& reporter, Position& position, Dispatcher& dispatcher,
         OwnEntries& own, Settings settings);
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  // The step of the keeper's thread: a tick, or only an answer to those who wait for the position.
  // What fails is reported.
  Stepped step(Time now) noexcept;

  // Rings for the next step. Any thread may wait and ring.
  [[nodiscard]] LocalWakeup& bell() { return bell_; }
  // Any thread: has the position told to the others now, without a tick.
  void want_answer() noexcept;
  // Any thread: has this answer to an audit told to the others now. The position is not told before
  // that, if it has yet to pass the request.
  void answer_audit(EntryId request, std::vector<AuditAnswer> caches);
  // Any thread. True while answers are not written, so that further audits should not be answered.
  [[nodiscard]] bool is_behind_audits() const { return audits_.is_full(); }
  // Any thread: has pending entries get their ids now, if this node leads or, `for_long`, if
  // whoever leads seems not to.
  void want_ids(bool for_long) noexcept;
  // Any thread: has the next tick now.
  void want_tick() noexcept;
  // Any thread: another process is under way as this incarnation. From the next step on, which is
  // now, this node is another one.
  void rename(const Guid& incarnation);
  // Any thread. True while an answer is due, which waits for no failure of a tick.
  [[nodiscard]] bool is_asked() const noexcept { return answer_wanted_; }

  // Takes over what an earlier start has kept: where to go on from, or nothing. From here on the
  // position is saved with each tick, once it has a place. Throws crier::Error.
  std::optional<Cursor> claim_position();

  // Saves the position a last time, gives the lease back, tells how far the node was, says goodbye.
  // Reports what fails, and takes no more than a few seconds.
  void leave() noexcept;

  // Any thread.
  [[nodiscard]] Role role(Time now) const noexcept { return leadership_.role(now); }

 private:
  // A duty of the leader's, as long as this node leads.
  using LeadersWork = void (Keeper::*)(Connection& connection, const Fence& fence);

  bool tick() noexcept;
  [[nodiscard]] std::vector<Duty> duties_of_tick();
  [[nodiscard]] std::vector<Duty> duties_at_end();
  [[nodiscard]] Duty history();
  [[nodiscard]] Duty progress();
  [[nodiscard]] Duty last_beat();
  [[nodiscard]] Duty auditing();
  [[nodiscard]] Duty recording();
  [[nodiscard]] Duty saving();
  [[nodiscard]] std::function<void(Connection&)> leading(LeadersWork work);
  bool save_to_file() noexcept;

  void take_new_name();
  void beat(Connection& connection);
  void answer(Connection& connection);
  void hear(const PauseOrder& order);
  void record_failures(Connection& connection);
  void assign_pending_ids(Connection& connection);
  void send_canary(Connection& connection, const Fence& fence);
  void prune(Connection& connection, const Fence& fence);
  void clean_cache(Connection& connection, const Fence& fence);
  void note_silent(Connection& connection, const Fence& fence);

  Store& store_;
  Reporter& reporter_;
  Position& position_;
  Dispatcher& dispatcher_;
  OwnEntries& own_;
  Settings settings_;
  Heartbeat heartbeat_;
  Leadership leadership_;
  Pruner pruner_;
  CacheCleaner cache_cleaner_;
  PersistentPosition persistent_position_;
  EventWriter events_;
  ProgressWriter progress_;
  AuditAnswers audits_;
  Duties duties_;
  const std::vector<Duty> of_tick_;
  const std::vector<Duty> at_end_;
  const std::vector<Duty> audit_;
  const std::vector<Duty> answer_;
  const std::vector<Duty> settling_;

  Position::State shown_;  // what beats and answers tell
  Time now_;               // of the step that is under way
  Time tick_due_;          // the next one
  Time canary_at_;         // when the last one was sent
  bool alone_ = false;     // no other node was live at the last beat
  int unrecorded_ = 0;     // how often in a row what was given up could not be recorded
  bool more_ = false;      // the leader's work is not at its end
  LocalWakeup bell_;
  std::mutex mutex_;
  std::optional<Guid> new_incarnation_;  // guarded by mutex_
  std::atomic<bool> audit_wanted_ = false;
  std::atomic<bool> answer_wanted_ = false;
  std::atomic<bool> ids_wanted_ = false;
  std::atomic<bool> tick_wanted_ = false;
};

}  // namespace crier
