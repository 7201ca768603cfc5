// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crier::cli {

struct CommandInfo;

// A shell's script that completes crier's command lines. What it knows is `root`; names of
// refreshers and nodes it asks the tool for, by `crier known-names`.
[[nodiscard]] std::string bash_completion(const CommandInfo& root);
[[nodiscard]] std::string zsh_completion(const CommandInfo& root);
[[nodiscard]] std::string fish_completion(const CommandInfo& root);

// What the three scripts are made of.
struct CompletionData {
  struct Word {
    std::string text;
    std::string description;
  };
  // What may stand after a command: "" is crier itself, "cache set" one below.
  struct Command {
    std::string key;
    std::vector<Word> commands;
    std::vector<Word> options;  // those of every command, too
  };
  // What an option's value may be ("list/--after"; "*/--store": after any command), or a command's
  // argument ("wait/:1"; "replay/:*": any number of them).
  struct Value {
    std::string key;
    std::string kind;  // none, files, text, refreshers, nodes, or "words" and the words
  };
  std::vector<Command> commands;
  std::vector<Value> values;
};
[[nodiscard]] CompletionData completion_data(const CommandInfo& root);

// A value's key as a pattern of `case` in bash and zsh.
[[nodiscard]] std::string shell_pattern(std::string_view key);

// `text`, whose lines "@NAME@" stand for others.
[[nodiscard]] std::string fill_in(std::string_view text, std::string_view name,
                                  std::string_view lines);

}  // namespace crier::cli
