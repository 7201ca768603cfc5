// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "testing/memory_cluster.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crier::testing {

/// As it stands in a row: "2026-11-21 10:00:00.123".
[[nodiscard]] std::string stamp_of(std::chrono::milliseconds since_1970);

/// An instruction log as plain rows. Not thread-safe.
class MemoryLog {
 public:
  using Time = MemoryCluster::Time;

  EntryId append(NewEntry entry, Time now);
  [[nodiscard]] Page read_after(EntryId after, const ReadLimits& limits);
  [[nodiscard]] Heads heads(EntryId id);
  [[nodiscard]] std::vector<Entry> read_before(EntryId before, std::size_t count);
  [[nodiscard]] std::int64_t backlog(EntryId after, std::int64_t limit, std::string_view except);
  [[nodiscard]] std::optional<Entry> find(EntryId id);
  [[nodiscard]] Cursor newest() const;
  [[nodiscard]] EntryId newest_id() const;
  [[nodiscard]] std::optional<LogBounds> bounds() const;
  Pruned prune(const PruneOrder& order, const MemoryCluster& cluster, Time now);
  [[nodiscard]] EntryId pruned_through() const;

  /// What no honest program does: see MemoryStore.
  void put(Entry entry, Time now);
  void drop(EntryId id);
  void restore(EntryId first);
  void prune_through(EntryId last);
  [[nodiscard]] std::vector<Entry> rows() const;

 private:
  struct Row {
    Entry entry;
    Time written{};
  };
  using Rows = std::vector<Row>;

  // The first row whose id is `id` or above.
  [[nodiscard]] Rows::iterator at(EntryId id);

  Rows rows_;  // by id
  std::int64_t next_id_ = 1;
  EntryId pruned_through_;
  std::uint64_t lineage_ = 1;
};

}  // namespace crier::testing
