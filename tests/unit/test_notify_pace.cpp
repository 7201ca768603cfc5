// SPDX-License-Identifier: MIT
#include "store/postgres/notify_pace.hpp"

#include <doctest/doctest.h>

#include <chrono>

namespace crier::postgres {
namespace {

using namespace std::chrono_literals;

// Sends at `now` for so many entries, and tells how long the next one has to wait.
std::chrono::nanoseconds wait_after(NotifyPace& pace, NotifyPace::Time now, int entries) {
  for (int i = 0; i < entries; ++i) {
    pace.owe();
  }
  pace.send(now);
  return pace.turn() - now;
}

TEST_CASE("the first ring may be sent at once, and one a millisecond later") {
  NotifyPace pace;
  const NotifyPace::Time begin = NotifyPace::Time{} + 1h;
  CHECK(pace.turn() <= begin);
  CHECK(wait_after(pace, begin, 1) == 1ms);
}

TEST_CASE("while entries come close together the pace stretches") {
  NotifyPace pace;
  NotifyPace::Time now = NotifyPace::Time{} + 1h;
  auto wait = wait_after(pace, now, 1);
  for (int i = 0; i < 20; ++i) {
    now += wait;
    const auto longer = wait_after(pace, now, static_cast<int>(wait / 500us) + 1);
    CHECK(longer >= wait);
    CHECK(longer <= 4ms);
    wait = longer;
  }
  CHECK(wait == 4ms);

  SUBCASE("not so close is a reason for the shortest pace again") {
    CHECK(wait_after(pace, now + 4ms, 4) == 1ms);
  }
  SUBCASE("nor is many at a time, where long none came") {
    CHECK(wait_after(pace, now + 1s, 100) == 1ms);
  }
}

TEST_CASE("a few entries in a row do not change the pace") {
  NotifyPace pace;
  const NotifyPace::Time begin = NotifyPace::Time{} + 1h;
  CHECK(wait_after(pace, begin, 1) == 1ms);
  CHECK(wait_after(pace, begin + 1500us, 2) == 1ms);
  CHECK(wait_after(pace, begin + 3ms, 2) == 1ms);
}

}  // namespace
}  // namespace crier::postgres
