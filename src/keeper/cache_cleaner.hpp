// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>
#include <crier/admin/store.hpp>

#include <chrono>

namespace crier {

// Deletes what has gone from the shared cache, for the leader. Used by one thread at a time.
class CacheCleaner {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit CacheCleaner(std::chrono::milliseconds interval) : interval_(interval) {}

  // Deletes a chunk if it is time for that; true if more waits to be deleted at once. Throws
  // crier::Error.
  bool step(SharedCacheTable& cache, const Fence& fence, Time leads_since, Time now);

 private:
  const std::chrono::milliseconds interval_;  // between two rounds
  Time last_;                                 // when a round ended
};

}  // namespace crier
