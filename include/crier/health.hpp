// SPDX-License-Identifier: MIT
#pragma once

#include <crier/export.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

/// What a probe of a process wants to know: Node::health().
enum class HealthState : std::uint8_t {
  ok,
  degraded,  ///< the caches are fresh, and something needs to be looked at
  bad,       ///< nothing proves that the caches are fresh
};

/// Static text: "degraded".
[[nodiscard]] CRIER_EXPORT std::string_view to_string(HealthState state) noexcept;

/// What Node::health() holds a node to. Plain values.
struct HealthLimits {
  /// How old the last proof may be that all of the log has been applied: at least twice
  /// Options::poll_interval. 0: that, or 10 s if it is more.
  std::chrono::milliseconds max_behind{0};
};

/// How a node fares. A plain value.
struct Health {
  HealthState state = HealthState::ok;  ///< the verdict
  /// Why it is not ok: a sentence each, which may name refreshers, the store, and what threw. Those
  /// that make it bad come first.
  std::vector<std::string> reasons;
};

}  // namespace crier
