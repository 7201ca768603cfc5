// SPDX-License-Identifier: MIT
#pragma once

#include "cli/database.hpp"
#include "command_tree.hpp"
#include "support/temp_dir.hpp"

#include <string>
#include <vector>

namespace crier::test {

/// Whether there is a program of this name. If not, it says that the case is skipped, and which
/// package of Debian's has it.
[[nodiscard]] bool is_here(const std::string& program, const std::string& package);

struct Ran {
  int code = -1;
  std::vector<std::string> out;
  std::vector<std::string> err;
};

/// Runs a program in a folder, which is its home, too. The tool is the first on its PATH, and finds
/// `store`.
[[nodiscard]] Ran run_program(const TempDir& folder, const Args& command,
                              const std::string& store = {});

/// Writes a file into the folder, and returns its path.
std::string write_file(const TempDir& folder, const std::string& name, const std::string& text);

/// Names that are commands, patterns or worse to a shell that takes them for its own; each of them
/// would make a file "struck". Sorted.
[[nodiscard]] const std::vector<std::string>& hostile_names();
/// Refreshers in that database have them.
void declare_hostile_names(const Database& database);

/// "cache set": as it is typed, without "crier".
[[nodiscard]] std::string typed(const cli::CommandInfo& command);
[[nodiscard]] std::vector<std::string> sorted(std::vector<std::string> words);
/// The names of the commands below it, sorted.
[[nodiscard]] std::vector<std::string> command_names(const cli::CommandInfo& command);

}  // namespace crier::test
