// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/failures.hpp>

#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

namespace crier {

// What was given up and is yet to be recorded. Thread-safe. Bounded, as the log of failures is, and
// by its bytes: of more than that the oldest go.
class Quarantine {
 public:
  static constexpr std::size_t kMaxBytes = 64 * 1024 * 1024;

  void put(FailureRecord failure);
  // Hands over all, which is kept if `record` throws. One caller at a time.
  void flush(const std::function<void(const std::vector<FailureRecord>&)>& record);

 private:
  // Drops the oldest until the rest is within bounds.
  static void bound(std::vector<FailureRecord>& failures);

  std::mutex mutex_;
  std::vector<FailureRecord> failures_;  // guarded by mutex_
};

}  // namespace crier
