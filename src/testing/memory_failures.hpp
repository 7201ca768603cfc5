// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/failures.hpp>

#include "testing/memory_cluster.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace crier::testing {

/// A quarantine as plain rows. Not thread-safe.
class MemoryFailures {
 public:
  using Time = MemoryCluster::Time;

  void record(const std::vector<FailureRecord>& failures, Time now);
  [[nodiscard]] std::vector<FailureRecord> list() const;
  [[nodiscard]] std::optional<FailureRecord> find(std::int64_t id) const;
  bool dismiss(std::int64_t id);
  /// The caller has checked that it leads.
  std::size_t forget_older(Time age, Time now);
  [[nodiscard]] std::int64_t count_of(const Guid& incarnation) const;

 private:
  struct Row {
    FailureRecord failure;
    Time recorded{};
  };

  std::vector<Row> rows_;  // oldest first
  std::int64_t recorded_ = 0;
};

}  // namespace crier::testing
