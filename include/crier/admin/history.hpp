// SPDX-License-Identifier: MIT
#pragma once

// What has happened to the nodes of a log, which refreshers they have, and how far they were. Part
// of a Connection (store.hpp): one thread at a time, each call ends by the store's deadline and
// throws crier::Error.

#include <crier/admin/cluster.hpp>
#include <crier/entry.hpp>
#include <crier/guid.hpp>
#include <crier/node_record.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

/// The kinds of events there are.
inline constexpr std::array<std::string_view, 17> kEventKinds{
    "joined",      // a start of a node has beaten for the first time
    "silent",      // the leader has not heard of it for three of its beats
    "back",        // it was silent, and beats again
    "stopped",     // it said goodbye, or another start found that its process is gone
    "resync",      // everything was refreshed; the detail says why
    "missed",      // entries were too many to be applied one by one
    "stuck",       // a refresher does not return
    "failing",     // a refresher's full refresh fails
    "well",        // one of these is well again
    "lead",        // the node leads from now on
    "pruned",      // the leader has deleted old entries
    "quarantine",  // instructions were given up
    "paused",      // an operator has it read no further
    "resumed",     // it reads again; the detail says why
    "clone",       // another process is under way as this node
    "migration",   // the tables were upgraded
    "action",      // somebody acted by hand, with the tool or on its page; the detail says who
};

/// Something that has happened. A plain value.
struct EventRecord {
  std::int64_t id = 0;               ///< given by the log, and never used again
  std::string utc_stamp;             ///< when, by the database's clock
  std::string kind;                  ///< one of kEventKinds
  std::string node;                  ///< its name; empty: the log as a whole
  Guid incarnation;                  ///< of the node
  std::string detail;                ///< a sentence
  std::chrono::milliseconds age{0};  ///< for History::record(): how long ago it happened
};

/// Which events to list.
struct EventQuery {
  std::string node = {};  ///< of this name; empty: of all
  std::string kind = {};  ///< of this kind; empty: of all
  /// Not older than this.
  std::chrono::milliseconds since = std::chrono::hours(24 * 36'500);
  std::size_t limit = 1000;  ///< the newest so many
};

/// A refresher that a node has. A plain value.
struct RefresherRecord {
  Guid refresher = {};    ///< empty: the node's fallback, which takes what nobody else there claims
  std::string name = {};  ///< as the refresher says; may be empty
  std::string node = {};  ///< its name
  Guid incarnation = {};  ///< which of its starts
  NodeState state = NodeState::live;  ///< of that node
};

/// How far a start of a node was, as it told with a beat. A plain value.
struct ProgressMark {
  EntryId position;  ///< the last entry that it had handled
  /// Of the beat, since 1970 by the database's clock. Of a start's first mark, which is where it
  /// began: of the last beat that told nothing of that yet; 0: there was none.
  std::chrono::milliseconds at{0};
  /// Equal in every part.
  friend bool operator==(const ProgressMark&, const ProgressMark&) = default;
};

/// What a start of a node has told of one entry. A plain value.
struct Passage {
  Guid incarnation = {};  ///< which start
  /// The last mark before the entry that is kept. Nothing: it began at the entry or after it, or
  /// keeps no marks.
  std::optional<ProgressMark> before = {};
  /// The first mark that is kept at the entry or after it: it had handled the entry, unless it
  /// began there. Nothing: there is none yet, or it keeps no marks.
  std::optional<ProgressMark> after = {};
  EntryId position = {};  ///< as it told last, whether there is a mark of it or not
  EntryId newest = {};    ///< the log's newest entry when it did
  /// When its last beat was, as ProgressMark::at.
  std::chrono::milliseconds beat{0};
};

/// The history of one log. It keeps the newest kMaxEvents events.
class History {
 public:
  /// So many events are kept.
  static constexpr std::size_t kMaxEvents = 10'000;
  /// Marks that are kept of the nodes of one name, besides the first of each start.
  static constexpr std::size_t kMaxMarks = 2000;

  virtual ~History() = default;

  /// Keeps all of `events` or none; ids and stamps are given here.
  virtual void record(std::span<const EventRecord> events) = 0;
  /// Records that nodes have fallen silent, each once until it beats again. `watched`: for how long
  /// the caller has looked on: who beats more seldom than that is not judged. Writes nothing if
  /// there is nothing new; how many there were.
  virtual std::size_t record_silent(std::chrono::milliseconds watched) = 0;
  /// Oldest first.
  virtual std::vector<EventRecord> events(const EventQuery& query) = 0;

  /// Takes the place of what was declared for this incarnation. Only `refresher` and `name` of each
  /// count.
  virtual void declare(const NodeReport& node, std::span<const RefresherRecord> refreshers) = 0;
  /// By name, then by GUID and node.
  virtual std::vector<RefresherRecord> refreshers() = 0;

  /// Keeps that `node` was so far. `anew`: its earlier marks go, since they are of another log, and
  /// the first of these is where it begins. A position that has a mark keeps that one. Some marks
  /// that are too many are dropped; more than a few too many never stand there.
  virtual void record_progress(const NodeReport& node, std::span<const ProgressMark> marks,
                               bool anew) = 0;
  /// What each incarnation that is remembered has told of `entry`.
  virtual std::vector<Passage> passages(EntryId entry) = 0;

  /// Drops the events that are too many, and refreshers and marks of nodes that are forgotten.
  /// Nothing if the fence does not hold.
  virtual void forget_old(const Fence& fence) = 0;
};

}  // namespace crier
