// SPDX-License-Identifier: MIT
#include <crier/version.hpp>

#include "arguments.hpp"
#include "command_tree.hpp"
#include "commands/commands.hpp"
#include "help_text.hpp"
#include "json.hpp"
#include "man_page.hpp"
#include "nearest.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

namespace {

struct HelpOptions {
  std::vector<std::string> command;
  std::string pages;
  std::string date;
};

const CommandInfo& find_command(const CommandInfo& root, const std::vector<std::string>& words) {
  const CommandInfo* found = &root;
  std::string above;  // "cache "
  for (const std::string& word : words) {
    const CommandInfo* next = found->find({word});
    if (next == nullptr) {
      std::vector<std::string> known;
      for (const CommandInfo& one : found->commands) {
        known.push_back(one.name());
      }
      const std::optional<std::string> meant = nearest(word, known);
      throw usage_error("there is no command " + argument_text(above + word) +
                        (meant ? "; did you mean " + above + *meant + "?" : "; see crier --help"));
    }
    found = next;
    above += word + ' ';
  }
  return *found;
}

int run_help(const Session& session, CLI::App& root, const HelpOptions& options) {
  const CommandInfo tree = describe(root);
  if (!options.pages.empty()) {
    write_man_pages(tree, tree, options.pages, options.date);
    return 0;
  }
  const std::string text = help_text(tree, find_command(tree, options.command));
  session.put(text.substr(0, text.size() - 1));
  return 0;
}

}  // namespace

Command add_help(CLI::App& root) {
  CLI::App* app = root.add_subcommand("help", "Print the help of a command, or of all");
  auto options = std::make_shared<HelpOptions>();
  std::vector<std::string> names;
  for (const CLI::App* one : root.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(one->get_name());
  }
  offer_words(app->add_option("COMMAND", options->command,
                              "Its name; two for one such as \"cache set\" (default: all commands)")
                  ->type_name(""),
              names);
  // For the build, which installs manual pages.
  app->add_option("--pages", options->pages)->group("");
  app->add_option("--date", options->date)->group("");
  app->footer(
      "Examples:\n"
      "  crier help\n"
      "  crier help list\n"
      "  crier help cache set");
  return {app, [&root, options](Session& session) { return run_help(session, root, *options); }};
}

Command add_version(CLI::App& root) {
  CLI::App* app = root.add_subcommand("version", "Print the version");
  app->footer(
      "Examples:\n"
      "  crier version\n"
      "  crier version --json");
  return {app, [](Session& session) {
            const std::string text(version());
            session.put(session.json ? line_of({{"version", text}}) : "crier " + text);
            return 0;
          }};
}

}  // namespace crier::cli
