// SPDX-License-Identifier: MIT
#pragma once

// How a refresher takes part in reading the log, if it compares what it keeps with what stands
// there. Applications don't implement it.

#include <crier/codec.hpp>
#include <crier/entry.hpp>
#include <crier/export.hpp>
#include <crier/instruction.hpp>

#include <cstdint>
#include <memory>
#include <span>

namespace crier {

struct Page;
struct ReadLimits;

/// The log as a running node has it. Thread-safe. Throws crier::Error.
class CRIER_EXPORT LogAccess {
 public:
  /// Where the node is. A plain value.
  struct Place {
    EntryId applied;            ///< all up to here was applied
    std::uint64_t lineage = 0;  ///< of the log, as it was last seen: see Page
    EntryId published = {};     ///< the newest that the node has written
    std::uint64_t resets = 0;   ///< how many restarts are over: see LogFollower::restart()
  };

  virtual ~LogAccess() = default;
  [[nodiscard]] virtual Place place() = 0;
  /// Stands for the row of entry 0, which no log has: another one in each database.
  [[nodiscard]] virtual Fingerprint origin() = 0;
  /// Reads the log after `after` into `page`. False if it no longer holds what this node has
  /// written.
  [[nodiscard]] virtual bool look(EntryId after, const ReadLimits& limits, Page& page) = 0;
  /// Whether the node has written it, after its refreshers had run what it says. It may say no of
  /// what it has passed long ago.
  [[nodiscard]] virtual bool is_own(const Entry& /*entry*/) { return false; }
  /// Has the node look at once for what has come. Throws nothing.
  virtual void hurry() noexcept = 0;
};

/// A refresher that is told of each entry that its node passes, in order. Thread-safe. Must not
/// call application code, nor wait.
class CRIER_EXPORT LogFollower {
 public:
  virtual ~LogFollower() = default;
  /// The node starts, and `log` is how to ask it; null: it has stopped.
  virtual void follow(std::shared_ptr<LogAccess> log) = 0;
  /// The node starts, and has no log. Throws an invalid_argument Error if one is needed.
  virtual void stay_alone() const = 0;
  /// Reading goes on after this place, and nothing is known of what lies before it. Whatever was
  /// kept is refreshed after this, by all refreshers, each in its turn; that is over once
  /// LogAccess::Place::resets is more than `resets`.
  virtual void restart(const Cursor& place, std::uint64_t resets) = 0;
  /// The refreshers are about to run what this entry says.
  virtual void begin(const Cursor& entry, const Decoded& says) = 0;
  /// The node has passed one of its own entries, whose refreshers have run before it was written.
  virtual void pass_own(const Decoded& says) = 0;
  /// This node has published it, in entries of which this is the last. Unlike the others it may
  /// wait for databases, on the publisher's thread. Throws nothing.
  virtual void published(EntryId last, std::span<const Instruction> says) noexcept = 0;
  /// Whether it keeps something that all nodes share.
  [[nodiscard]] virtual bool shares() const noexcept { return false; }
  /// Of the node that leads, on a thread of its own, now and then: a small part of tidying up what
  /// they share. It may wait for databases. True if the next part is to follow soon.
  [[nodiscard]] virtual bool sweep() noexcept { return false; }
};

}  // namespace crier
