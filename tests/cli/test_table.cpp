// SPDX-License-Identifier: MIT
#include "table.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace crier::cli {
namespace {

using Lines = std::vector<std::string>;

TEST_CASE("cells stand below each other, numbers to the right, and no line ends with blanks") {
  CHECK(align({{{"NAME"}, {"LAG", {}, true}, {"HOST"}},
               {{"web-1"}, {"7", {}, true}, {"vm-1"}},
               {{"db"}, {"12345", {}, true}, {"a"}}},
              Paint()) == Lines{"NAME     LAG  HOST", "web-1      7  vm-1", "db     12345  a"});
  CHECK(align({}, Paint()).empty());
}

TEST_CASE("a cell is as wide as its characters, not as its bytes or its colour") {
  CHECK(columns_of("häuser €5") == 9);
  CHECK(align({{{"häuser"}, {"x"}}, {{"web-10"}, {"x"}}}, Paint()) ==
        Lines{"häuser  x", "web-10  x"});
  CHECK(align({{{"a", Tone::problem}, {"x"}}, {{"bcd"}, {"x"}}}, Paint(true)) ==
        Lines{"\x1b[31ma\x1b[0m    x", "bcd  x"});
}

}  // namespace
}  // namespace crier::cli
