// SPDX-License-Identifier: MIT
#pragma once

#include <crier/codec.hpp>
#include <crier/entry.hpp>
#include <crier/guid.hpp>
#include <crier/instruction.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace crier::soak {

enum class Violation {
  lost,            // a node said that it had passed an entry, and neither applied nor superseded it
  not_in_the_log,  // acknowledged, and not there
  uncommitted,     // applied, or passed, and never in the log
  rolled_back,     // in the log, though its transaction was rolled back
  altered,         // applied or acknowledged with other content than the log has
  out_of_order,    // applied to one refresher by one incarnation after a later one
  hole,            // an id of the log was left out, or not seen before it was pruned
  stale,           // a cached version is not the current one when all has come to rest
};

[[nodiscard]] std::string_view to_string(Violation violation) noexcept;

struct Finding {
  Violation violation;
  std::string what;
};

// What became of the instructions that one node has passed, and what it said besides.
struct Share {
  std::uint64_t applied = 0;                  // one by one, local deliveries included
  std::uint64_t superseded = 0;               // by a full refresh
  std::uint64_t coalesced = 0;                // an equal, later one was applied
  std::map<std::string, std::uint64_t> told;  // "retry", "quarantine", "resync backlog", …
};

struct Ledger {
  std::map<std::string, std::uint64_t> acknowledged;  // by kind
  std::uint64_t entries = 0;
  std::map<std::string, Share> nodes;
  std::map<Violation, std::uint64_t> violations;

  [[nodiscard]] std::uint64_t count(Violation violation) const;
  // Entries of which a node, or the log, knows nothing.
  [[nodiscard]] std::uint64_t lost() const;
};

// Holds the promise "acknowledged implies applied or superseded on every live node, in order per
// refresher, nothing applied that was not committed" against what processes have said and the log
// has shown. Pure. Its memory is bounded: it forgets what every node has passed.
//
// A process says, a line each, in its own order:
//   started ORIGINATED         its node runs, and bears this name in the log
//   loaded REFRESHER ENTRY VERSION   it has read all data as of when ENTRY was the log's last, and
//                              VERSION the data's
//   applied ENTRY JSON         one instruction; ENTRY 0: its own, before it was in the log
//   changed VERSION            the data of what it publishes next is committed, with this version
//   at ENTRY                   the position that the node claims
//   ack ENTRY KIND JSON        a publish of these instructions has returned ENTRY
//   rolled_back JSON           a transaction with these instructions, equal to no others
//   audit CACHED STALE …       what comparing the cache with the table came to
//   told WORDS                 anything else worth counting
class Checker {
 public:
  // Others' instructions (canaries) need not be applied.
  explicit Checker(std::set<Guid> refreshers) : refreshers_(std::move(refreshers)) {}

  // The rows of the log, all of them, in order. A row must come before what anyone says of it.
  void row(const Entry& entry);
  // A new incarnation. `durable`: the cache of the one before is still there.
  void began(const std::string& process, bool durable);
  void said(const std::string& process, std::string_view line);
  // The incarnation is over, and with it the cache that is not durable.
  void ended(const std::string& process);

  [[nodiscard]] const Ledger& ledger() const { return ledger_; }
  // The first twenty.
  [[nodiscard]] const std::vector<Finding>& findings() const { return findings_; }
  [[nodiscard]] EntryId newest() const { return newest_; }
  // How far the process says it is; 0: it has not said.
  [[nodiscard]] EntryId position(const std::string& process) const;
  [[nodiscard]] std::size_t rows_held() const { return rows_.size(); }

  // So many rows are held for whoever starts again further back than it had said it was.
  static constexpr std::int64_t kHeld = 20'000;

 private:
  struct Row {
    std::string originated;
    std::string json;
    std::vector<Instruction> instructions;
    std::vector<std::string> texts;  // of each
  };
  struct Place {
    EntryId entry;
    std::size_t index = 0;
  };
  struct Process {
    bool durable = false;
    // Known of its cache.
    std::map<Guid, EntryId> loaded;
    std::unordered_map<std::string, EntryId> applied;  // by text: the last
    EntryId passed;                                    // verified up to here
    // Of the incarnation.
    std::string originated;
    std::map<EntryId, std::optional<std::int64_t>> acknowledged;  // the version, where it is told
    std::map<Guid, Place> last;
    std::unordered_map<std::string, std::uint64_t> local;
    std::map<Guid, std::int64_t> data_loaded;
    std::optional<std::int64_t> changed;  // since the last acknowledgement
  };

  void find(Violation violation, const std::string& process, const std::string& what);
  [[nodiscard]] const Row* look(EntryId entry) const;
  void applied(const std::string& name, EntryId entry, std::string_view json);
  void passed(const std::string& name, EntryId position);
  [[nodiscard]] bool covered(Process& process, Share& share, EntryId id, const Row& row,
                             std::size_t index) const;
  void acknowledged(const std::string& name, EntryId entry, const std::string& kind,
                    std::string_view json);
  [[nodiscard]] EntryId loaded_by_all(const Process& process) const;
  void forget();

  const std::set<Guid> refreshers_;
  std::deque<Row> rows_;  // the last is of newest_
  EntryId newest_;
  std::unordered_map<std::string, EntryId> by_json_;  // of rows_
  std::set<std::string> rolled_back_;                 // the last few
  std::map<std::string, Process> processes_;
  Ledger ledger_;
  std::vector<Finding> findings_;
};

}  // namespace crier::soak
