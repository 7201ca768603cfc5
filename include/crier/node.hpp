// SPDX-License-Identifier: MIT
#pragma once

#include <crier/distributed_cache.hpp>
#include <crier/entry.hpp>
#include <crier/export.hpp>
#include <crier/freshness.hpp>
#include <crier/health.hpp>
#include <crier/notification.hpp>
#include <crier/observer.hpp>
#include <crier/options.hpp>
#include <crier/registry.hpp>
#include <crier/shared_cache.hpp>
#include <crier/wait.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace crier {

/// One running process: publishes what it changes, and applies what others changed. Owns the
/// registry, the facade, the connections, and the threads of the poller and the keeper. Neither
/// copies nor moves.
///
/// start() and stop() are called by one thread at a time; the rest is thread-safe.
class CRIER_EXPORT Node {
 public:
  /// Opens nothing yet. Throws an invalid_argument Error if the options are wrong.
  Node(Options options, Registry refreshers);
  /// Stops.
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  /// Checks the schema, registers the node, takes its place in the log, fills the caches
  /// (Options::cold_start and fill_caches), and starts polling: in this order, on the caller's
  /// thread up to the last step. A node that can't register says so, and runs all the same.
  /// Throws crier::Error if the store can't be opened, its schema is not the one understood (the
  /// message says what to do), or the node runs already; and what fill_caches throws.
  /// A node that was stopped may be started again, as a new incarnation.
  void start();
  /// Ends the poller after the instruction that is under way, and closes the connections; a publish
  /// that is under way still finishes. Publishing then throws. Harmless if the node does not
  /// run. Ends within Options::stop_deadline (and a few seconds for the database) in any case: a
  /// refresher that has not returned by then is left to itself on its thread and named in the log;
  /// once the node is destroyed nothing of the application's is called from there any more. On a
  /// thread of crier's, as in a refresher, in an observer, or by exit() in one of them, it does not
  /// wait for that thread.
  void stop() noexcept;
  /// Between start() and stop().
  [[nodiscard]] bool running() const noexcept;

  // A child of fork() must not use a node of its parent's: there its calls throw crier::Error, or
  // do nothing if they can't throw, and the destructor leaves everything as it is.

  /// Publishing before start() or after stop() throws crier::Error. Lives as long as the node.
  [[nodiscard]] DistributedCache& cache() noexcept;
  /// The cache in the node's database. Between start() and stop(); else, and on a single server,
  /// its calls throw crier::Error. A node that is read_only can only read it. Lives as long as the
  /// node.
  [[nodiscard]] SharedCache& shared_cache() noexcept;

  /// `handler` is called after each refresh on this node until the subscription ends.
  Subscription on_cache_updated(CacheUpdatedHandler handler);

  /// Options::node_name, or what stands for it.
  [[nodiscard]] const std::string& name() const noexcept;
  /// What stands in the rows that this incarnation writes:
  /// `<machine>/<application> [P<pid>/D1] <32 hex>`. Empty before the first start. It changes if a
  /// second process is found to write the same: see ResyncReason::cloned.
  [[nodiscard]] std::string originated() const;
  /// The last entry whose instructions have all been applied here, or superseded by a full refresh:
  /// a refresher that fails or hangs holds it back. After a stop, where it ended. 0 if there is
  /// no log, and while a resync has yet to make up for a log that was replaced.
  [[nodiscard]] EntryId position() const noexcept;

  /// Waits until this node has applied `entry`; the result says why the wait ended, and is true if
  /// it is applied. With `refreshers`, until it is applied as far as they are concerned: others,
  /// that fail or hang, don't hold it up. An id beyond the end of the log, or of another log, ends
  /// the wait after one look at the log. The latter is known if the id bears its check (EntryId),
  /// until the entry of that id is pruned. A node that does not run says `applied` or `stopped`.
  /// Not from a refresher or fill_caches: the poller would wait for itself. Throws an
  /// invalid_argument Error for a refresher that is not registered, if there is no fallback.
  WaitApplied wait_applied(EntryId entry, std::chrono::milliseconds timeout,
                           const std::vector<Guid>& refreshers = {}) const;
  /// The same, without waiting: `then` is called once, with the result. It is called on a thread of
  /// this node's that does nothing else, under no lock, and never from within this call; a call
  /// holds up others of its kind. stop() ends what waits with `stopped`, and returns after those
  /// calls, unless one takes longer than Options::stop_deadline, or it is called by one of them.
  /// What `then` throws is logged. From any thread, a refresher included. Throws as wait_applied()
  /// does, and crier::Error if the node does not run; then nothing is called.
  void on_applied(EntryId entry, std::chrono::milliseconds timeout, WaitHandler then,
                  const std::vector<Guid>& refreshers = {});
  /// Waits until every node that is live now has handled `entry`, and this one in any case; the
  /// result names those that have not, and says why the wait ended. An id that is not of this log,
  /// or beyond its end, is told at once, as in wait_applied(). Ends early if this node is stopped.
  /// Not from fill_caches or anything that crier calls on its own threads. Throws crier::Error if
  /// the node does not run, or the database fails; it is retryable if too many callers look at
  /// other nodes at once. On a single server there is nobody to wait for.
  WaitResult wait_everywhere(EntryId entry, std::chrono::milliseconds timeout) const;
  /// Every node that the database remembers, this one included. Throws as wait_everywhere() does.
  [[nodiscard]] std::vector<NodeRecord> nodes() const;
  /// `unknown` before the first beat and after a stop; `single` on a single server.
  [[nodiscard]] Role role() const noexcept;

  /// How fresh this node's caches are. Cheap.
  [[nodiscard]] Freshness freshness() const;
  /// The same for a probe: bad while the node does not run, or can't prove that its caches are
  /// fresh; degraded if a refresher, a duty of the keeper's, or its wake-ups are in trouble, or its
  /// publishing looks like a storm. Asks nothing of the database. Throws an invalid_argument Error
  /// if the limits are shorter than the node's poll_interval lets it keep.
  [[nodiscard]] Health health(const HealthLimits& limits = {}) const;

  /// What this node has done since it was constructed, over all its starts.
  [[nodiscard]] Counters counters() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crier
