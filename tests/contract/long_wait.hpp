// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

namespace crier::test {

/// Far longer than a ring takes: a wait of that length ends by a ring.
inline constexpr std::chrono::seconds kLong{60};

}  // namespace crier::test
