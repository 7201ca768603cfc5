// SPDX-License-Identifier: MIT
#pragma once

#include "simulation/history.hpp"

#include <cstdint>
#include <ostream>
#include <string>

namespace crier::test {

// Most histories are of a few nodes, which is where races are; one in a hundred is of 200.
inline constexpr std::uint64_t kLargeEvery = 100;

[[nodiscard]] inline History::Size size_of(std::uint64_t seed) {
  return {seed % kLargeEvery == 0 ? History::kSlots : 0, 200};
}

// What goes wrong in the history of this seed; empty: nothing.
[[nodiscard]] inline std::string violation_of(std::uint64_t seed) {
  return History(seed, size_of(seed), nullptr).run();
}

// Takes out of a history what it does not need to go wrong, and prints what is left. Returns the
// number of its steps. REQUIRES: it goes wrong.
std::size_t print_shrunk(std::uint64_t seed, std::ostream& out);

}  // namespace crier::test
