// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>
#include <crier/admin/identity.hpp>
#include <crier/admin/store.hpp>
#include <crier/admin/wait.hpp>
#include <crier/log_follower.hpp>
#include <crier/messenger.hpp>
#include <crier/options.hpp>
#include <crier/shared_cache.hpp>

#include "base/connection_pool.hpp"
#include "base/local_wakeup.hpp"
#include "base/log_followers.hpp"
#include "base/own_entries.hpp"
#include "base/position.hpp"
#include "base/worker.hpp"
#include "keeper/keeper.hpp"
#include "node/applied_wait.hpp"
#include "node/wait_handlers.hpp"
#include "node/watchdog.hpp"
#include "poller/fenced_progress.hpp"
#include "poller/poller.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace crier {

struct Core;
class DatabaseMessenger;
class StoreCache;

// What lives from one start to the next: everything that bears the incarnation's identity.
// Shared, because a publish that is under way outlives stop(), and so may a thread that hangs.
class NodeRuntime : public std::enable_shared_from_this<NodeRuntime> {
 public:
  // Opens the store and checks its schema. Throws crier::Error.
  NodeRuntime(std::shared_ptr<Core> core, const std::string& name);

  // Registers, takes the place in the log, fills the caches, starts the threads.
  void run();
  // Waits for the threads' steps, each as long as Options::stop_deadline lets it, and says goodbye.
  // Harmless a second time.
  void stop() noexcept;

  [[nodiscard]] std::string originated() const { return own_.originated(); }
  [[nodiscard]] const Position& position() const { return position_; }
  [[nodiscard]] Role role() const;
  [[nodiscard]] Freshness freshness() const;
  // See Node. Looks at once for an entry that rang nobody here: this node's own, or what was
  // written without crier.
  [[nodiscard]] WaitEnd wait_applied(EntryId entry, std::chrono::milliseconds timeout,
                                     const std::vector<Guid>& refreshers) const;
  void on_applied(EntryId entry, std::chrono::milliseconds timeout, WaitHandler then,
                  const std::vector<Guid>& refreshers);
  // See Node. A call has one of a few connections to itself for each look.
  [[nodiscard]] WaitResult wait_everywhere(EntryId entry, std::chrono::milliseconds timeout) const;
  [[nodiscard]] std::vector<NodeRecord> nodes() const;
  [[nodiscard]] ServerMessenger& messenger() { return *messenger_; }
  // Null on a single server.
  [[nodiscard]] std::shared_ptr<SharedCache> shared_cache() const;

  // See LogAccess.
  [[nodiscard]] LogAccess::Place place() const;
  [[nodiscard]] bool is_own(const Entry& entry) const { return own_.has_written(entry); }
  [[nodiscard]] Fingerprint origin() const { return origin_; }
  [[nodiscard]] bool look(EntryId after, const ReadLimits& limits, Page& page);
  void hurry() noexcept;

 private:
  NodeRuntime(std::shared_ptr<Core> core, const std::string& name, const Identity& identity);
  // What stays as it is in what this node reports of itself.
  [[nodiscard]] NodeReport self() const;
  // Another process goes on under this node's identity: `found` says how that was found, and
  // `trace` is a number that it can't have met as well.
  void rename(std::int64_t trace, const std::string& found);
  // For a wait. Throws an invalid_argument Error if one of `refreshers` is not registered.
  [[nodiscard]] AppliedWait make_wait(EntryId entry, std::chrono::milliseconds timeout,
                                      const std::vector<Guid>& refreshers) const;
  [[nodiscard]] WaitSources wait_sources() const;
  [[nodiscard]] Standing standing_of(EntryId entry, std::chrono::milliseconds at_most) const;
  // Closes the connections that nobody uses now.
  void disconnect();
  [[nodiscard]] Access access() const;  // of connections that may write if the node may
  void tell_surroundings();
  // Until the position is no longer as of `changes`, or then.
  void wait_change(std::uint64_t changes, std::chrono::steady_clock::time_point until) const;
  // Throws crier::Error if one of the followers can't go with this node.
  void start_following();
  // Null: there are none.
  [[nodiscard]] const LogFollowers* followers() const {
    return followers_.empty() ? nullptr : &followers_;
  }
  // Returns the place that an earlier start has kept.
  std::optional<Cursor> start_keeper();
  void start_watchdog();
  // On the poller's thread: has the caches answer, unless the request is for another node.
  void answer_audit(const Instruction& request, EntryId entry);
  void start_sweeper();
  // A poller that goes on where the last one was, on a thread of its own.
  [[nodiscard]] std::shared_ptr<Poller> make_poller();
  void start_poller(std::shared_ptr<Poller> poller);
  void replace_poller(const std::string& why);
  void report_left(const char* which) const;

  const std::shared_ptr<Core> core_;
  const std::string name_;
  mutable std::mutex identity_mutex_;
  Identity identity_;  // guarded by identity_mutex_
  Position position_;
  OwnEntries own_;
  FencedProgress progress_;
  const LogFollowers followers_;
  LocalWakeup watchdog_bell_;
  LocalWakeup sweeper_bell_;
  std::shared_ptr<Store> store_;  // null on a single server, as is all that needs one
  std::unique_ptr<ServerMessenger> messenger_;
  DatabaseMessenger* publisher_ = nullptr;  // the same, unless it can't publish
  std::shared_ptr<StoreCache> shared_cache_;
  std::unique_ptr<ConnectionPool> connections_;
  std::unique_ptr<ConnectionPool> log_readers_;  // for followers of the log, as is the next
  Fingerprint origin_;
  std::unique_ptr<WaitHandlers> wait_handlers_;
  std::unique_ptr<Keeper> keeper_;
  std::unique_ptr<Watchdog> watchdog_;

  std::atomic<std::uint64_t> poller_ = 0;       // the number of the one that runs
  std::vector<std::weak_ptr<Poller>> pollers_;  // with those that were replaced
  std::mutex mutex_;
  std::unique_ptr<Worker> poller_thread_;  // guarded by mutex_: the watchdog replaces it
  std::unique_ptr<Worker> keeper_thread_;
  std::unique_ptr<Worker> watchdog_thread_;
  std::unique_ptr<Worker> sweeper_thread_;
};

}  // namespace crier
