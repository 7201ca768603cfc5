// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <thread>

namespace crier::test {

/// Waits until `condition()` holds; false where it does not within `deadline`. The short pause is
/// between looks only: no test's outcome depends on it.
template <class Condition>
[[nodiscard]] bool eventually(Condition condition,
                              std::chrono::milliseconds deadline = std::chrono::seconds(60)) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) {
      return false;
    }
    std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace crier::test
