// SPDX-License-Identifier: MIT
#pragma once

// The quarantine: instructions that nodes have given up. Part of a Connection (store.hpp): one
// thread at a time, each call ends by the store's deadline and throws crier::Error.

#include <crier/admin/cluster.hpp>
#include <crier/entry.hpp>
#include <crier/guid.hpp>
#include <crier/observer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace crier {

/// An instruction that a node has given up. A plain value.
struct FailureRecord {
  std::int64_t id = 0;    ///< given by the log, and never used again
  std::string utc_stamp;  ///< when it was recorded, by the database's clock
  FailureKind kind = FailureKind::refresher_threw;  ///< what went wrong
  EntryId entry;                       ///< 0: published on that node, and not in the log yet
  std::size_t index = 0;               ///< which of the entry's instructions, from 0
  std::string originated;              ///< who published it
  Guid refresher;                      ///< empty if it is not known
  std::string name;                    ///< the refresher's, if it is registered
  std::string node;                    ///< that gave it up
  Guid incarnation;                    ///< which of its starts
  int attempts = 1;                    ///< how often it was tried
  std::string error;                   ///< what the last try threw
  std::int64_t instruction_count = 1;  ///< as Instruction::count()
  /// A JSON array of the one instruction; empty if the row could not be read, or if the instruction
  /// can't be published again: it is no UTF-8, or too large.
  std::string json_instruction;
};

/// The quarantine of one log. It keeps the newest kMax records.
class FailureLog {
 public:
  /// So many records are kept.
  static constexpr std::size_t kMax = 1000;

  virtual ~FailureLog() = default;

  /// Keeps all of `failures` or none; ids and stamps are given here. The same instruction of the
  /// same node again (an entry, an index, a refresher, an incarnation) takes the place of the
  /// earlier record, under a new id; entry 0 is never the same.
  virtual void record(const std::vector<FailureRecord>& failures) = 0;
  /// Oldest first.
  virtual std::vector<FailureRecord> list() = 0;
  /// The record, or nothing.
  virtual std::optional<FailureRecord> find(std::int64_t id) = 0;
  /// Appends the instruction as a new entry, so that every node runs it again, and drops the
  /// record, in one transaction; the entry's id, or nothing if there is no such record. Throws
  /// an invalid_argument Error for a record without an instruction.
  virtual std::optional<EntryId> retry(std::int64_t id, const std::string& originated) = 0;
  /// Drops the record; false if there is none.
  virtual bool dismiss(std::int64_t id) = 0;
  /// Drops records older than `age`; how many. Nothing if the fence does not hold.
  virtual std::size_t forget_older(std::chrono::milliseconds age, const Fence& fence) = 0;
};

}  // namespace crier
