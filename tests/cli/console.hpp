// SPDX-License-Identifier: MIT
#pragma once

#include "cli/tool.hpp"

#include <string>
#include <vector>

namespace crier::test {

/// A command that a page shows in a console block, and what it says that the command prints.
struct Shown {
  std::string command;
  std::string output;
};
[[nodiscard]] std::vector<Shown> shown_in(const std::string& page);

/// As a shell splits a line into words, quoted or not.
[[nodiscard]] Args shell_words(const std::string& line);

/// What a terminal would show: standard output and standard error. Of the shell's language it knows
/// quotes, and one grep -E after a bar, which sees standard output alone.
[[nodiscard]] std::string run_shown(const std::string& command, const std::string& store);

/// Without what differs from time to time and from machine to machine: times, durations, sizes,
/// processes, versions, the beat before the one with which a node told something, and how many
/// blanks it takes to align a table. `store` is the path of the database that pages call shop.db.
[[nodiscard]] std::string comparable(const std::string& text, const std::string& store);

}  // namespace crier::test
