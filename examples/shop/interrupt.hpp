// SPDX-License-Identifier: MIT
#pragma once

#include <exception>

namespace shop {

// From now on Ctrl-C, SIGTERM and SIGHUP are caught.
void catch_signals();
// The number of the last one; 0: none yet.
[[nodiscard]] int caught_signal();

// Thrown where that is noticed.
struct Interrupted final : std::exception {};

}  // namespace shop
