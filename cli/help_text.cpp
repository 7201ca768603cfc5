// SPDX-License-Identifier: MIT
#include "help_text.hpp"

#include "command_lines.hpp"
#include "command_tree.hpp"
#include "conventions.hpp"
#include "table.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace crier::cli {

namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kColumn = 30;  // where descriptions begin

class Help {
 public:
  // Writes all of it.
  std::string of(const CommandInfo& root, const CommandInfo& command) {
    for (const std::string& line : wrap(command.description, kWidth)) {
      out_ += line + '\n';
    }
    out_ += "Usage: " + command.full_name() + " [OPTIONS]" + arguments_text(command) + '\n';
    put_options("Arguments", command.arguments);
    if (&command == &root) {
      put_commands(root.commands);
    }
    put_options("Options", command.options);
    if (&command == &root) {
      put_conventions("Exit codes", kExitCodes);
      put_conventions("Environment", kVariables);
    } else {
      put_options("Global options", global_options(root));
      put_commands(command.commands);
    }
    put_about(command.about);
    if (!command.examples.empty()) {
      out_ += "\nExamples:\n";
    }
    for (const std::string& example : command.examples) {
      for (const std::string& line : wrap_command(example, kWidth - 2)) {
        out_ += "  " + line + '\n';
      }
    }
    return std::move(out_);
  }

 private:
  // "  --limit N      At most so many": what is too long for its column has a line of its own.
  void put_row(std::string_view left, std::string_view right, std::size_t column) {
    std::string line = "  " + std::string(left);
    if (line.size() + 2 > column) {
      out_ += line + '\n';
      line.clear();
    }
    for (const std::string& text : wrap(right, kWidth - column)) {
      line.resize(column, ' ');
      out_ += line + text + '\n';
      line.clear();
    }
  }

  void put_options(std::string_view title, const std::vector<OptionInfo>& options) {
    if (options.empty()) {
      return;
    }
    out_ += '\n' + std::string(title) + ":\n";
    for (const OptionInfo& option : options) {
      put_row(option_text(option) + (option.is_required ? " (required)" : ""), option.description,
              kColumn);
    }
  }

  void put_commands(const std::vector<CommandInfo>& commands) {
    std::size_t column = 0;
    for (const CommandInfo& command : commands) {
      column = std::max(column, command.name().size() + 4);
    }
    std::string_view group;
    for (const CommandInfo& command : commands) {
      if (command.group != group) {
        group = command.group;
        out_ += '\n' + command.group + ":\n";
      }
      put_row(command.name(), command.description, column);
    }
  }

  template <class Conventions>
  void put_conventions(std::string_view title, const Conventions& conventions) {
    std::size_t column = 0;
    for (const Convention& one : conventions) {
      column = std::max(column, one.name.size() + 4);
    }
    out_ += '\n' + std::string(title) + ":\n";
    for (const Convention& one : conventions) {
      put_row(one.name, one.meaning, column);
    }
  }

  void put_about(const std::vector<Paragraph>& about) {
    std::size_t column = 0;
    for (const Paragraph& one : about) {
      column = std::max(column, one.term.size() + 4);
    }
    bool after_row = false;
    for (const Paragraph& one : about) {
      if (!one.term.empty()) {
        put_row(one.term, one.text, column);
      } else {
        out_ += after_row ? "" : "\n";
        for (const std::string& line : wrap(one.text, kWidth)) {
          out_ += line + '\n';
        }
      }
      after_row = !one.term.empty();
    }
  }

  std::string out_;
};

}  // namespace

std::string help_text(const CommandInfo& root, const CommandInfo& command) {
  return Help().of(root, command);
}

}  // namespace crier::cli
