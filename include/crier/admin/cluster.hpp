// SPDX-License-Identifier: MIT
#pragma once

// What nodes tell each other through the database: who is there, who leads, and how far each is.
// All ages and leases are judged by the database's clock. Part of a Connection (store.hpp): one
// thread at a time, each call ends by the store's deadline and throws crier::Error.

#include <crier/entry.hpp>
#include <crier/guid.hpp>
#include <crier/node_record.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

/// Whether a node is to read no further, as its row says. A plain value.
struct PauseOrder {
  /// Until then, by the database's clock, since 1970: tells one pause from the next. 0: it may
  /// read.
  std::chrono::milliseconds until{0};
  std::chrono::milliseconds left{0};  ///< from now until then; 0: it is over, or there is none
  std::string by = {};                ///< who asked for it or, with 0, has ended the last one
};

/// What a beat finds around the node.
struct BeatResult {
  bool alone = true;  ///< no other node of this log is live
  /// Since the beat before, by the database's clock; 0 with the first.
  std::chrono::milliseconds gap{0};
  /// When it was, by the database's clock, since 1970.
  std::chrono::milliseconds at{0};
  /// When the one before was, by the same; 0: there was none.
  std::chrono::milliseconds before{0};
  /// Another incarnation bears the same name and has beaten since this one's first beat: "host
  /// web-2, pid 17". Empty: none.
  std::string namesake;
  /// Earlier starts under the name for which this beat said goodbye, as namesake says them.
  std::vector<std::string> ended = {};
  PauseOrder pause = {};  ///< what an operator asks of the node
};

/// What the database has kept of a durable position.
struct PositionClaim {
  bool owned = false;            ///< saves by this incarnation count from now on
  bool contended = false;        ///< two have borne the name at once: until forget(), no cursor
  std::optional<Cursor> cursor;  ///< where to go on from; nothing: refresh everything
};

/// The newest canary: an entry without effect that the leader sends now and then, so that a node
/// that no longer gets what is published shows, whatever it says of itself.
struct Canary {
  EntryId entry;                     ///< its place in the log
  std::chrono::milliseconds age{0};  ///< since it was sent, by the database's clock
};

/// Somebody waits until nodes have handled an entry.
struct PositionRequest {
  std::int64_t serial = 0;  ///< grows with each
  EntryId entry;            ///< for which somebody waits
  /// Equal in every part.
  friend bool operator==(const PositionRequest&, const PositionRequest&) = default;
};

/// Proof of leadership, checked in the transaction of the work it is for: a leader that slept past
/// its lease does no harm when it wakes up.
struct Fence {
  Guid holder;              ///< the incarnation that leads
  std::int64_t number = 0;  ///< Lease::fencing of the holder's lease
};

/// A node that is forgotten in its pause would hold back pruning.
inline constexpr std::chrono::milliseconds kMostPausedFor = std::chrono::hours(24);

/// The nodes of one log, one row for each incarnation.
class NodeDirectory {
 public:
  virtual ~NodeDirectory() = default;

  /// Registers the incarnation, or renews its row, also after it was taken for stopped. Says
  /// goodbye for incarnations of the same name that are stale and have not beaten since this one's
  /// first beat, or whose process is known to be gone; the lease of these ends with that.
  virtual BeatResult beat(const NodeReport& report) = 0;
  /// The incarnation has stopped of its own accord. Harmless if it is not known.
  virtual void goodbye(const Guid& incarnation) = 0;
  /// Every incarnation that is remembered: by name, then oldest first.
  virtual std::vector<NodeRecord> list() = 0;
  /// Forgets the incarnations under `name` that are not live, and the position kept for it unless
  /// one is; how many rows that were, the position's included.
  virtual std::size_t forget(std::string_view name) = 0;
  /// Forgets incarnations that were last heard of longer ago than `age`, but for those that own a
  /// kept position, and kept positions that were not seen for longer than `position_age`; how many
  /// incarnations. Nothing if the fence does not hold.
  virtual std::size_t forget_older(std::chrono::milliseconds age,
                                   std::chrono::milliseconds position_age, const Fence& fence) = 0;

  /// Takes over the position kept for `report.name`. It is owned by one incarnation at a time:
  /// refused while its owner is live, unless that one's process is known to be gone. If its owner
  /// has beaten or saved since this incarnation's first beat, or that was forgotten meanwhile,
  /// both have contended for it, whether it is gone or not: then nobody gets a cursor until the
  /// name is forgotten, since whose caches it stands for is not known.
  virtual PositionClaim claim_position(const NodeReport& report) = 0;
  /// Keeps `cursor` for the next start of `report.name`, and that it was seen now. Never moves
  /// backward unless `reset` (a resync may have found a log that is shorter). Takes the position
  /// over from an owner that is no longer live. False while another one owns it, and nothing is
  /// kept; if that one has beaten since this incarnation's first beat, both have contended.
  virtual bool save_position(const NodeReport& report, const Cursor& cursor, bool reset) = 0;

