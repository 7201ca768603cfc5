// SPDX-License-Identifier: MIT
#pragma once

#include <crier/instruction.hpp>

#include "refresh/lane.hpp"
#include "support/recording.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>

namespace crier::test {

inline constexpr double kMiddle = 0.5;  // a draw that leaves a delay as it is

/// A lane by hand, on a clock that stands still but for take_due().
struct LaneFixture {
  Lane lane;
  RetryPolicy policy;
  Lane::Time now = std::chrono::steady_clock::now();

  /// Of an entry which the position must not pass.
  static Waiting waiting(std::int64_t entry) {
    return {Instruction::refresh_by_id(kProducts, entry), 0, {entry}, "other", {{entry - 1}, {}}};
  }
  /// A full refresh which the position must not pass.
  static Waiting full(std::int64_t entry) {
    Waiting full = waiting(entry);
    full.instruction = Instruction::refresh_all(kProducts);
    return full;
  }

  [[nodiscard]] std::int64_t before() const { return lane.before() ? lane.before()->id.value : -1; }
  [[nodiscard]] Lane::Time::duration until_due() const {
    REQUIRE(lane.due());
    return *lane.due() - now;
  }
  /// The next job, when it is due.
  Job take_due() {
    REQUIRE(lane.due());
    now = std::max(now, *lane.due());
    return lane.take();
  }
  Lane::Outcome done(const std::string& error = {}, double jitter = kMiddle) {
    return lane.done(error, policy, jitter, now);
  }
};

}  // namespace crier::test
