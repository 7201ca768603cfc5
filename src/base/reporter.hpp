// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>
#include <crier/observer.hpp>

#include "base/duration_counter.hpp"
#include "base/event_queue.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

// The one place through which a node's work is counted, logged and told to the application.
// Thread-safe; holds no lock while it calls user code, and swallows what that throws.
class Reporter {
 public:
  // An empty sink means stderr, warnings and errors only. `observer` may be null.
  Reporter(std::shared_ptr<Observer> observer, LogSink log);

  void published(EntryId last, std::size_t entries);
  void entry_read(bool own);
  void appended(std::chrono::steady_clock::duration took) { appends_.add(took); }
  // A refresher has returned, or has thrown.
  void ran(std::chrono::steady_clock::duration took) { applies_.add(took); }
  void applied(const Instruction& instruction, const Source& source);
  void failed(const Failure& failure);
  void retrying(const Failure& failure);
  void refresher_changed(const RefresherTrouble& trouble);
  void stuck() { ++counts_.stuck; }
  void missed(const Missed& missed, ResyncReason reason);
  void resynced(const Resync& resync);
  // An operator has this node read no further, or again; `how`: the end of a sentence.
  void paused(const std::string& how);
  void resumed(const std::string& how);
  void polled();
  // `what` of the first failure in a row is logged, and the recovery: not each try.
  void poll_failed(const std::string& what);
  void poller_replaced(const std::string& why);
  // Publishing looks like a storm: it was refused, or is far more than usual.
  void storm(const std::string& what);
  void role_changed(Role from, Role to);
  // This node's beat stands in the database.
  void beaten() { ++counts_.beats; }
  // Of a duty of the keeper's: "the lease". That it failed is logged unless it did so for the same
  // reason before, and that it works again.
  void duty_done(std::string_view duty);
  void duty_failed(std::string_view duty, const std::string& what);
  void pruned(const Pruned& pruned);

  // Why this node is not woken at once; empty: it is. Changes are logged.
  void wakeup_trouble(const std::string& why);
  // The same as a sentence; empty: it is.
  [[nodiscard]] std::string wakeup_trouble() const;

  void log(LogLevel level, std::string_view text) const noexcept;
  // From now on nothing of the application's is called.
  void mute() { muted_ = true; }
  [[nodiscard]] Counters counters() const noexcept;
  // Another keeper begins: what the last one failed at is no trouble of its own.
  void forget_duties();
  // The duties that failed when they were last done, a sentence each, without `but`.
  [[nodiscard]] std::vector<std::string> duty_troubles(std::string_view but = {}) const;
  // What is to be kept in the history.
  [[nodiscard]] EventQueue& events() { return events_; }
  // The latest failure of this node, of any kind, for other nodes to see; empty: none yet.
  [[nodiscard]] std::string last_error() const;

 private:
  template <class Call>
  void tell(Call call) const noexcept;
  void remember_error(const std::string& what);
  // True for the first failure of a GUID that nobody claims: a rolling upgrade must not flood logs.
  bool first_of_unknown(const Guid& refresher);

  const std::shared_ptr<Observer> observer_;
  const LogSink log_;

  struct {
    std::atomic<std::uint64_t> published, entries, own_skipped, applied, failed, retries, stuck,
        replaced, resyncs, polls, polls_failed, beats, beats_failed, pruned;
  } counts_{};
  std::array<std::atomic<std::uint64_t>, kResyncReasons> resyncs_by_{};
  DurationCounter appends_;
  DurationCounter applies_;
  std::atomic<bool> polls_failing_ = false;
  std::atomic<bool> muted_ = false;

  mutable std::mutex mutex_;
  std::set<Guid> unwell_;       // refreshers of which that was noted; guarded
  std::set<Guid> unknown_;      // guarded by mutex_, as are the next
  std::string wakeup_trouble_;  // what was logged last
  std::string last_error_;
  // By the duty's name: why it failed. Empty: all go well.
  std::map<std::string, std::string, std::less<>> duty_troubles_;
  EventQueue events_;
};

}  // namespace crier
