// SPDX-License-Identifier: MIT
// crier_simulate [--histories N] [--first SEED] [--jobs J]: see script/simulate.
#include "simulation/replay.hpp"
#include "soak/words.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

namespace {

int run(const crier::soak::Words& words) {
  words.require_known({"histories", "first", "jobs"});
  const std::uint64_t first = words.number("first", 1, 1);
  const std::uint64_t count = words.number("histories", 10'000, 1, 1'000'000'000);
  const std::uint64_t jobs = words.number("jobs", 1, 1, 256);
  const auto began = std::chrono::steady_clock::now();
  std::atomic<std::uint64_t> next = first;
  std::atomic<std::uint64_t> wrong = 0;  // the seed of one; 0: none yet
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t i = 0; i < jobs; ++i) {
      threads.emplace_back([&] {
        for (std::uint64_t seed = next++; seed < first + count && wrong == 0; seed = next++) {
          if (!crier::test::violation_of(seed).empty()) {
            wrong = seed;
          }
        }
      });
    }
  }
  if (wrong != 0) {
    crier::test::print_shrunk(wrong, std::cout);
    return EXIT_FAILURE;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::cout << count << " histories from seed " << first << " on, nothing wrong, "
            << static_cast<std::int64_t>(took.count()) << " s\n";
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(crier::soak::Words(std::vector<std::string>(argv + 1, argv + argc)));
  } catch (const crier::soak::UsageError& error) {
    std::cerr << "simulate: " << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "simulate: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
