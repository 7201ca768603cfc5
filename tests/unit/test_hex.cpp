// SPDX-License-Identifier: MIT
#include "base/hex.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace crier::test {
namespace {

TEST_CASE("bytes are written as two digits each") {
  CHECK(hex_of("").empty());
  CHECK(hex_of(std::string_view("\0\x0f\x10\x7f\x80\xff", 6)) == "000f107f80ff");
  std::string text = "%";
  append_hex(text, 0xAB, kUpperHexDigits);
  CHECK(text == "%AB");
}

TEST_CASE("a number is written in as few digits as it takes") {
  CHECK(hex_of(std::uint64_t{0}) == "0");
  CHECK(hex_of(std::uint64_t{0xABC}) == "abc");
  CHECK(hex_of(std::numeric_limits<std::uint64_t>::max()) == "ffffffffffffffff");
}

TEST_CASE("a digit of either case has a value, and nothing else has") {
  int digits = 0;
  for (int i = 0; i < 256; ++i) {
    digits += hex_value(static_cast<char>(i)) >= 0 ? 1 : 0;
  }
  CHECK(digits == 22);
  CHECK(hex_value('0') == 0);
  CHECK(hex_value('9') == 9);
  CHECK(hex_value('a') == 10);
  CHECK(hex_value('F') == 15);
  CHECK(hex_value('g') == -1);
  CHECK(hex_value('\xff') == -1);
}

}  // namespace
}  // namespace crier::test
