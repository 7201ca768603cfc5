// SPDX-License-Identifier: MIT
#include "command_lines.hpp"

namespace crier::cli {

std::vector<std::string> wrap_command(std::string_view command, std::size_t width) {
  if (command.size() <= width) {
    return {std::string(command)};
  }
  std::vector<std::string> pieces{""};
  bool is_quoted = false;
  for (std::size_t i = 0; i < command.size(); ++i) {
    is_quoted = is_quoted != (command[i] == '\'');
    const std::string_view next = command.substr(i + 1, 2);
    if (command[i] == ' ' && !is_quoted && (next == "--" || next == "| ")) {
      pieces.emplace_back();
    } else {
      pieces.back() += command[i];
    }
  }
  std::vector<std::string> lines{pieces.front()};
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    // Two columns are for the backslash.
    if (lines.back().size() + 1 + pieces[i].size() + 2 <= width) {
      lines.back() += ' ' + pieces[i];
    } else {
      lines.back() += " \\";
      lines.push_back("    " + pieces[i]);
    }
  }
  return lines;
}

}  // namespace crier::cli