  /// Tells `report.position`, and whether the node stands, to those who wait for it: nothing else
  /// of the report, and in one statement. Returns what the node is asked to do; nothing if the
  /// incarnation is not registered or counts as stopped: it is to beat then.
  virtual std::optional<PauseOrder> publish_position(const NodeReport& report) = 0;
  /// Asks every node to publish its position now, and again once it has handled `entry`; rings.
  /// Holds until withdraw_request() or for `timeout`. Returns the serial.
  virtual std::int64_t request_position(EntryId entry, std::chrono::milliseconds timeout) = 0;
  /// Rings again for a request: a node may have missed the ring if an entry came with it.
  virtual void remind() noexcept = 0;
  /// Ends a request. Harmless if it has ended.
  virtual void withdraw_request(std::int64_t serial) = 0;
  /// The requests that hold, oldest first, at most 1,000. Nothing if the database has no tables for
  /// nodes. Cheap: pollers call it with each look at the log that brings nothing.
  virtual std::vector<PositionRequest> position_requests() = 0;

  /// Asks the live incarnations under `name` to read no further for so long, in place of what they
  /// were asked before; how many. They hear of it with their next beat, or as they are asked for
  /// their position, and count as not standing until they say that they stand. `by`: who asks.
  /// Throws an invalid_argument Error unless `duration` is from 1 ms through kMostPausedFor.
  virtual std::size_t pause(std::string_view name, std::chrono::milliseconds duration,
                            std::string_view by) = 0;
  /// Ends that for every incarnation under `name`, or for all if it is empty; how many it were.
  /// They hear of it in the same way, and count as standing until they say that they don't.
  virtual std::size_t resume(std::string_view name, std::string_view by) = 0;

  /// Appends `entry` as the log's newest canary, if the last one is at least `interval` old (or
  /// in the future: a clock was set back) and the fence holds; its id, or nothing. Never in another
  /// program's table.
  virtual std::optional<EntryId> send_canary(const NewEntry& entry,
                                             std::chrono::milliseconds interval,
                                             const Fence& fence) = 0;
  /// Nothing if none was sent, or the database has no tables for nodes.
  virtual std::optional<Canary> canary() = 0;
};

/// Who holds the lease.
struct Lease {
  Guid holder;                        ///< an incarnation
  std::int64_t fencing = 0;           ///< grows with each new holder, and after each expiry
  std::chrono::milliseconds left{0};  ///< until it expires
};

/// The lease by which one node of a log leads.
class RoleLeases {
 public:
  virtual ~RoleLeases() = default;
  /// Takes the lease if it is free or has expired, renews it if `holder` has it: one upsert.
  /// Writes nothing if another one holds it. Returns who holds it now.
  virtual Lease hold(const Guid& holder, std::chrono::milliseconds duration) = 0;
  /// Gives it back if `holder` has it.
  virtual void release(const Guid& holder) = 0;
  /// Nothing if nobody holds it; an expired one does not count.
  virtual std::optional<Lease> holder() = 0;
};

/// What pruning may delete.
struct PruneOrder {
  /// Only what is older than this ...
  std::chrono::milliseconds older_than = std::chrono::hours(48);
  /// ... and stands before every position kept that was seen within this ...
  std::chrono::milliseconds hard_cap = std::chrono::hours(7 * 24);
  /// ... and before the position of every node, unless that has stopped or was not heard of for
  /// three of its intervals and this on top.
  std::chrono::milliseconds patience = std::chrono::minutes(1);
  /// For how long whoever orders this has looked on without a break. A shorter time than a node may
  /// be silent proves nothing: after the machine was suspended, all have been silent.
  std::chrono::milliseconds watched = std::chrono::milliseconds::max();
  /// At most so many rows; fewer if they are so large that it would take long.
  std::size_t max_rows = 1000;
  /// Whose work it is (who has not beaten for 1.5 of its intervals may not); nothing: by hand.
  std::optional<Fence> fence = {};
  /// Deletes nothing, and looks at what follows `after` only.
  bool dry_run = false;
  /// For a dry run: where the last one ended; 0: from the oldest entry on.
  EntryId after = {};
};

/// What pruning came to.
struct Pruned {
  /// Whether anything could be deleted.
  enum class Outcome : std::uint8_t {
    done,         ///< what was to be deleted is, `max_rows` at most
    not_leader,   ///< the fence did not hold: nothing was deleted
    foreign_log,  ///< the table is another program's, which has its own rules: nothing was deleted
  };
  Outcome outcome = Outcome::done;  ///< with another one nothing below is set
  std::size_t rows = 0;             ///< deleted
  EntryId through;                  ///< the last of them
  bool more = false;                ///< there may be more to delete: call again
  std::string held_by;              ///< the node before whose position it had to stop; empty: none
};

}  // namespace crier
