// SPDX-License-Identifier: MIT
// Clusters of up to 200 nodes, stepped through random histories on a store in memory whose clock is
// the test's. A history is wholly given by its seed; one that goes wrong prints it, and
//
//   CRIER_SIMULATION_SEED=<seed> ./simulation
//
// runs that one alone and prints its events.
#include "simulation/history.hpp"
#include "support/effort.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

namespace crier::test {

namespace {

// 10,000 in all, of 200 events and the calm after them: half a minute of one core without
// optimisation. Most are of a few nodes, which is where races are; one in a hundred is of 200.
constexpr std::uint64_t kHistories = 2500;
constexpr std::uint64_t kLargeEvery = 100;

constexpr std::uint64_t kRunsOneIn = kSanitized ? 25 : 1;
constexpr std::uint64_t kLargeRunsOneIn = kSanitized ? 12 : 1;

History::Size size_of(std::uint64_t seed) {
  return {seed % kLargeEvery == 0 ? History::kSlots : 0, 200};
}

void run_histories(std::uint64_t first) {
  if (const char* text = std::getenv("CRIER_SIMULATION_SEED")) {
    const std::uint64_t seed = std::strtoull(text, nullptr, 10);
    if (seed >= first && seed < first + kHistories) {
      CHECK(History(seed, size_of(seed), &std::cerr).run() == "");
    }
    return;
  }
  if constexpr (kRunsOneIn != 1) {
    MESSAGE("a sanitizer looks on: only one history in ", kRunsOneIn,
            " is run, and of the large ones ", "one in ", kLargeRunsOneIn);
  }
  for (std::uint64_t seed = first; seed < first + kHistories; ++seed) {
    if (seed % (kLargeEvery * kLargeRunsOneIn) == 0 || seed % kRunsOneIn == 1 % kRunsOneIn) {
      CAPTURE(seed);
      REQUIRE(History(seed, size_of(seed), nullptr).run() == "");
    }
  }
}

}  // namespace

TEST_CASE("simulation: histories 1 to 2500") { run_histories(1); }
TEST_CASE("simulation: histories 2501 to 5000") { run_histories(2501); }
TEST_CASE("simulation: histories 5001 to 7500") { run_histories(5001); }
TEST_CASE("simulation: histories 7501 to 10000") { run_histories(7501); }

}  // namespace crier::test
