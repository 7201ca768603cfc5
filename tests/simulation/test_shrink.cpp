// SPDX-License-Identifier: MIT
#include "simulation/replay.hpp"
#include "simulation/shrink.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <sstream>
#include <vector>

namespace crier::test {
namespace {

using Steps = std::vector<int>;

Steps upto(int count) {
  Steps steps(static_cast<std::size_t>(count));
  std::iota(steps.begin(), steps.end(), 0);
  return steps;
}

bool has(const Steps& steps, int one) {
  return std::find(steps.begin(), steps.end(), one) != steps.end();
}

TEST_CASE("what is left of the steps is what it takes to fail") {
  CHECK(shrink<int>(upto(200), [](const Steps& steps) { return has(steps, 77); }) == Steps{77});
  CHECK(shrink<int>(upto(200), [](const Steps& steps) {
          return has(steps, 3) && has(steps, 100) && has(steps, 199);
        }) == Steps{3, 100, 199});
  CHECK(shrink<int>(upto(200), [](const Steps& steps) { return steps.size() > 2; }).size() == 3);
}

TEST_CASE("what fails without any step is left without any") {
  CHECK(shrink<int>(upto(200), [](const Steps&) { return true; }).empty());
  CHECK(shrink<int>({}, [](const Steps&) { return true; }).empty());
}

TEST_CASE("a history is the same each time, and that of its steps") {
  const auto told = [](std::uint64_t seed) {
    std::ostringstream trace;
    CHECK(History(seed, size_of(seed), &trace).run() == "");
    return trace.str();
  };
  CHECK(told(7) == told(7));
  CHECK(told(7) != told(8));
  std::ostringstream shorter;
  History::Steps steps = History::steps_of(7, 200);
  steps.resize(1);
  CHECK(History(7, size_of(7), steps, &shorter).run() == "");
  CHECK(shorter.str().size() < told(7).size());
}

}  // namespace
}  // namespace crier::test
