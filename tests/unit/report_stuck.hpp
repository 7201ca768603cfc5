// SPDX-License-Identifier: MIT
#pragma once

#include "refresh/dispatcher.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace crier::test {

/// After which a call is overdue.
inline constexpr std::chrono::milliseconds kDeadline = std::chrono::seconds(30);

/// Finds the calls that are overdue and tells of them, as the watchdog does; true where `poller` is
/// in one.
inline bool report_stuck(Dispatcher& dispatcher, std::uint64_t poller,
                         std::chrono::milliseconds deadline) {
  const auto found = dispatcher.find_stuck(deadline);
  dispatcher.tell_stuck(found);
  return std::ranges::find(found, poller, &RefresherQueues::Stuck::runner) != found.end();
}

}  // namespace crier::test
