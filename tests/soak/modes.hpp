// SPDX-License-Identifier: MIT
#pragma once

#include "soak/words.hpp"

namespace crier::soak {

// What one process of the soak does: it returns the exit code.

// Starts the others, kills them, and judges.
int run_controller(const Words& words);
// A node, and where `--kind` is given a writer: until SIGTERM.
int run_process(const Words& words);

}  // namespace crier::soak
