// SPDX-License-Identifier: MIT
#include "command_tree.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <sstream>
#include <string_view>
#include <utility>

namespace crier::cli {

namespace {

constexpr std::string_view kUngrouped = "Subcommands";  // CLI11's word

OptionInfo option_info(CLI::Option& option) {
  OptionInfo info;
  if (option.get_positional()) {
    info.names.push_back(option.get_name(true, false));
  } else {
    for (const std::string& name : option.get_snames()) {
      info.names.push_back('-' + name);
    }
    for (const std::string& name : option.get_lnames()) {
      info.names.push_back("--" + name);
    }
    if (option.get_type_size() != 0) {
      info.value = option.get_type_name();
    }
  }
  info.description = option.get_description();
  info.is_required = option.get_required();
  info.is_repeated = option.get_expected_max() >= CLI::detail::expected_max_vector_size;
  info.offer = offer_of(option);
  return info;
}

// "  reader       looks: list" explains "reader".
Paragraph explained(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::size_t gap = line.find("  ");
  if (gap == line.npos) {
    return {"", std::string(line)};
  }
  return {std::string(line.substr(0, gap)),
          std::string(line.substr(line.find_first_not_of(' ', gap)))};
}

// What stands below a command's options: prose, whose lines end anywhere, and examples.
void read_footer(const std::string& footer, CommandInfo& info) {
  std::istringstream lines(footer);
  bool in_examples = false;
  bool is_new = true;
  for (std::string line; std::getline(lines, line);) {
    if (line == "Examples:") {
      in_examples = true;
    } else if (line.empty()) {
      is_new = true;
    } else if (in_examples) {
      info.examples.push_back(line.substr(line.find_first_not_of(' ')));
    } else if (line.starts_with("  ")) {
      info.about.push_back(explained(line));
      is_new = true;
    } else if (std::exchange(is_new, false)) {
      info.about.push_back({"", line});
    } else {
      info.about.back().text += ' ' + line;
    }
  }
}

CommandInfo command_info(CLI::App& app, std::vector<std::string> path) {
  path.push_back(app.get_name());
  CommandInfo info{.path = path,
                   .group = app.get_group() == kUngrouped ? "Commands" : app.get_group(),
                   .description = app.get_description()};
  for (CLI::Option* option : app.get_options()) {
    if (!option->get_group().empty()) {
      (option->get_positional() ? info.arguments : info.options).push_back(option_info(*option));
    }
  }
  for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) {
    if (!command->get_group().empty()) {
      info.commands.push_back(command_info(*command, path));
    }
  }
  info.needs_command = app.get_require_subcommand_min() > 0;
  read_footer(app.get_footer(), info);
  return info;
}

}  // namespace

std::string CommandInfo::full_name(char separator) const {
  std::string text;
  for (const std::string& word : path) {
    text += (text.empty() ? "" : std::string(1, separator)) + word;
  }
  return text;
}

const CommandInfo* CommandInfo::find(const std::vector<std::string>& words) const {
  const CommandInfo* found = this;
  for (const std::string& word : words) {
    const auto next = std::ranges::find(found->commands, word, &CommandInfo::name);
    if (next == found->commands.end()) {
      return nullptr;
    }
    found = &*next;
  }
  return found;
}

CommandInfo describe(CLI::App& root) { return command_info(root, {}); }

std::vector<OptionInfo> global_options(const CommandInfo& root) {
  std::vector<OptionInfo> options = root.options;
  std::erase_if(options, [](const OptionInfo& one) { return one.names.back() == "--help"; });
  return options;
}

std::string option_text(const OptionInfo& option) {
  std::string text;
  for (const std::string& name : option.names) {
    text += (text.empty() ? "" : ", ") + name;
  }
  return text + (option.value.empty() ? "" : ' ' + option.value) +
         (option.is_repeated ? " ..." : "");
}

std::string arguments_text(const CommandInfo& command) {
  std::string text;
  for (const OptionInfo& argument : command.arguments) {
    const std::string name = argument.names.front() + (argument.is_repeated ? "..." : "");
    text += argument.is_required ? ' ' + name : " [" + name + ']';
  }
  if (!command.commands.empty()) {
    text += command.needs_command ? " COMMAND" : " [COMMAND]";
  }
  return text;
}

}  // namespace crier::cli
