// SPDX-License-Identifier: MIT
#include "base/utf8.hpp"
#include "store/postgres/server_words.hpp"

#include <doctest/doctest.h>

#include <string>

namespace crier::postgres {
namespace {

TEST_CASE("what a server says is told on one line") {
  CHECK(with_single_spaces("").empty());
  CHECK(with_single_spaces("  a\n\tb  c \n").compare("a b c") == 0);
  CHECK(with_single_spaces("\n \t").empty());
}

TEST_CASE("of what is long its beginning is told, and no character is cut") {
  const std::string shown = with_single_spaces(std::string(10'000'000, 'x'));
  CHECK(shown == std::string(2000, 'x') + "...");
  std::string accents;
  for (int i = 0; i < 5000; ++i) {
    accents += "\xc3\xa9";
  }
  CHECK(is_utf8(with_single_spaces("x" + accents)));
}

TEST_CASE("a refusal is told without its SQLSTATEs and places, which say what it means") {
  const Refusal one = parse_refusal(
      "connection to server at \"db\", port 5432 failed: FATAL:  57P03: the database system is "
      "starting up\nLOCATION:  ProcessStartupPacket, postmaster.c:2424\n");
  CHECK(one.message ==
        "connection to server at \"db\", port 5432 failed: FATAL: the database system is "
        "starting up");
  CHECK(one.codes == "57P03");
  const Refusal two = parse_refusal(
      "a failed: FATAL:  28P01: no\nLOCATION:  x, y.c:1\nb failed: FATAL:  53300: full\n");
  CHECK(two.message == "a failed: FATAL: no b failed: FATAL: full");
  CHECK(two.codes == "28P01 53300");
  CHECK(parse_refusal("no route to host").codes.empty());
  CHECK(parse_refusal("").message.empty());
}

TEST_CASE("what only resembles a SQLSTATE is left as it is") {
  for (const std::string text :
       {"a: WORDS: b", "a: 1234: b", "a: 123456: b", "a:57P03: b", "a: 57p03: b", "a: 57P03 b",
        "a: 57P03:b", "a: 57P03", ": ", "a: ", ":", "a:"}) {
    CAPTURE(text);
    CHECK(parse_refusal(text).codes.empty());
    CHECK(parse_refusal(text).message == with_single_spaces(text));
  }
  CHECK(parse_refusal(": 57P03: ").codes == "57P03");
}

TEST_CASE("a refusal of any size is read at once, and little of it is kept") {
  std::string many;
  for (int i = 0; i < 300'000; ++i) {
    many += "x: FATAL:  57P03: no\nLOCATION: here\n";
  }
  for (const std::string& text :
       {many, std::string(5'000'000, ':'), std::string(5'000'000, ' '), std::string(5'000'000, '1'),
        ": " + std::string(5'000'000, 'A') + ": "}) {
    const Refusal refusal = parse_refusal(text);
    CHECK(refusal.message.size() <= 2003);
    CHECK(refusal.codes.size() < 200);
  }
  CHECK(parse_refusal(many).codes.starts_with("57P03 57P03 "));
}

}  // namespace
}  // namespace crier::postgres
