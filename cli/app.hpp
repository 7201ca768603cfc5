// SPDX-License-Identifier: MIT
#pragma once

#include "command_tree.hpp"
#include "session.hpp"

#include <span>
#include <string>

namespace crier::cli {

class Interrupt;

// What the surroundings say.
struct Environment {
  std::string store;               // CRIER_STORE; empty: not set
  bool terminal = false;           // standard output is one
  bool no_color = false;           // NO_COLOR is set, and not empty
  bool error_terminal = false;     // standard error is a terminal
  std::string terminal_type = {};  // TERM
  bool input_terminal = false;     // standard input is a terminal
};

// The whole tool: reads the arguments (without the program's name), runs the command, and returns
// the exit code: 0 done, 1 failed, 2 usage, 3 not so, 130 interrupted before it was done.
int run(std::span<const std::string> args, const Streams& streams, const Environment& environment,
        Interrupt& interrupt);

// All commands and options, but for what is hidden.
[[nodiscard]] CommandInfo command_tree();

}  // namespace crier::cli
