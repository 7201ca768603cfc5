// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace crier::cli {

// Runs `command` in a shell with `input` on its standard input, and waits for it. What it prints
// goes to our standard error. Throws crier::Error where it fails, in words.
void run_command(const std::string& command, std::string_view input);

}  // namespace crier::cli
