// SPDX-License-Identifier: MIT
#pragma once

// The instruction log as a Connection has it. One thread at a time; each call ends by the store's
// deadline and throws crier::Error.

#include <crier/admin/cluster.hpp>
#include <crier/entry.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace crier {

/// The oldest and the newest id in the log.
struct LogBounds {
  EntryId oldest;
  EntryId newest;
};

/// How much one read brings at the most. At least one entry is read however large it is.
struct ReadLimits {
  std::size_t entries = 100;
  std::size_t bytes = 8 * 1024 * 1024;  ///< of JSON
};

/// What a read after an id found.
struct Page {
  std::optional<Fingerprint> anchor;  ///< of the row of the id itself; nothing if it is gone
  std::vector<Entry> entries;         ///< those that follow, in id order
  bool more = false;                  ///< the limits ended the read: there may be more
};

/// The instruction log. Its promises: once id N can be read, no smaller id will ever appear; ids
/// have no holes but what pruning removed, and are never used again.
class InstructionLog {
 public:
  virtual ~InstructionLog() = default;

  /// Appends all of `entries` in one transaction, or none. Returns the id of the last; the ids
  /// are consecutive. REQUIRES: at least one entry.
  virtual EntryId append(std::span<const NewEntry> entries) = 0;
  /// Gives ids to what transactions of applications have committed without: those of PostgreSQL's
  /// that are isolated from others' commits. Returns whether there was something: then the caller
  /// rings. A store whose append_in() gives the ids has nothing to do.
  virtual bool assign_pending_ids() { return false; }
  /// The last entry after `after` that `originated` has written, or nothing. For what append_in()
  /// gave no id. Its cost grows with what follows `after`.
  virtual std::optional<EntryId> find_last(EntryId /*after*/, std::string_view /*originated*/) {
    return std::nullopt;
  }
  /// Puts into `page` the row of `after` itself (its fingerprint), and the entries that follow it.
  /// What it held goes, and its memory is used again. After a throw it holds anything.
  virtual void read_after(EntryId after, const ReadLimits& limits, Page& page) = 0;
  /// The same, in a page of its own.
  Page read_after(EntryId after, const ReadLimits& limits = {}) {
    Page page;
    read_after(after, limits, page);
    return page;
  }
  /// Up to `count` entries with ids below `before`, newest first.
  virtual std::vector<Entry> read_before(EntryId before, std::size_t count) = 0;
  /// The instructions after `after` that `except` did not originate (nor `except/…`, as what it
  /// writes in transactions of the application's is), by the rows' counts: 0 counts for none, as a
  /// canary does, and what is below for 1. At most `limit` + 1 rows are looked at and the sum stops
  /// just above `limit`, so the cost does not grow with the log. Compared byte by byte.
  virtual std::int64_t backlog(EntryId after, std::int64_t limit, std::string_view except = {}) = 0;
  /// The entry, or nothing.
  virtual std::optional<Entry> find(EntryId id) = 0;
  /// Where the log ends now: the default Cursor if it is empty.
  virtual Cursor newest() = 0;
  /// Nothing if the log is empty.
  virtual std::optional<LogBounds> bounds() = 0;

  /// Deletes old entries from the beginning of the log in one short transaction, which records
  /// pruned_through() too. The newest always stays, and so does the row at which a protected node
  /// stands, with all that follows. An entry is at least as old as any that follows it: one whose
  /// stamp can't be right (empty, or in the future) is judged by those. The cost does not grow with
  /// the log.
  virtual Pruned prune(const PruneOrder& order) = 0;
  /// The last entry that prune() has deleted; 0: none.
  virtual EntryId pruned_through() = 0;
};

}  // namespace crier
