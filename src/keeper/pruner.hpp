// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>
#include <crier/admin/store.hpp>

#include <chrono>

namespace crier {

class Reporter;

// Deletes what the log, the nodes and the failures have outlived, for the leader: a short
// transaction at a time. Used by one thread at a time.
class Pruner {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Settings {
    std::chrono::milliseconds retention{};
    std::chrono::milliseconds hard_cap{};
    std::chrono::milliseconds interval{};  // between two rounds
    std::chrono::milliseconds patience{};  // PruneOrder's
    std::chrono::milliseconds forget_after{};
  };

  Pruner(Reporter& reporter, Settings settings);

  // Does one chunk if it is time for that; true if more waits to be done at once.
  // `watches_since`: without a break, this node has led and seen the others since then.
  // Throws crier::Error.
  bool step(Connection& connection, const Fence& fence, Time watches_since, Time now);

 private:
  Reporter& reporter_;
  const Settings settings_;
  Time last_;  // when a round began
};

}  // namespace crier
