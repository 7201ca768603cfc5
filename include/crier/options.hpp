// SPDX-License-Identifier: MIT
#pragma once

#include <crier/audit.hpp>
#include <crier/export.hpp>
#include <crier/observer.hpp>
#include <crier/role.hpp>
#include <crier/shared_cache.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace crier {

class Surroundings;

/// What a node assumes of its caches when it starts.
enum class ColdStart {
  start_at_newest,  ///< caches are empty at start: what stands in the log concerns nobody here
  refresh_all,      ///< caches may hold something: every refresher is fully refreshed first
};

/// Where a node keeps how far it is, for its next start. Anything but `in_memory` is for caches
/// that outlive the process: the node then goes on from there, or refreshes everything if that
/// place in the log is gone.
enum class KeepPosition {
  in_memory,  ///< not at all: a process that starts with empty caches starts at the newest entry
  /// Under the node's name, which must be its own; pruning waits for it (up to
  /// Options::retention_hard_cap). It goes back with the database when that is restored from a
  /// backup: then forget it (`crier nodes --forget NAME`) before the node starts.
  in_database,
  in_file,  ///< in Options::position_file, for nodes that may only read the database
};

/// What happens to an instruction whose refresher throws. Waits vary by half their length. All
/// durations are 1 ms to 24 h.
struct RetryPolicy {
  int retries = 3;                                ///< after the first try; 0 to 100
  std::chrono::milliseconds first_delay{50};      ///< four times as long with each retry
  std::chrono::milliseconds give_up_after{5000};  ///< from the first try, whatever `retries` says
  /// Between two tries of the full refresh that follows: doubled from 1 s up to this.
  std::chrono::milliseconds longest_delay = std::chrono::minutes(5);
};

/// How much a node that is too far behind reads to find out whom that concerns.
struct BacklogLimits {
  std::size_t entries = 100'000;          ///< 0: it reads nothing
  std::size_t bytes = 256 * 1024 * 1024;  ///< of JSON
  std::chrono::milliseconds time{5000};   ///< 0 to 1 h
};

/// How a node works. Plain values; the Node checks them when it is constructed.
struct CRIER_EXPORT Options {
  /// `base`, with what the environment says in its place: CRIER_STORE is `store`,
  /// CRIER_POLL_INTERVAL `poll_interval`, CRIER_RETRY_FIRST_DELAY `retry.first_delay`, and so on
  /// for all that are texts, numbers, durations (500ms, 5s, 1h30m), flags (true, false, 1, 0) or
  /// words (`refresh_all`, as in their enumeration). A variable that is empty counts as one that is
  /// not set. Throws an invalid_argument Error, which names the variable, its value (but for the
  /// store's, which may hold a password) and what is allowed: for a value that is not, and for a
  /// variable that begins with CRIER_ and is none of these, unless the tool, crier's tests or
  /// Kubernetes set it (CRIER_NODE_OPTIONS, CRIER_TEST_…, CRIER_SERVICE_HOST). No other thread may
  /// change the environment meanwhile.
  [[nodiscard]] static Options from_env(Options base);
  /// The same, with the defaults for the rest.
  [[nodiscard]] static Options from_env();

  // What the node is.

  /// The database, as open_store() takes it. Empty: a single server, whose refreshers run
  /// directly, with no table and no threads.
  std::string store;
  /// Returns the password for PostgreSQL, in place of one in `store`: for tokens that expire.
  /// Called for each new connection, on the thread that needs it, several at once; it should return
  /// soon, and must not call the node. What it throws is told as the reason why there is no
  /// connection, and it is tried again. What it returns is kept for no longer than the connection
  /// is made. May be empty.
  std::function<std::string()> password;
  /// The node's stable name, for people: 1 to 255 bytes of UTF-8 without control characters.
  /// Empty: host/executable.
  std::string node_name;
  /// The program's name in the rows it writes. Empty: the executable's.
  std::string application;

  /// Opens the database for reading only: polls and refreshes, but can't publish, is not seen by
  /// other nodes (nobody waits for it, pruning included), leads nothing and records no failures.
  /// Says so at start.
  bool read_only = false;

  // What happens at start.

