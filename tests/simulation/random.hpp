// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace crier::test {

// The same numbers for the same seed on every platform, which std's distributions are not
// (splitmix64).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // From 0 to `end` - 1.
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(next() % end); }
  // True once in `times`, on average; never where that is 0.
  bool once_in(std::size_t times) { return times != 0 && below(times) == 0; }
  std::chrono::milliseconds between(std::chrono::milliseconds low, std::chrono::milliseconds high) {
    const auto span = static_cast<std::size_t>((high - low).count()) + 1;
    return low + std::chrono::milliseconds(below(span));
  }

 private:
  std::uint64_t state_;
};

}  // namespace crier::test
