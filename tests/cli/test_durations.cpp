// SPDX-License-Identifier: MIT
#include <crier/error.hpp>

#include "duration.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace crier::cli {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a duration is a number with a unit, or several that grow smaller") {
  const auto parsed = [](const char* text) { return parse_duration("--timeout", text); };
  CHECK(parsed("200ms") == 200ms);
  CHECK(parsed("2s") == 2s);
  CHECK(parsed("5m") == 5min);
  CHECK(parsed("2h") == 2h);
  CHECK(parsed("7d") == 7 * 24h);
  CHECK(parsed("1h30m") == 90min);
  CHECK(parsed("1d2h3m4s5ms") == 26h + 3min + 4s + 5ms);
  CHECK(parsed("90m") == 90min);
  CHECK(parsed("0s") == 0ms);
  CHECK(parsed("36500d") == 36500 * 24h);
}

TEST_CASE("what is not a duration is refused, and so is one that is too long to add up") {
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
                           "1h-5m",
                           "1hm",
                           "36501d",
                           "36500d1ms",
                           "9223372036854775807d",
                           "9223372036854775807ms",
                           "9223372036854775808ms",
                           "soon"}) {
    CAPTURE(text);
    try {
      static_cast<void>(parse_duration("--timeout", text));
      FAIL("it was taken");
    } catch (const Error& error) {
      CHECK(error.invalid_argument());
      CHECK(error.what() ==
            "--timeout: \"" + std::string(text) +
                "\" is not a duration such as 200ms, 2s, 5m, 2h, 7d or 1h30m, of at most 36500d");
    }
  }
}

TEST_CASE("a duration is told in people's units") {
  CHECK(duration_text(0ms) == "0 ms");
  CHECK(duration_text(12ms) == "12 ms");
  CHECK(duration_text(999ms) == "999 ms");
  CHECK(duration_text(1s) == "1.0 s");
  CHECK(duration_text(3499ms) == "3.4 s");
  CHECK(duration_text(59'999ms) == "59.9 s");
  CHECK(duration_text(1min) == "1 m 0 s");
  CHECK(duration_text(5min + 12s) == "5 m 12 s");
  CHECK(duration_text(1h - 1ms) == "59 m 59 s");
  CHECK(duration_text(1h) == "1 h 0 m");
  CHECK(duration_text(3h + 5min) == "3 h 5 m");
  CHECK(duration_text(24h - 1ms) == "23 h 59 m");
  CHECK(duration_text(24h) == "1 d 0 h");
  CHECK(duration_text(52h) == "2 d 4 h");
  CHECK(duration_text(std::chrono::milliseconds::max()) == "106751991167 d 7 h");
  CHECK(duration_text(-5s) == "0 ms");
}

}  // namespace
}  // namespace crier::cli
