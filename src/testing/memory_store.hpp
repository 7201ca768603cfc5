// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#include "base/process.hpp"
#include "testing/memory_audit.hpp"
#include "testing/memory_cache.hpp"
#include "testing/memory_cluster.hpp"
#include "testing/memory_failures.hpp"
#include "testing/memory_history.hpp"
#include "testing/memory_hybrid.hpp"
#include "testing/memory_log.hpp"
#include "testing/memory_ring.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace crier::testing {

/// Called with an operation's name before it, under no lock; what it throws leaves the operation.
/// May be empty.
using MemoryGate = std::function<void(std::string_view)>;

/// A store in memory, for tests that step the code by hand: its clock is set, rows can be put,
/// changed and dropped as no honest store would, and any call can be made to fail or to do
/// something first.
class MemoryStore final : public Store {
 public:
  /// Appends as another writer would; returns the id.
  EntryId write(std::string originated, std::string json, std::int64_t count = 1);
  void put(Entry entry);
  void drop(EntryId id);
  /// As a log that was made anew: ids begin at 1 again.
  void clear() { restore({1}); }
  /// As a log that was restored from before `first` was written.
  void restore(EntryId first);
  /// As the leader prunes, whoever has yet to read them. The newest entry stays.
  void prune_through(EntryId last);
  /// Sets `now`; other threads may use the store meanwhile.
  void set_time(std::chrono::milliseconds since_1970);
  [[nodiscard]] std::vector<Entry> rows() const;
  [[nodiscard]] std::vector<MemoryCluster::PersistentPosition> kept_positions() const;

  /// The database's clock, since 1970. Stands until the test moves it.
  std::chrono::milliseconds now =
      std::chrono::hours(10) +
      std::chrono::sys_days(std::chrono::year(2026) / 11 / 21).time_since_epoch();
  /// Called with the operation's name, which is the function's ("connect", "append", "read_after",
  /// "beat", "hold", "prune", ...; of the quarantine "record", "list_failures", "find_failure",
  /// "retry", "dismiss", "forget_failures"; of the shared cache "cache get", "cache set", ..., of
  /// hybrid caches "hybrid read", "hybrid write"), before each one, under no lock; what it throws
  /// leaves the operation.
  std::function<void(std::string_view)> before;
  /// The same, after each that went well.
  std::function<void(std::string_view)> after;
  /// Whether the process that a NodeReport::process stands for is known to have ended.
  std::function<bool(std::string_view)> process_is_gone = crier::process_is_gone;
  /// Of the connections that are opened from now on.
  std::chrono::milliseconds deadline{5000};
  /// Whether entries were committed that have no ids, until somebody gives them.
  bool ids_are_due = false;
  /// Whether a reader can tell that the log was restored, as of SQLite.
  bool tells_lineage = false;
  /// See Page.
  std::uint64_t end_version = 0;
  bool may_lag = false;
  /// Hands over what connections append.
  MemoryRing ring;
  /// How often connect() was called.
  int connects = 0;

  [[nodiscard]] const std::string& name() const noexcept override { return name_; }
  [[nodiscard]] std::unique_ptr<Connection> connect(Access access) override;
  /// `gate` stands before each call on that connection, and before connecting.
  [[nodiscard]] std::unique_ptr<Connection> connect(Access access, MemoryGate gate);
  [[nodiscard]] Wakeup& wakeup() noexcept override { return ring; }
  /// Refused for SQLite's; for libpq's, which may be null, it is written and committed at once.
  RidingIds append_in(ApplicationConnection connection, std::span<const NewEntry> entries) override;

 private:
  friend struct MemoryCalls;
  friend class MemoryConnection;
  friend class MemoryFailureLog;
  friend class MemoryHistoryOf;
  friend class MemoryAuditTable;
  friend class MemoryCacheTable;
  friend class MemoryHybridTable;
  template <class Body>
  auto call(std::string_view operation, Body body) const;

  const std::string name_ = "memory";
  mutable std::mutex mutex_;
  MemoryLog log_;  // guarded by mutex_, as are the next
  MemoryCluster cluster_;
  MemoryFailures failures_;
  MemoryHistory history_;
  MemoryAudit audit_;
  MemoryCache cache_;
  MemoryHybrid hybrid_;
};

template <class Body>
auto MemoryStore::call(std::string_view operation, Body body) const {
  if (before) {
    before(operation);
  }
  const auto locked = [&] {
    const std::lock_guard lock(mutex_);
    return body();
  };
  const auto done = [&] {
    if (after) {
      after(operation);
    }
  };
  if constexpr (std::is_void_v<decltype(body())>) {
    locked();
    done();
  } else {
    auto result = locked();
    done();
    return result;
  }
}

/// The calls of one connection.
struct MemoryCalls {
  MemoryStore& store;
  MemoryGate gate;

  template <class Body>
  auto call(std::string_view operation, Body body) const {
    if (gate) {
      gate(operation);
    }
    return store.call(operation, std::move(body));
  }
};

}  // namespace crier::testing
