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

TEST_CASE("columns that may be cut are, the widest first, so that a table fits a terminal") {
  std::vector<std::vector<Cell>> rows{
      {{"NAME"}, {"GUID"}, {"NODES"}},
      {{std::string(60, 'n')}, {std::string(36, 'g')}, {std::string(30, 'o')}},
      {{"häuser"}, {"-"}, {"web-1"}}};
  fit(rows, {0, 2});
  for (const std::string& line : align(rows, Paint())) {
    CHECK(columns_of(line) <= kTerminalColumns);
  }
  CHECK(rows[1][0].text == std::string(10, 'n') + "…" + std::string(9, 'n'));
  CHECK(rows[1][1].text == std::string(36, 'g'));
  CHECK(rows[1][2].text == std::string(10, 'o') + "…" + std::string(9, 'o'));
  CHECK(rows[2][0].text == "häuser");
  rows = {{{std::string(90, 'n') + "1"}}, {{std::string(90, 'n') + "2"}}};
  fit(rows, {0});
  CHECK(rows[0][0].text != rows[1][0].text);
  rows = {{{"a"}, {std::string(100, 'g')}}};
  fit(rows, {0});  // can't be made to fit
  CHECK(rows[0][0].text == "a");
  rows = {{{"a"}, {"b"}}};
  fit(rows, {0, 1});
  CHECK(align(rows, Paint()) == Lines{"a  b"});
}

TEST_CASE("what is wider than its column is cut between characters, and shows it") {
  CHECK(cut("web-1", 5) == "web-1");
  CHECK(cut("web-12", 5) == "web-…");
  CHECK(cut("häuser", 3) == "hä…");
  CHECK(cut("", 1).empty());
}

TEST_CASE("a cell is as wide as its characters, not as its bytes or its colour") {
  CHECK(columns_of("häuser €5") == 9);
  CHECK(align({{{"häuser"}, {"x"}}, {{"web-10"}, {"x"}}}, Paint()) ==
        Lines{"häuser  x", "web-10  x"});
  CHECK(align({{{"a", Tone::problem}, {"x"}}, {{"bcd"}, {"x"}}}, Paint(true)) ==
        Lines{"\x1b[31ma\x1b[0m    x", "bcd  x"});
}

TEST_CASE("a text is broken between words, and a word that is too long stays whole") {
  CHECK(wrap("one two three", 7) == Lines{"one two", "three"});
  CHECK(wrap("one two three", 6) == Lines{"one", "two", "three"});
  CHECK(wrap("häuser é", 8) == Lines{"häuser é"});
  CHECK(wrap("a /a/long/path b", 4) == Lines{"a", "/a/long/path", "b"});
  CHECK(wrap("", 4) == Lines{""});
}

}  // namespace
}  // namespace crier::cli
