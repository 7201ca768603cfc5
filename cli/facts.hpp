// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>
#include <crier/admin/history.hpp>
#include <crier/admin/store.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

struct Session;

// From when on something counts as wrong.
struct Limits {
  std::int64_t max_lag = 1000;                   // entries that a live node may be behind
  std::chrono::milliseconds max_behind{10'000};  // and how long
  std::size_t min_nodes = 1;                     // live ones
};

// What a log and its nodes look like at one moment.
struct Facts {
  // Whether more is known than the schema and the log's faults.
  [[nodiscard]] bool are_known() const { return schema.state == SchemaState::current; }

  std::string store;  // its name
  SchemaStatus schema;
  std::vector<LogFault> log_faults;
  std::optional<LogBounds> bounds;  // nothing: the log is empty
  EntryId pruned_through;
  std::vector<NodeRecord> nodes;
  bool asked = false;  // live nodes have told where they stand now: else as of their last beats
  std::optional<Lease> lease;
  std::optional<Canary> canary;
  std::vector<EventRecord> clones;       // what is remembered of nodes that were under way twice
  std::size_t failures = 0;              // in the quarantine
  std::optional<std::uint64_t> journal;  // bytes of the write-ahead log, if the database has a file
};

// Reads what there is to know; no more than the schema if its tables are older than the tool, and
// than the log's faults if it has lost its counter. Looks twice, a moment apart, if the log has a
// fault that may be passing. Asks the nodes if one seems to be behind. Throws crier::Error if it
// can't look.
[[nodiscard]] Facts examine(const Session& session, const Limits& limits);

// Reads all but the schema into `facts`; asks no node unless `may_ask`. REQUIRES: the schema is
// current.
void examine_log(Store& store, Connection& connection, const Limits& limits, Facts& facts,
                 bool may_ask = true);

// The live nodes that were there already when the canary was sent: the others may begin after it.
// REQUIRES: a canary.
[[nodiscard]] std::vector<const NodeRecord*> canary_witnesses(const Facts& facts);

// What is known of how long the node has been behind: what it has handled since it was last heard
// of does not count against it.
[[nodiscard]] std::chrono::milliseconds known_behind(const NodeRecord& node, bool asked);

}  // namespace crier::cli
