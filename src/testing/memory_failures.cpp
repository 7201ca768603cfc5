// SPDX-License-Identifier: MIT
#include "testing/memory_failures.hpp"

#include "testing/memory_log.hpp"

#include <algorithm>
#include <cstddef>

namespace crier::testing {

void MemoryFailures::record(const std::vector<FailureRecord>& failures, Time now) {
  for (FailureRecord failure : failures) {
    std::erase_if(rows_, [&](const Row& row) {
      const FailureRecord& old = row.failure;
      return failure.entry != EntryId() && old.entry == failure.entry &&
             old.index == failure.index && old.refresher == failure.refresher &&
             old.incarnation == failure.incarnation;
    });
    failure.id = ++recorded_;
    failure.utc_stamp = stamp_of(now);
    rows_.push_back({std::move(failure), now});
  }
  if (rows_.size() > FailureLog::kMax) {
    rows_.erase(rows_.begin(), rows_.end() - std::ptrdiff_t{FailureLog::kMax});
  }
}

std::vector<FailureRecord> MemoryFailures::list() const {
  std::vector<FailureRecord> failures;
  for (const Row& row : rows_) {
    failures.push_back(row.failure);
  }
  return failures;
}

std::optional<FailureRecord> MemoryFailures::find(std::int64_t id) const {
  for (const Row& row : rows_) {
    if (row.failure.id == id) {
      return row.failure;
    }
  }
  return std::nullopt;
}

bool MemoryFailures::dismiss(std::int64_t id) {
  return std::erase_if(rows_, [&](const Row& row) { return row.failure.id == id; }) != 0;
}

std::size_t MemoryFailures::forget_older(Time age, Time now) {
  return std::erase_if(rows_,
                       [&](const Row& row) { return std::chrono::abs(now - row.recorded) > age; });
}

std::int64_t MemoryFailures::count_of(const Guid& incarnation) const {
  return std::count_if(rows_.begin(), rows_.end(),
                       [&](const Row& row) { return row.failure.incarnation == incarnation; });
}

}  // namespace crier::testing
