// SPDX-License-Identifier: MIT
#include "base/one_line.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace crier::test {
namespace {

TEST_CASE("text fits in a line, with escapes in place of control characters") {
  CHECK(one_line("").empty());
  CHECK(one_line("caf\u00e9 \\ ~") == "caf\u00e9 \\ ~");
  CHECK(one_line("a\nb\x1b[31m\x7f") == "a\\x0ab\\x1b[31m\\x7f");
  CHECK(one_line(std::string_view("\0", 1)) == "\\x00");
}

TEST_CASE("a control character of two bytes is escaped whole, so that UTF-8 is left") {
  CHECK(one_line("a\u0085z") == "a\\xc2\\x85z");
  CHECK(one_line("\u009f\u0080") == "\\xc2\\x9f\\xc2\\x80");
  CHECK(one_line("\u00a0") == "\u00a0");
  CHECK(one_line("\xc2") == "\xc2");
  CHECK(one_line("\xc2\n") == "\xc2\\x0a");
}

TEST_CASE("a control character is found wherever it stands") {
  CHECK_FALSE(holds_control(""));
  CHECK_FALSE(holds_control("web-1 caf\u00e9 \xc2"));
  CHECK(holds_control("\tweb"));
  CHECK(holds_control("web\n"));
  CHECK(holds_control("w\u0085b"));
  CHECK(holds_control(std::string_view("\0", 1)));
}

}  // namespace
}  // namespace crier::test
