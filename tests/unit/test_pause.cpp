// SPDX-License-Identifier: MIT
#include "base/pause.hpp"

#include <doctest/doctest.h>

#include <chrono>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

struct PauseFixture {
  Pause pause;
  Pause::Time now = std::chrono::steady_clock::now();
};

TEST_CASE_FIXTURE(PauseFixture, "pause: it holds for as long as it was said, and tells once") {
  CHECK_FALSE(pause.hear({}, now));
  CHECK_FALSE(pause.holds(now));
  CHECK_FALSE(pause.end());
  CHECK(pause.hear({100s, 10s, "alice"}, now));
  CHECK(pause.by() == "alice");
  CHECK(pause.end() == now + 10s);
  CHECK(pause.holds(now + 9'999ms));
  CHECK_FALSE(pause.holds(now + 10s));
  CHECK_FALSE(pause.hear({100s, 4s, "alice"}, now + 6s));
  CHECK(pause.end() == now + 10s);
}

TEST_CASE_FIXTURE(PauseFixture, "pause: another one takes its place, and resuming ends it") {
  pause.hear({100s, 10s, "alice"}, now);
  CHECK(pause.hear({160s, 70s, "bob"}, now));
  CHECK(pause.end() == now + 70s);
  CHECK(pause.hear({0s, 0s, "carol"}, now));
  CHECK_FALSE(pause.holds(now));
  CHECK_FALSE(pause.end());
  CHECK(pause.by() == "carol");
}

TEST_CASE_FIXTURE(PauseFixture, "pause: a clock that is set back makes none longer") {
  pause.hear({100s, 10s, "alice"}, now);
  CHECK_FALSE(pause.hear({100s, 1h, "alice"}, now + 1s));
  CHECK(pause.end() == now + 10s);
  CHECK_FALSE(pause.hear({100s, 1h, "alice"}, now + 11s));
  CHECK_FALSE(pause.holds(now + 11s));
}

TEST_CASE_FIXTURE(PauseFixture, "pause: one that is over by the database's clock is over") {
  pause.hear({100s, 10s, "alice"}, now);
  CHECK_FALSE(pause.hear({100s, 3s, "alice"}, now + 2s));  // the machine was suspended
  CHECK(pause.end() == now + 5s);
  CHECK_FALSE(pause.hear({100s, 0s, "alice"}, now + 3s));
  CHECK_FALSE(pause.holds(now + 3s));
}

}  // namespace
}  // namespace crier::test
