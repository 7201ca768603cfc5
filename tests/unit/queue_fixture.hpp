// SPDX-License-Identifier: MIT
#pragma once

#include <crier/instruction.hpp>

#include "refresh/refresher_queue.hpp"
#include "support/recording.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>

namespace crier::test {

inline constexpr double kMiddle = 0.5;  // a draw that leaves a delay as it is

/// A queue by hand, on a clock that stands still but for take_due().
struct QueueFixture {
  RefresherQueue queue;
  RetryPolicy policy;
  RefresherQueue::Time now = std::chrono::steady_clock::now();

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

  [[nodiscard]] std::int64_t position_limit() const {
    return queue.position_limit() ? queue.position_limit()->id.value : -1;
  }
  [[nodiscard]] RefresherQueue::Time::duration until_due() const {
    REQUIRE(queue.due());
    return *queue.due() - now;
  }
  /// The next job, when it is due.
  Job take_due() {
    REQUIRE(queue.due());
    now = std::max(now, *queue.due());
    return queue.take();
  }
  RefresherQueue::Outcome done(const std::string& error = {}, double jitter = kMiddle) {
    return queue.done(error, policy, jitter, now);
  }
};

}  // namespace crier::test
