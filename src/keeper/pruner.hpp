// SPDX-License-Identifier: MIT
#pragma once

#include <crier/cluster.hpp>
#include <crier/store.hpp>

#include <chrono>

namespace crier {

class Reporter;

// The leader's housekeeping, a short transaction at a time. Used by one thread at a time.
class Pruner {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Settings {
    std::chrono::milliseconds retention{};
    std::chrono::milliseconds hard_cap{};
    // Between two rounds; and the time a new leader waits before its first. After a suspended
    // machine or a clock that jumped, every node looks stale until it has beaten again: by then
    // they have.
    std::chrono::milliseconds interval{};
  };

  Pruner(Reporter& reporter, Settings settings);

  // Does one chunk where it is time for that; true where more waits to be done at once.
  // Throws crier::Error.
  bool step(Connection& connection, const Fence& fence, Time leads_since, Time now);

 private:
  Reporter& reporter_;
  const Settings settings_;
  Time last_;  // when a round began
};

}  // namespace crier
