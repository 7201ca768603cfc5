// SPDX-License-Identifier: MIT
#include "nearest.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace crier::test {
namespace {

using crier::cli::nearest;

TEST_CASE("the nearest word is the one with the fewest changes") {
  const std::vector<std::string> words{"list", "tail", "migrate", "replay"};
  CHECK(nearest("lits", words) == "list");
  CHECK(nearest("tial", words) == "tail");
  CHECK(nearest("play", words) == "replay");
}

TEST_CASE("of two that are equally near, the first is taken") {
  CHECK(nearest("bat", std::vector<std::string>{"cat", "bar"}) == "cat");
}

TEST_CASE("what is nowhere near suggests nothing") {
  const std::vector<std::string> words{"list", "show"};
  CHECK(nearest("", words) == std::nullopt);
  CHECK(nearest("frobnicate", words) == std::nullopt);
  CHECK(nearest(std::string(100'000, 'l'), words) == std::nullopt);
  CHECK(nearest("x", std::vector<std::string>{}) == std::nullopt);
}

TEST_CASE("a word of letters that are all different is not a slip") {
  CHECK(nearest("ab", std::vector<std::string>{"xy"}) == std::nullopt);
}

}  // namespace
}  // namespace crier::test
