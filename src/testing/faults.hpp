// SPDX-License-Identifier: MIT
#pragma once

#include <crier/testing.hpp>

#include <atomic>
#include <chrono>
#include <string_view>

namespace crier::testing {

class Clock;

/// What is wrong with the calls of one node, or of all. Thread-safe.
struct Faults {
  std::atomic<StoreFault> fault = StoreFault::none;
  std::atomic<std::chrono::milliseconds> each_call{};

  void mend() {
    fault = StoreFault::none;
    each_call = std::chrono::milliseconds(0);
  }
  /// Stands before a call. Throws crier::Error if it fails.
  void pass(std::string_view operation, Clock& clock) const;
};

}  // namespace crier::testing
