// SPDX-License-Identifier: MIT
#pragma once

#include "offer.hpp"

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace crier::cli {

// An option, or an argument, which has one name without hyphens.
struct OptionInfo {
  std::vector<std::string> names;  // "-h", "--help"
  std::string value;               // what stands for its value, as "URL"; empty: it takes none
  std::string description;
  bool is_required = false;
  bool is_repeated = false;
  Offer offer = {};
};

// A paragraph of what a command says about itself.
struct Paragraph {
  std::string term;  // what the text explains; empty: nothing in particular
  std::string text;
};

// A command as CLI11 knows it, for what is printed about all of them: help, manual pages, and the
// completion of shells. What is hidden there is left out.
struct CommandInfo {
  std::vector<std::string> path;  // {"crier", "cache", "set"}
  std::string group;
  std::string description;
  std::vector<OptionInfo> arguments = {};
  std::vector<OptionInfo> options = {};
  std::vector<CommandInfo> commands = {};
  bool needs_command = false;
  std::vector<Paragraph> about = {};
  std::vector<std::string> examples = {};

  [[nodiscard]] const std::string& name() const { return path.back(); }
  // "crier cache set", or with another separator.
  [[nodiscard]] std::string full_name(char separator = ' ') const;
  // The one that the words name, below this one; null if there is none.
  [[nodiscard]] const CommandInfo* find(const std::vector<std::string>& words) const;
};

[[nodiscard]] CommandInfo describe(CLI::App& root);

// Those of the root that each command takes, too: all but --help, which is each one's own.
[[nodiscard]] std::vector<OptionInfo> global_options(const CommandInfo& root);

// "--refresher NAME ...", of an option or an argument.
[[nodiscard]] std::string option_text(const OptionInfo& option);
// "crier replay [OPTIONS] [ID...]" without what stands for the options.
[[nodiscard]] std::string arguments_text(const CommandInfo& command);

}  // namespace crier::cli
