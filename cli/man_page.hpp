// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace crier::cli {

struct CommandInfo;

// The manual page of a command, which is `root` or below it, for man(1). `date` is written
// YYYY-MM-DD.
[[nodiscard]] std::string man_page(const CommandInfo& root, const CommandInfo& command,
                                   const std::string& date);

// Writes the pages of `command` and all that are below it into a folder, as crier-list.1. Throws
// crier::Error if one can't be written.
void write_man_pages(const CommandInfo& root, const CommandInfo& command, const std::string& folder,
                     const std::string& date);

}  // namespace crier::cli
