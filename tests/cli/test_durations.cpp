// SPDX-License-Identifier: MIT
#include <crier/error.hpp>

#include "arguments.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace crier::cli {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a duration is taken up to a century") {
  const auto parsed = [](const char* text) { return parse_duration("--timeout", text); };
  CHECK(parsed("0s") == 0ms);
  CHECK(parsed("1h30m") == 90min);
  CHECK(parsed("36500d") == 36500 * 24h);
}

TEST_CASE("what is not a duration is refused, and so is a longer one") {
  for (const char* text : {"", "5", "-5s", "1.5s", "30m1h", "36501d", "36500d1ms",
                           "9223372036854775807ms", "9223372036854775808ms", "soon"}) {
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

}  // namespace
}  // namespace crier::cli