  /// Create or upgrade crier's tables at start, in place of refusing to start.
  bool migrate_on_start = false;
  /// If no position is kept (see keep_position).
  ColdStart cold_start = ColdStart::start_at_newest;
  /// Fills the application's caches. Runs inside start(), after the place in the log is taken and
  /// before the poller's thread runs, so that nothing published meanwhile is missed: it is applied
  /// afterwards, and not to be waited for here. May be empty.
  std::function<void()> fill_caches;
  /// Saved with each beat and at stop.
  KeepPosition keep_position = KeepPosition::in_memory;
  /// The file of KeepPosition::in_file, one for each node; replaced by rename. Its folder must
  /// exist; others may write there. A link in the file's place is refused.
  std::string position_file;

  // Parameters that affect behaviour.

  /// The longest time between two looks at the log; jittered by a tenth. An append by crier on
  /// this host is seen at once; this is the floor for other writers. 1 ms to 24 h.
  std::chrono::milliseconds poll_interval{500};
  /// A node that is further behind than this many instructions does not catch up: it fully
  /// refreshes those refreshers that they name. Raise it if a full refresh costs more. At least 1;
  /// the largest value means never.
  std::size_t max_processing_instructions = 1000;
  /// If that is not enough to read which refreshers they name, or an entry among them can't be
  /// read, the node refreshes everything.
  BacklogLimits backlog;
  /// A batch is cut into entries of at most so many instructions ...
  std::size_t max_instructions_per_entry = 1000;
  /// ... and so many bytes of JSON (an instruction that is larger gets its own entry).
  std::size_t max_entry_bytes = 1024 * 1024;
  /// An instruction over this many bytes of JSON is refused.
  std::size_t max_instruction_bytes = 16 * 1024 * 1024;

  /// Of Node::shared_cache().
  SharedCacheOptions shared_cache;

  // What happens when something fails.

  RetryPolicy retry;  ///< of refreshers that throw
  /// A call of a refresher that has not returned by then is reported as stuck; the poller goes on
  /// without it, on another thread. 1 ms to a century.
  std::chrono::milliseconds refresher_deadline{30'000};
  /// How long stop() waits for a refresher. 0 to 24 h.
  std::chrono::milliseconds stop_deadline{10'000};

  // What nodes tell each other.

  /// Between two beats; jittered by a tenth. A node that misses three counts as stale. 1 ms to 1 h.
  std::chrono::milliseconds heartbeat_interval{5000};
  /// How long a leader leads without a beat. At least twice heartbeat_interval, at most 24 h.
  std::chrono::milliseconds lease_duration{15'000};
  /// A fixed role, in place of one that the lease gives. A fixed `subscriber` never leads; a fixed
  /// `single` or `scheduling_publisher` bears that role whoever else does, but even so only the
  /// lease lets it do housekeeping. `unknown`: not fixed. Fix the roles of all nodes, or of none.
  Role role = Role::unknown;
  /// A poller that has not come forward for so long (nor is held up by a refresher within its
  /// deadline) is shown as stalled, and replaced by one on a new connection. 1 ms to a century.
  std::chrono::milliseconds stalled_after{30'000};

  /// Between two canaries, which the leader sends; 0: none. At most a century.
  std::chrono::milliseconds canary_interval{60'000};

  // What the leader deletes.

  /// Entries older than this, but never past the position of a live node. 1 ms to a century.
  std::chrono::milliseconds retention = std::chrono::hours(48);
  /// A position kept in the database that was not seen for so long no longer holds back pruning. At
  /// least `retention`, at most a century.
  std::chrono::milliseconds retention_hard_cap = std::chrono::hours(7 * 24);
  /// A node that has not beaten for so long is forgotten, unless its position is kept in the
  /// database: it may have run in a container whose name never comes back. 1 ms to a century.
  std::chrono::milliseconds forget_after = std::chrono::hours(1);
  /// Between two looks for old entries. 1 ms to a century.
  std::chrono::milliseconds prune_interval{60'000};

  // What `crier audit` compares.

  /// The caches whose values bear a version, as CachedRegion::audited() makes them. Each has a name
  /// of its own. No node needs any; one that is asked answers for those that it has.
  std::vector<AuditedCache> audit;

  // Who is told.

  /// May be null.
  std::shared_ptr<Observer> observer;
  /// Empty: warnings and errors go to stderr.
  LogSink log;

  /// In tests: a store, a clock and threads that the test has in hand, as World::options() of
  /// <crier/testing.hpp> gives them. Null: the real ones.
  std::shared_ptr<Surroundings> surroundings;
};

}  // namespace crier
