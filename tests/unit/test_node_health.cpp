// SPDX-License-Identifier: MIT
// What a probe is told.
#include <crier/error.hpp>

#include "node/core.hpp"
#include "node/health.hpp"
#include "support/errors.hpp"
#include "unit/stuck_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;
using Reasons = std::vector<std::string>;

struct CoreFixture {
  Core core{options(), Registry()};

  static Options options() {
    Options made;
    made.poll_interval = 2s;
    made.log = [](LogLevel, std::string_view) {};
    return made;
  }
  Health with(std::chrono::milliseconds age, const HealthLimits& limits = {}) {
    const auto now = std::chrono::steady_clock::now();
    return health_of(core, Freshness{{7}, now, age, {}}, limits);
  }
};

TEST_CASE_FIXTURE(CoreFixture, "health: as old as a proof may be is ok, and older is bad") {
  CHECK(with(10s).state == HealthState::ok);
  CHECK(with(10s).reasons.empty());
  CHECK(with(10'001ms).state == HealthState::bad);
  CHECK(with(5s, {.max_behind = 4s}).reasons ==
        Reasons{"for 5.0 s nothing has proved that all of the log is applied here; at most 4s are "
                "asked for"});
  CHECK(with(10'992ms).reasons ==
        Reasons{"for 10.9 s nothing has proved that all of the log is applied here; at most 10s "
                "are asked for"});
  const Freshness never{{}, {}, 1h, {}};
  CHECK(health_of(core, never, {}).reasons ==
        Reasons{"nothing has ever proved that all of the log is applied here; at most 10s are "
                "asked for"});
  CHECK(health_of(core, std::nullopt, {}).state == HealthState::bad);
  CHECK(health_of(core, std::nullopt, {}).reasons == Reasons{"the node does not run"});
}

TEST_CASE_FIXTURE(CoreFixture, "health: a node that polls seldom has more time, and needs it") {
  CHECK(with(4s, {.max_behind = 4s}).state == HealthState::ok);
  for (const auto most : {3'999ms, 1ms, -1ms}) {
    CHECK(error_of([&] { with(0s, {.max_behind = most}); }).invalid_argument());
    CHECK(error_of([&] {
            static_cast<void>(health_of(core, std::nullopt, {.max_behind = most}));
          }).invalid_argument());
  }
  Options seldom = options();
  seldom.poll_interval = 30s;
  Core other(seldom, Registry());
  const auto age = [&](std::chrono::milliseconds of) {
    return health_of(other, Freshness{{}, std::chrono::steady_clock::now(), of, {}}, {}).state;
  };
  CHECK(age(60s) == HealthState::ok);
  CHECK(age(60'001ms) == HealthState::bad);
}

TEST_CASE_FIXTURE(CoreFixture,
                  "health: what is in trouble degrades, and stands behind what is bad") {
  core.reporter.duty_failed("the beat", "no");
  core.reporter.wakeup_trouble("nobody rings");
  CHECK(with(1s).state == HealthState::degraded);
  REQUIRE(with(1s).reasons.size() == 2);
  CHECK(with(1s).reasons[0].starts_with("the beat"));
  CHECK(with(1s).reasons[1].find("nobody rings") != std::string::npos);
  CHECK(with(11s).state == HealthState::bad);
  CHECK(with(11s).reasons.size() == 3);
  CHECK(with(11s).reasons[0].starts_with("for 11.0 s "));
}

TEST_CASE_FIXTURE(StuckFixture, "health: of a node that runs, and of one whose refresher hangs") {
  quick.refresher_deadline = 300ms;
  make();
  CHECK(node->health().state == HealthState::bad);
  node->start();
  CHECK(eventually([&] { return node->health().state == HealthState::ok; }));
  hang();
  CHECK(
      eventually([&] { return node->health({.max_behind = 1h}).state == HealthState::degraded; }));
  CHECK(node->health({.max_behind = 1h}).reasons.at(0).find("hanging") != std::string::npos);
  CHECK(eventually([&] { return node->health({.max_behind = 20ms}).state == HealthState::bad; }));
  outside->gate.open();
  CHECK(eventually([&] { return node->health().state == HealthState::ok; }));
  node->stop();
  CHECK(node->health().reasons == Reasons{"the node does not run"});
}

TEST_CASE("health: its states have names") {
  CHECK(to_string(HealthState::ok) == "ok");
  CHECK(to_string(HealthState::degraded) == "degraded");
  CHECK(to_string(HealthState::bad) == "bad");
}

}  // namespace
}  // namespace crier::test
