// SPDX-License-Identifier: MIT
#include "base/ascii.hpp"

#include <doctest/doctest.h>

#include <string>

namespace crier::test {
namespace {

TEST_CASE("letters and digits are those of ASCII") {
  std::string letters, digits;
  for (int i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    letters += is_ascii_letter(c) ? std::string(1, c) : "";
    digits += is_ascii_digit(c) ? std::string(1, c) : "";
  }
  std::string sorted = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  CHECK(letters == sorted);
  CHECK(digits == "0123456789");
}

TEST_CASE("lower-case changes the letters of ASCII alone") {
  CHECK(in_lower_case("").empty());
  CHECK(in_lower_case("AZaz09@[`{") == "azaz09@[`{");
  CHECK(in_lower_case("\xc3\x84 \xd6") == "\xc3\x84 \xd6");
}

TEST_CASE("texts are compared whatever the case of their letters is") {
  CHECK(same_ignoring_case("", ""));
  CHECK(same_ignoring_case("RefresherId", "REFRESHERid"));
  CHECK_FALSE(same_ignoring_case("a", "ab"));
  CHECK_FALSE(same_ignoring_case("[", "{"));  // as far apart as a letter's cases

  CHECK(starts_ignoring_case("SQLite_x", "sqlite_"));
  CHECK(starts_ignoring_case("a", ""));
  CHECK(starts_ignoring_case("", ""));
  CHECK_FALSE(starts_ignoring_case("sqlite", "sqlite_"));
  CHECK_FALSE(starts_ignoring_case("", "a"));

  CHECK(holds_ignoring_case("", ""));
  CHECK(holds_ignoring_case("web-1/Shop [P1]", "SHOP"));
  CHECK(holds_ignoring_case("aab", "AB"));
  CHECK_FALSE(holds_ignoring_case("shop", "shops"));
  CHECK_FALSE(holds_ignoring_case("", "a"));
}

}  // namespace
}  // namespace crier::test
