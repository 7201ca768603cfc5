// SPDX-License-Identifier: MIT
#include "refresh/publish_rate.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

struct RateFixture {
  PublishRate::Time now = PublishRate::Time::clock::now();
  PublishRate rate{now};

  // So many entries in each window, for so many windows.
  void publish(std::uint64_t entries, int windows) {
    for (int i = 0; i < windows; ++i) {
      rate.add(entries, now);
      now += PublishRate::kWindow;
    }
  }
  bool is_high() { return rate.is_high(now); }
};

TEST_CASE_FIXTURE(RateFixture, "rate: ten times what is usual is far above it") {
  publish(300, 20);
  CHECK_FALSE(is_high());
  rate.add(3000, now);
  CHECK_FALSE(is_high());
  rate.add(1, now);
  CHECK(is_high());
  CHECK(rate.count() == 3001);
  CHECK(rate.usual() == 300);
}

TEST_CASE_FIXTURE(RateFixture, "rate: few entries are nothing special, however quiet it was") {
  publish(0, 20);
  rate.add(PublishRate::kFew, now);
  CHECK_FALSE(is_high());
  rate.add(1, now);
  CHECK(is_high());
}

TEST_CASE_FIXTURE(RateFixture, "rate: a node that begins knows little, and learns what is usual") {
  publish(PublishRate::kFewAtFirst, 7);
  CHECK_FALSE(is_high());
  publish(PublishRate::kFewAtFirst, 100);
  CHECK_FALSE(is_high());
}

TEST_CASE_FIXTURE(RateFixture,
                  "rate: a storm is seen at once, also by a node that has just begun") {
  rate.add(PublishRate::kFewAtFirst + 1, now);
  CHECK(is_high());
}

TEST_CASE_FIXTURE(RateFixture,
                  "rate: a storm stays one while it lasts, and is forgotten after it") {
  publish(10, 20);
  publish(5000, 60);
  CHECK(is_high());
  publish(10, 2);
  CHECK_FALSE(is_high());
  CHECK(rate.usual() == 10);
}

TEST_CASE_FIXTURE(RateFixture, "rate: what goes on for an hour is usual from then on") {
  publish(10, 20);
  publish(5000, 350);
  CHECK(is_high());
  publish(5000, 20);
  CHECK_FALSE(is_high());
}

TEST_CASE_FIXTURE(RateFixture, "rate: a pause of years costs no more than one of an hour") {
  publish(100, 20);
  now += std::chrono::hours(24 * 365 * 100);
  CHECK_FALSE(is_high());
  CHECK(rate.count() == 0);
}

}  // namespace
}  // namespace crier::test
