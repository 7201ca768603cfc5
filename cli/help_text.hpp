// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace crier::cli {

struct CommandInfo;

// The help of a command, which is `root` or below it, in lines of at most 80 columns.
[[nodiscard]] std::string help_text(const CommandInfo& root, const CommandInfo& command);

}  // namespace crier::cli
