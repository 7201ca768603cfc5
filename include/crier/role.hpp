// SPDX-License-Identifier: MIT
#pragma once

#include <crier/export.hpp>

#include <cstdint>
#include <string_view>

namespace crier {

/// What a node does for the others. Umbraco's `ServerRole`, with its numbers. No role is needed to
/// publish or to poll.
enum class Role : std::uint8_t {
  unknown = 0,               ///< before the first beat, or cut off for longer than a lease
  single = 1,                ///< alone
  subscriber = 2,            ///< another one leads
  scheduling_publisher = 3,  ///< leads: does the housekeeping
};

/// Static text: "scheduling_publisher".
[[nodiscard]] CRIER_EXPORT std::string_view to_string(Role role) noexcept;

}  // namespace crier
