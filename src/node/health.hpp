// SPDX-License-Identifier: MIT
#pragma once

#include <crier/freshness.hpp>
#include <crier/health.hpp>

#include <optional>

namespace crier {

struct Core;

// `freshness` is nothing if the node does not run. Throws an invalid_argument Error if the limits
// are shorter than such a node can keep.
[[nodiscard]] Health health_of(Core& core, const std::optional<Freshness>& freshness,
                               const HealthLimits& limits);

}  // namespace crier
