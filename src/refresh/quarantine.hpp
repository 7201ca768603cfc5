// SPDX-License-Identifier: MIT
#pragma once

#include <crier/failures.hpp>

#include <functional>
#include <mutex>
#include <vector>

namespace crier {

// What was given up and is yet to be recorded. Thread-safe. Bounded, as the log of failures is: of
// more than that the oldest go.
class Quarantine {
 public:
  void put(FailureRecord failure);
  // Hands over all, which is kept where `record` throws. One caller at a time.
  void flush(const std::function<void(const std::vector<FailureRecord>&)>& record);

 private:
  std::mutex mutex_;
  std::vector<FailureRecord> failures_;  // guarded by mutex_
};

}  // namespace crier
