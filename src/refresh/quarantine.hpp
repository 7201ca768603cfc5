// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/failures.hpp>

#include <cstddef>
#include <deque>
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
  // Under the mutex. The newest stays in any case.
  void drop_excess();

  std::mutex mutex_;
  std::deque<FailureRecord> failures_;  // guarded by mutex_, as is the next
  std::size_t bytes_ = 0;               // of what they hold
};

}  // namespace crier
