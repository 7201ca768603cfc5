// SPDX-License-Identifier: MIT
#include "cli/tree.hpp"

#include "app.hpp"

#include <algorithm>
#include <sstream>

namespace crier::test {

namespace {

void collect(const cli::CommandInfo& command, std::vector<const cli::CommandInfo*>& all) {
  all.push_back(&command);
  for (const cli::CommandInfo& one : command.commands) {
    collect(one, all);
  }
}

}  // namespace

const cli::CommandInfo& the_tool() {
  static const cli::CommandInfo root = cli::command_tree();
  return root;
}

const std::vector<const cli::CommandInfo*>& all_commands() {
  static const std::vector<const cli::CommandInfo*> all = [] {
    std::vector<const cli::CommandInfo*> found;
    collect(the_tool(), found);
    return found;
  }();
  return all;
}

std::vector<std::string> option_names(const cli::CommandInfo& command) {
  std::vector<cli::OptionInfo> options = command.options;
  if (&command != &the_tool()) {
    for (const cli::OptionInfo& one : cli::global_options(the_tool())) {
      options.push_back(one);
    }
  }
  std::vector<std::string> names;
  for (const cli::OptionInfo& option : options) {
    names.insert(names.end(), option.names.begin(), option.names.end());
  }
  std::ranges::sort(names);
  return names;
}

std::string one_line(const std::string& text) {
  std::istringstream words(text);
  std::string line;
  for (std::string word; words >> word;) {
    line += (line.empty() ? "" : " ") + word;
  }
  return line;
}

}  // namespace crier::test
