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
#include <string>
#include <string_view>
#include <vector>

namespace crier {

/// The oldest and the newest id in the log.
struct LogBounds {
  EntryId oldest;  ///< of the first entry that is left
  EntryId newest;  ///< of the last
};

/// How much one read brings at the most. At least one entry is read however large it is.
struct ReadLimits {
  std::size_t entries = 100;            ///< so many
  std::size_t bytes = 8 * 1024 * 1024;  ///< of JSON
};

/// What a read after an id found.
struct Page {
  std::optional<Fingerprint> anchor;  ///< of the row of the id itself; nothing if it is gone
  std::vector<Entry> entries;         ///< those that follow, in id order
  bool more = false;                  ///< the limits ended the read: there may be more
  /// Entries were committed that have no ids yet: until they have, nobody knows all that is new.
  bool ids_are_due = false;
  /// Stays the same for as long as the tables do: another number if they were made anew or altered,
  /// or the database was restored under the connection. 0: not known.
  std::uint64_t lineage = 0;
  /// By which the log has come to end where it does: another number for the same end if the log had
  /// gone on, and was set back. 0: not known.
  std::uint64_t end_version = 0;
  bool may_lag = false;  ///< a standby has answered: what was committed may be yet to come
};

/// Something that is wrong with a log as a whole. A plain value.
struct LogFault {
  std::string code;         ///< stays the same: "entries-pending"
  std::string what;         ///< a sentence
  std::string next;         ///< what to do: one command, or one sentence
  std::int64_t figure = 0;  ///< how much of it there is, if `unit` says of what
  std::string unit = {};    ///< "entries"; empty: there is nothing to count
};

/// Two places that follow each other.
struct Heads {
  std::optional<Cursor> here;   ///< the row that was asked for; nothing if it is gone
  std::optional<EntryId> next;  ///< the first that follows; nothing: there is none
  std::uint64_t lineage = 0;    ///< as Page's
};

/// The instruction log. Its promises: once id N can be read, no smaller id will ever appear; ids
/// have no holes but what pruning removed, and are never used again.
class InstructionLog {
 public:
  virtual ~InstructionLog() = default;

  /// Appends all of `entries` in one transaction, or none. Returns the id of the last; the ids
  /// are consecutive. REQUIRES: at least one entry.
  virtual EntryId append(std::span<const NewEntry> entries) = 0;
  /// Appends an entry and undoes it: nobody sees it, and no id is used up. Throws as append() does,
  /// so also if somebody keeps others from writing.
  virtual void try_append() {}
  /// Gives ids to what transactions of applications have committed without: those of PostgreSQL's
  /// that are isolated from others' commits. Returns whether there was something: then the caller
  /// rings. A store whose append_in() gives the ids has nothing to do.
  virtual bool assign_pending_ids() { return false; }
  /// What is wrong with the log as a whole. Entries that wait for their ids count, though most
  /// don't wait for long: look twice.
  virtual std::vector<LogFault> faults() { return {}; }
  /// Whether Umbraco's own classes read the log: it is a table of theirs, by its name or its shape.
  /// What they can't read must not be written there; see EntryLimits.
  virtual bool is_umbracos() { return false; }
  /// The ids of the last entries after `after` that `originated` has written, `most` of them,
  /// newest first. For what append_in() gave no id. Its cost grows with what follows `after`.
  virtual std::vector<EntryId> find_written(EntryId /*after*/, std::string_view /*originated*/,
                                            std::size_t /*most*/) {
    return {};
  }
  /// The stamps of `count` entries that were just appended, `last` the last of them: oldest first.
  /// Fewer if some are gone.
  virtual std::vector<std::string> stamps(EntryId /*last*/, std::size_t /*count*/) { return {}; }
  /// Lays the `count` entries up to `last`, which were committed by other means, beside the bell:
  /// see Wakeup::hand_over(). append() does that by itself, and rings.
  [[nodiscard]] virtual bool hand_over(EntryId /*last*/, std::size_t /*count*/) noexcept {
    return false;
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
  /// The row of `id` and the one that follows it, without their JSON, which may be too large to be
  /// read.
  virtual Heads heads(EntryId id) = 0;
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
