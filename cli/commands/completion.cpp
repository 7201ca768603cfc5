// SPDX-License-Identifier: MIT
#include "completion.hpp"

#include "arguments.hpp"
#include "command_tree.hpp"
#include "commands/commands.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace crier::cli {

namespace {

int run_completion(const Session& session, CLI::App& root, const std::string& shell) {
  const CommandInfo tree = describe(root);
  std::string script;
  if (shell == "bash") {
    script = bash_completion(tree);
  } else if (shell == "zsh") {
    script = zsh_completion(tree);
  } else if (shell == "fish") {
    script = fish_completion(tree);
  } else {
    throw usage_error("there is no completion for " + argument_text(shell) +
                      "; there is for bash, zsh and fish");
  }
  session.put(script.substr(0, script.size() - 1));
  return 0;
}

}  // namespace

Command add_completion(CLI::App& root) {
  CLI::App* app =
      root.add_subcommand("completion", "Print a shell's script that completes command lines");
  auto shell = std::make_shared<std::string>();
  offer_words(app->add_option("SHELL", *shell, "bash, zsh or fish")->required()->type_name(""),
              {"bash", "zsh", "fish"});
  app->footer(
      "An installed crier has brought the scripts along. They complete commands, options, files, "
      "and the names of refreshers and nodes, for which they ask the store of --store or "
      "CRIER_STORE: for a second at most, and in silence if it can't be reached.\n"
      "\n"
      "Examples:\n"
      "  crier completion bash > ~/.local/share/bash-completion/completions/crier\n"
      "  crier completion fish > ~/.config/fish/completions/crier.fish\n"
      "  crier completion zsh > ~/.zfunc/_crier");
  return {app, [&root, shell](Session& session) { return run_completion(session, root, *shell); }};
}

}  // namespace crier::cli
