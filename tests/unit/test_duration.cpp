// SPDX-License-Identifier: MIT
#include "base/duration.hpp"

#include <doctest/doctest.h>

#include <chrono>

namespace crier::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

TEST_CASE("a duration is a number with a unit, or several that grow smaller") {
  CHECK(parse_duration("200ms") == 200ms);
  CHECK(parse_duration("2s") == 2s);
  CHECK(parse_duration("5m") == 5min);
  CHECK(parse_duration("2h") == 2h);
  CHECK(parse_duration("7d") == 7 * 24h);
  CHECK(parse_duration("1h30m") == 90min);
  CHECK(parse_duration("1d2h3m4s5ms") == 26h + 3min + 4s + 5ms);
  CHECK(parse_duration("90m") == 90min);
  CHECK(parse_duration("0s") == 0ms);
  CHECK(parse_duration("007s") == 7s);
}

TEST_CASE("what is no duration is none") {
  for (const char* text : {"",
                           "5",
                           "s",
                           "ms",
                           "-5s",
                           "-0s",
                           "+5s",
                           " 5s",
                           "5 s",
                           "5s ",
                           "1.5s",
                           "5x",
                           "5S",
                           "5M",
                           "5sec",
                           "1h30",
                           "30m1h",
                           "5m5m",
                           "5ms5m",
                           "1h-5m",
                           "1hm",
                           "soon",
                           "99999999999999999999",
                           "99999999999999999999x"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("a duration that is too long to count is the longest of all") {
  CHECK(parse_duration("9223372036854775807ms") == milliseconds::max());
  CHECK(parse_duration("106751991167d") == 106751991167 * 24h);
  for (const char* text :
       {"9223372036854775808ms", "99999999999999999999s", "106751991168d", "9223372036854775807d",
        "106751991167d8h", "9223372036854775s808ms", "99999999999999999999d1ms"}) {
    CAPTURE(text);
    CHECK(parse_duration(text) == milliseconds::max());
  }
}

TEST_CASE("a duration is written in the largest unit that leaves nothing over") {
  CHECK(duration_text(0ms) == "0ms");
  CHECK(duration_text(200ms) == "200ms");
  CHECK(duration_text(1500ms) == "1500ms");
  CHECK(duration_text(2s) == "2s");
  CHECK(duration_text(90s) == "90s");
  CHECK(duration_text(60s) == "1m");
  CHECK(duration_text(25h) == "25h");
  CHECK(duration_text(48h) == "2d");
  CHECK(duration_text(-5ms) == "-5ms");
  CHECK(duration_text(milliseconds::max()) == "9223372036854775807ms");
  for (const milliseconds duration : {milliseconds(1), milliseconds(61'000), milliseconds(24h)}) {
    CHECK(parse_duration(duration_text(duration)) == duration);
  }
}

TEST_CASE("people are told about how long it is, never more") {
  CHECK(rough_duration(0ms) == "0 ms");
  CHECK(rough_duration(12ms) == "12 ms");
  CHECK(rough_duration(999ms) == "999 ms");
  CHECK(rough_duration(1s) == "1.0 s");
  CHECK(rough_duration(3499ms) == "3.4 s");
  CHECK(rough_duration(59'999ms) == "59.9 s");
  CHECK(rough_duration(1min) == "1 m 0 s");
  CHECK(rough_duration(5min + 12s) == "5 m 12 s");
  CHECK(rough_duration(1h - 1ms) == "59 m 59 s");
  CHECK(rough_duration(1h) == "1 h 0 m");
  CHECK(rough_duration(3h + 5min) == "3 h 5 m");
  CHECK(rough_duration(24h - 1ms) == "23 h 59 m");
  CHECK(rough_duration(24h) == "1 d 0 h");
  CHECK(rough_duration(52h) == "2 d 4 h");
  CHECK(rough_duration(milliseconds::max()) == "106751991167 d 7 h");
  CHECK(rough_duration(-5s) == "0 ms");
}

}  // namespace
}  // namespace crier::test
