// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/log.hpp>
#include <crier/admin/wakeup.hpp>
#include <crier/entry.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace crier::sql {

// What databases do differently with the instruction log. Part of a session: one thread at a time.
class LogDriver {
 public:
  virtual ~LogDriver() = default;

  // Appends all of `entries` or none: in the transaction that is open, as the last thing it does,
  // or in one of its own. Returns the id of the last. REQUIRES: at least one entry.
  virtual EntryId append(std::span<const NewEntry> entries) = 0;
  // Wakes who waits for entries, once they are committed. Not within Session::call().
  virtual void announce() noexcept = 0;
  // What can hand entries over with a ring; null: nothing of this database's can.
  [[nodiscard]] virtual Wakeup* carrier() noexcept { return nullptr; }
  // Gives ids to entries that were committed without; returns how many had none.
  virtual std::int64_t assign_pending_ids() { return 0; }
  // What a database tells of itself, if its rows don't; else 0.
  struct State {
    std::uint64_t version = 0;  // another number after each commit
    std::uint64_t lineage = 0;  // see Page
    // Entries were committed that have no ids yet. Known if the read has found nothing new.
    bool ids_are_due = false;
    bool may_lag = false;  // see Page; known in the same case
  };
  // For who follows the log: each throws if another log stands there than the one that was read.
  // `found_none`: the read has found nothing new.
  virtual void before_reading() {}
  virtual State after_reading(bool /*found_none*/) { return {}; }
  // See InstructionLog::is_umbracos(). REQUIRES: the log is another program's.
  virtual bool is_umbracos() { return false; }
  // See InstructionLog::faults().
  virtual std::vector<LogFault> faults() { return {}; }
};

}  // namespace crier::sql
