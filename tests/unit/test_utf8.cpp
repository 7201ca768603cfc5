// SPDX-License-Identifier: MIT
#include "base/utf8.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace crier::test {
namespace {

TEST_CASE("UTF-8 is told from what is not") {
  for (const char* text :
       {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    CHECK(is_utf8(text));
    CHECK(is_utf8(std::string("x") + text + "x"));
  }
  for (const char* text :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2x", "\xc2\xc2", "\xe0\x9f\xbf",
        "\xe1\x80", "\xe1\x80x", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf1\x80\x80",
        "\xf1\x80\x80x", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    CHECK_FALSE(is_utf8(text));
    CHECK_FALSE(is_utf8(std::string("x") + text + "x"));
  }
  CHECK(is_utf8(std::string("a\0b", 3)));
}

TEST_CASE("the first character of a text has a code and a size") {
  struct Row {
    std::string_view text;
    char32_t code;
    std::size_t size;
  };
  for (const Row& row : {Row{"a", U'a', 1}, Row{std::string_view("\0x", 2), 0, 1},
                         Row{"\x7fx", 0x7F, 1}, Row{"\u0080x", 0x80, 2}, Row{"\u07ffx", 0x7FF, 2},
                         Row{"\u0800x", 0x800, 3}, Row{"\uffffx", 0xFFFF, 3},
                         Row{"\U00010000x", 0x10000, 4}, Row{"\U0010ffffx", 0x10FFFF, 4}}) {
    CAPTURE(row.text);
    const auto character = first_character(row.text);
    REQUIRE(character);
    CHECK(character->code == row.code);
    CHECK(character->size == row.size);
  }
  for (const char* text : {"\x80", "\xc2", "\xc2x", "\xe2\x82", "\xe0\x80\xaf", "\xed\xa0\x80",
                           "\xf0\x9f\x98", "\xf0\x80\x80\xaf", "\xf4\x90\x80\x80", "\xff"}) {
    CAPTURE(text);
    CHECK_FALSE(first_character(text));
  }
  CHECK_FALSE(first_character(std::string_view("\u20ac").substr(0, 2)));  // though more follows
}

TEST_CASE("text is cut between characters") {
  CHECK(cut_utf8("", 0).empty());
  CHECK(cut_utf8("abc", 3) == "abc");
  CHECK(cut_utf8("abc", 2) == "ab");
  CHECK(cut_utf8("abc", 0).empty());
  CHECK(cut_utf8("a\u00e9", 2) == "a");
  CHECK(cut_utf8("a\u00e9", 3) == "a\u00e9");
  CHECK(cut_utf8("\u20acx", 2).empty());
  CHECK(cut_utf8("\u20acx", 3) == "\u20ac");
  for (const std::size_t most : {1U, 2U, 3U, 4U}) {
    CHECK(cut_utf8("x\U0001f600x", most) == "x");
  }
  CHECK(cut_utf8("x\U0001f600x", 5) == "x\U0001f600");
}

TEST_CASE("what is not UTF-8 at the cut is cut between bytes, and no more is lost") {
  const std::string bytes(600, '\x80');
  CHECK(cut_utf8(bytes, 500) == std::string(500, '\x80'));
  CHECK(cut_utf8(bytes, 2) == std::string(2, '\x80'));
  CHECK(cut_utf8("abc\xff\xff", 4) == "abc\xff");
  CHECK(cut_utf8("abc\xe2\x82", 4) == "abc");  // it ends within a character anyway
}

TEST_CASE("control characters are those of ASCII and Latin-1, not what looks like their end") {
  for (const char c : {'\0', '\n', '\x1b', '\x1f', '\x7f'}) {
    CHECK(is_control(' ', c));
  }
  CHECK(is_control('\xc2', '\x80'));
  CHECK(is_control('\xc2', '\x9f'));
  CHECK_FALSE(is_control('\xc2', '\xa0'));
  CHECK_FALSE(is_control('\xc3', '\x80'));
  CHECK_FALSE(is_control(' ', '\xc2'));
  CHECK_FALSE(is_control(' ', ' '));
  CHECK_FALSE(is_control(' ', '~'));
}

}  // namespace
TEST_CASE("valid_text: what a database refuses is replaced, and all else stays") {
  const std::string bad = "\xef\xbf\xbd";
  CHECK(valid_text("", 9).empty());
  CHECK(valid_text("caf\u00e9", 9) == "caf\u00e9");
  CHECK(valid_text("caf\xe9", 9) == "caf" + bad);
  CHECK(valid_text(std::string("a\0b", 3), 9) == "a" + bad + "b");
  CHECK(valid_text("\xed\xa0\x80", 99) == bad + bad + bad);  // a surrogate
  CHECK(valid_text("\xe2\x82", 99) == bad + bad);            // a character that breaks off
}

TEST_CASE("valid_text: its length is bounded, between characters") {
  CHECK(valid_text("abc", 2) == "ab");
  CHECK(valid_text("a\u00e9", 2) == "a");
  CHECK(valid_text("a\xff", 3) == "a");
  CHECK(valid_text(std::string(100, '\xff'), 10).size() == 9);
}

}  // namespace crier::test
