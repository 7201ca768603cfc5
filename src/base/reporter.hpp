// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>
#include <crier/observer.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace crier {

// What the trouble is, or that it is over.
[[nodiscard]] std::string sentence(const RefresherTrouble& trouble);

// The one place through which a node's work is counted, logged and told to the application.
// Thread-safe; holds no lock while it calls user code, and swallows what that throws.
class Reporter {
 public:
  // An empty sink means stderr, warnings and errors only. `observer` may be null.
  Reporter(std::shared_ptr<Observer> observer, LogSink log);

  void published(EntryId last, std::size_t entries);
  void entry_read(bool own);
  void applied(const Instruction& instruction, const Source& source);
  void failed(const Failure& failure);
  void retrying(const Failure& failure);
  void refresher_changed(const RefresherTrouble& trouble);
  void stuck() { ++counts_.stuck; }
  void missed(const Missed& missed, ResyncReason reason);
  void resynced(const Resync& resync);
  void polled();
  // `what` of the first failure in a row is logged, and the recovery: not each try.
  void poll_failed(const std::string& what);
  void poller_replaced(const std::string& why);
  void role_changed(Role from, Role to);
  void beaten();
  // Logged where it differs from the last one, as is the recovery.
  void beat_failed(const std::string& what);
  void pruned(const Pruned& pruned);

  // Why this node is not woken at once; empty: it is. Changes are logged.
  void wakeup_trouble(const std::string& why);

  void log(LogLevel level, std::string_view text) const noexcept;
  // From now on nothing of the application's is called.
  void mute() { muted_ = true; }
  [[nodiscard]] Counters counters() const noexcept;
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
  std::atomic<bool> polls_failing_ = false;
  std::atomic<bool> muted_ = false;

  mutable std::mutex mutex_;
  std::set<Guid> unknown_;      // guarded by mutex_, as are the next
  std::string wakeup_trouble_;  // what was logged last
  std::string beat_trouble_;    // what was logged last; empty: beats go well
  std::string last_error_;
};

}  // namespace crier
