// SPDX-License-Identifier: MIT
#include "base/utc_stamp.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a stamp is a time since 1970, with or without a fraction") {
  CHECK(parse_utc_stamp("1970-01-01 00:00:01") == 1s);
  CHECK(parse_utc_stamp("1970-01-02T00:00:00.5") == 24h + 500ms);
  CHECK(parse_utc_stamp("1970-01-01 00:00:00.1239999Z") == 123ms);
  CHECK(parse_utc_stamp("2026-11-21 10:00:00.07") == 1'795'255'200'070ms);
}

TEST_CASE("what is no stamp is none") {
  for (const char* text :
       {"", "soon", "2026-11-21", "2026-11-21 10:00", "2026-13-21 10:00:00", "2026-02-30 10:00:00",
        "2026-11-21 24:00:00", "2026-11-21 10:60:00", "2026-11-21 10:00:60", "2026-11-21 10:00:00.",
        "2026-11-21 10:00:00.x", "2026-11-21 10:00:00 +1", "2026/11/21 10:00:00"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_utc_stamp(text));
  }
}

TEST_CASE("a time is written as a stamp that reads the same") {
  for (const std::string text : {"1970-01-01 00:00:00.000", "2026-11-21 10:00:00.070",
                                 "2000-02-29 23:59:59.999", "1969-12-31 23:59:59.001"}) {
    CHECK(utc_stamp(parse_utc_stamp(text).value()) == text);
  }
}

}  // namespace
}  // namespace crier::test
