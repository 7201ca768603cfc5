// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace crier {

/// How often something took how long: a histogram. A plain value.
struct Durations {
  /// The longest that counts in each bucket. The last bucket has no bound.
  static constexpr std::array<std::chrono::microseconds, 14> kUpTo{
      std::chrono::microseconds(500),  std::chrono::milliseconds(1),
      std::chrono::microseconds(2500), std::chrono::milliseconds(5),
      std::chrono::milliseconds(10),   std::chrono::milliseconds(25),
      std::chrono::milliseconds(50),   std::chrono::milliseconds(100),
      std::chrono::milliseconds(250),  std::chrono::milliseconds(500),
      std::chrono::seconds(1),         std::chrono::milliseconds(2500),
      std::chrono::seconds(10),        std::chrono::seconds(30)};

  std::array<std::uint64_t, kUpTo.size() + 1> counts{};  ///< of each bucket, without those before
  std::chrono::microseconds total{0};                    ///< of all together
};

}  // namespace crier
