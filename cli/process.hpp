// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace crier::cli {

class Interrupt;

// How long a command may still run after an interrupt: then it is asked to end, with all that it
// has started (SIGTERM), and then made to (SIGKILL). Together less than a node takes to stop.
struct Grace {
  std::chrono::milliseconds before_terminate{3000};
  std::chrono::milliseconds before_kill{2000};
};

// Runs `command` in a shell with `input` on its standard input, and waits for it. What it prints
// goes to our standard error. Throws crier::Error if it fails, in words that don't repeat it.
void run_command(const std::string& command, std::string_view input, const Interrupt& interrupt,
                 const Grace& grace = {});

}  // namespace crier::cli
