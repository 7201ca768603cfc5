// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <random>
#include <span>

namespace crier::sqlite {

// Who sleeps on a futex bears a mask, and who wakes names bits of it. Half of the bits, drawn by
// lot, make a sleeper's mask; the other half wakes all but those with the same mask: of 600 million
// others one, which then finds out by polling.
inline std::uint32_t draw_wake_mask() {
  std::array<std::uint32_t, 32> bits{};
  std::iota(bits.begin(), bits.end(), 0U);
  std::shuffle(bits.begin(), bits.end(), std::mt19937(std::random_device{}()));
  std::uint32_t mask = 0;
  for (const std::uint32_t bit : std::span(bits).first(bits.size() / 2)) {
    mask |= 1U << bit;
  }
  return mask;
}

}  // namespace crier::sqlite
