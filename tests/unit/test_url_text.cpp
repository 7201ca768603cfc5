// SPDX-License-Identifier: MIT
#include "base/query.hpp"
#include "base/url_text.hpp"
#include "support/errors.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

std::vector<QueryParameter> parsed(std::string_view query) {
  return parse_query(query, "the store URL", {"table", "deadline"});
}

TEST_CASE("two hex digits after a percent sign are a byte, and what is cut off is itself") {
  CHECK(decoded("").empty());
  CHECK(decoded("a%20b%3fc%3F") == "a b?c?");
  CHECK(decoded("%00") == std::string(1, '\0'));
  CHECK(decoded("%ff") == "\xff");
  CHECK(decoded("%2541") == "%41");
  for (const char* text : {"%", "%4", "a%", "100%", "%zz", "%4z", "%z4", "%-1", "%+1", "% 1"}) {
    CHECK(decoded(text) == text);
  }
  CHECK(decoded(std::string_view("%41", 2)) == "%4");
}

TEST_CASE("what has a meaning is escaped, and comes back") {
  CHECK(escaped("", "%").empty());
  CHECK(escaped("a/b%c@d", "%@") == "a/b%25c%40d");
  CHECK(decoded(escaped("%41@?\n\xff", "%@?\n\xff")) == "%41@?\n\xff");
  CHECK(on_one_line("a\n\x7f\u0085 \xc2") == "a%0A%7F%C2%85 \xc2");
}

TEST_CASE("a query is split into names and values, decoded") {
  CHECK(parsed("").empty());
  const std::vector<QueryParameter> all = parsed("?table=my%20log&%61%3D=b=c&flag&=x");
  REQUIRE(all.size() == 4);
  CHECK(all[0].name == "table");
  CHECK(all[0].value == "my log");
  CHECK(all[0].raw == "table=my%20log");
  CHECK(all[0].raw_value == "my%20log");
  CHECK(all[1].name == "a=");
  CHECK(all[1].value == "b=c");
  CHECK(all[2].name == "flag");
  CHECK(all[2].value.empty());
  CHECK(all[2].raw == "flag");
  CHECK(all[2].raw_value.empty());
  CHECK(all[3].name.empty());
  CHECK(all[3].value == "x");
  CHECK(parsed("?table=a?b").front().value == "a?b");
  CHECK(parsed("?table=%26%3").front().value == "&%3");
}

TEST_CASE("a query that ends too early holds a parameter without a name") {
  REQUIRE(parsed("?").size() == 1);
  CHECK(parsed("?").front().name.empty());
  REQUIRE(parsed("?table=t&").size() == 2);
  CHECK(parsed("?table=t&").back().name.empty());
}

TEST_CASE("a parameter that is to come once is refused twice, however it is written") {
  for (const char* query : {"?table=a&table=b", "?table&deadline=1s&t%61ble"}) {
    const Error error = error_of([&] { static_cast<void>(parsed(query)); });
    CHECK(error.invalid_argument());
    CHECK(error.operation() == "open");
    CHECK(std::string(error.what()) == "the store URL gives table twice");
  }
  CHECK(parsed("?host=a&host=b").size() == 2);  // another's, with rules of its own
}

TEST_CASE("a URL's deadline is a duration") {
  CHECK(duration_in_url("200ms") == 200ms);
  CHECK(duration_in_url("1m30s") == 90s);
  CHECK(duration_in_url("99999999999999999999s") == std::chrono::milliseconds::max());
  for (const std::string text : {"", "5", "soon", "-5ms", "1.5s", "5 s"}) {
    const Error error = error_of([&] { static_cast<void>(duration_in_url(text)); });
    CHECK(error.invalid_argument());
    CHECK(error.what() == "the deadline '" + text + "' is not a duration: write 200ms, 2s or 1m");
  }
}

TEST_CASE("a value is shown if it is a word, and not if it may be more") {
  CHECK(shown_value("") == " ''");
  CHECK(shown_value("2 s") == " '2 s'");
  for (const char* text : {"2s;Password=x", "a=b", "a&b", "a@b", "a:b", "a/b", "\xc3\xa9", "a\n",
                           "words that are too long to be a value"}) {
    CAPTURE(text);
    CHECK(shown_value(text).empty());
  }
  CHECK(message_of([] { static_cast<void>(duration_in_url("2s;Password=x")); }) ==
        "the deadline is not a duration: write 200ms, 2s or 1m");
}

}  // namespace
}  // namespace crier::test
