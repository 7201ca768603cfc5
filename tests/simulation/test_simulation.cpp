// SPDX-License-Identifier: MIT
// Clusters of up to 200 nodes, stepped through random histories on a store in memory whose clock is
// the test's. A history is wholly given by its seed. One that goes wrong prints its seed, and the
// steps that are left once all is taken out that it does not need; so does
//
//   CRIER_TEST_SIMULATION_SEED=<seed> ./simulation
#include "simulation/replay.hpp"
#include "support/effort.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

namespace crier::test {

namespace {

// 10,000 in all, of 200 events and the calm after them: half a minute of one core without
// optimisation.
constexpr std::uint64_t kHistories = 2500;

constexpr std::uint64_t kRunsOneIn = kSanitized ? 25 : 1;
constexpr std::uint64_t kLargeRunsOneIn = kSanitized ? 12 : 1;

void run_history(std::uint64_t seed) {
  CAPTURE(seed);
  const std::string violation = violation_of(seed);
  if (!violation.empty()) {
    print_shrunk(seed, std::cerr);
  }
  REQUIRE(violation == "");
}

void run_histories(std::uint64_t first) {
  if (const char* text = std::getenv("CRIER_TEST_SIMULATION_SEED")) {
    const std::uint64_t seed = std::strtoull(text, nullptr, 10);
    if (seed >= first && seed < first + kHistories) {
      run_history(seed);
    }
    return;
  }
  if constexpr (kRunsOneIn != 1) {
    MESSAGE("a sanitizer looks on: only one history in ", kRunsOneIn,
            " is run, and of the large ones ", "one in ", kLargeRunsOneIn);
  }
  for (std::uint64_t seed = first; seed < first + kHistories; ++seed) {
    if (seed % (kLargeEvery * kLargeRunsOneIn) == 0 || seed % kRunsOneIn == 1 % kRunsOneIn) {
      run_history(seed);
    }
  }
}

}  // namespace

// What is judged there is not only what each node has made itself.
TEST_CASE("simulation: nodes take pages from the half that they share") {
  std::uint64_t hits = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    History history(seed, size_of(seed), nullptr);
    CHECK(history.run() == "");
    hits += history.shared_hits();
  }
  CHECK(hits > 50);
}

TEST_CASE("simulation: histories 1 to 2500") { run_histories(1); }
TEST_CASE("simulation: histories 2501 to 5000") { run_histories(2501); }
TEST_CASE("simulation: histories 5001 to 7500") { run_histories(5001); }
TEST_CASE("simulation: histories 7501 to 10000") { run_histories(7501); }

}  // namespace crier::test
