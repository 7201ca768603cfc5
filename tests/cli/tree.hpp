// SPDX-License-Identifier: MIT
#pragma once

#include "command_tree.hpp"

#include <string>
#include <vector>

namespace crier::test {

/// Every command of the tool, itself and those of commands included: a new one is among them.
[[nodiscard]] const std::vector<const cli::CommandInfo*>& all_commands();
[[nodiscard]] const cli::CommandInfo& the_tool();

/// All names of options that may stand after it, sorted.
[[nodiscard]] std::vector<std::string> option_names(const cli::CommandInfo& command);

/// `text` with one blank wherever there are blanks or ends of lines.
[[nodiscard]] std::string one_line(const std::string& text);

}  // namespace crier::test
