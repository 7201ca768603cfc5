// SPDX-License-Identifier: MIT
#include "app.hpp"

#include <crier/error.hpp>
#include <crier/version.hpp>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "nearest.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace crier::cli {

namespace {

struct GlobalOptions {
  std::optional<std::string> store;
  bool json = false;
  bool no_color = false;
};

void set_up(CLI::App& root, GlobalOptions& options) {
  root.fallthrough();  // the commands inherit it: global options may stand after the command
  root.require_subcommand(0, 1);
  root.allow_extras();  // so that refuse_unknown() can name them
  root.set_help_flag("-h,--help", "Print this help");
  root.set_version_flag("--version", "crier " + std::string(version()), "Print the version");
  root.add_option("--store", options.store, "The database (default: $CRIER_STORE)")
      ->type_name("URL");
  root.add_flag("--json", options.json, "Print one JSON object per line");
  root.add_flag("--no-color", options.no_color, "Never colour the output");
  root.footer(
      "A store is a path or sqlite:PATH. These options stand before or after the command.\n"
      "Exit codes: 0 done, 1 failed, 2 usage, 3 not so (a wait that timed out, an "
      "unhealthy status).\n"
      "\n"
      "Examples:\n"
      "  crier --store sqlite:shop.db migrate\n"
      "  crier list --limit 5\n"
      "  crier show --help");
  const auto format = root.get_formatter();
  format->column_width(32);
  format->label("SUBCOMMAND", "COMMAND");
  format->label("Positionals", "Arguments");
  format->label("REQUIRED", "(required)");
}

// "; did you mean "list"? See crier --help"
std::string hint(const CLI::App* command, const std::optional<std::string>& meant = {}) {
  const std::string see =
      "ee crier " + (command == nullptr ? "" : command->get_name() + " ") + "--help";
  return meant ? "; did you mean " + *meant + "? S" + see : "; s" + see;
}

void add_option_names(const CLI::App& app, std::vector<std::string>& names) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      names.push_back("--" + name);
    }
  }
}

// CLI11 itself says of an unknown command no more than that one is required.
void refuse_unknown(const CLI::App& root, const CLI::App* command) {
  const std::vector<std::string> unknown = root.remaining();
  if (unknown.empty()) {
    return;
  }
  const std::string& word = unknown.front();
  std::vector<std::string> known;
  if (word.size() > 1 && word.front() == '-') {
    add_option_names(root, known);
    if (command != nullptr) {
      add_option_names(*command, known);
      for (const CLI::App* inner : command->get_subcommands()) {
        add_option_names(*inner, known);
      }
    }
    const std::string name = word.substr(0, word.find('='));
    throw usage_error("there is no option " + name + hint(command, nearest(name, known)));
  }
  if (command != nullptr && command->get_require_subcommand_min() > 0 &&
      command->get_subcommands().empty()) {
    for (const CLI::App* other : command->get_subcommands([](const CLI::App*) { return true; })) {
      known.push_back(other->get_name());
    }
    throw usage_error("there is no command \"" + command->get_name() + " " + word + "\"" +
                      hint(command, nearest(word, known)));
  }
  if (command != nullptr) {
    const auto inner = command->get_subcommands();
    const bool has_value =
        !inner.empty() && inner.back()->get_option_no_throw("--value") != nullptr;
    throw usage_error(command->get_name() + " takes no argument \"" + word + "\"" +
                      (has_value ? "; give the value as --value" : "") + hint(command));
  }
  for (const CLI::App* other : root.get_subcommands([](const CLI::App*) { return true; })) {
    known.push_back(other->get_name());
  }
  throw usage_error("there is no command \"" + word + "\"" + hint(command, nearest(word, known)));
}

// Throws crier::Error.
int run_command_line(std::span<const std::string> args, const Environment& environment,
                     Session& session) {
  CLI::App root("Keeps the caches of many nodes coherent through the database they share.",
                "crier");
  GlobalOptions options;
  set_up(root, options);
  const std::array commands{add_migrate(root),     add_list(root),  add_show(root),
                            add_tail(root),        add_send(root),  add_replay(root),
                            add_node(root),        add_nodes(root), add_status(root),
                            add_failures(root),    add_wait(root),  add_prune(root),
                            add_sql_trigger(root), add_cache(root)};
  for (const Command& command : commands) {
    command.app->group("Commands");
  }
  const auto chosen = [&]() -> const Command* {
    const auto found =
        std::ranges::find_if(commands, [](const Command& c) { return bool(*c.app); });
    return found == commands.end() ? nullptr : &*found;
  };
  const auto chosen_app = [&] { return chosen() == nullptr ? nullptr : chosen()->app; };

  try {
    root.parse(std::vector<std::string>(args.rbegin(), args.rend()));
  } catch (const CLI::ParseError& error) {
    refuse_unknown(root, chosen_app());
    if (error.get_exit_code() == 0) {  // --help and --version come as errors, too
      return root.exit(error, session.streams.out, session.streams.err);
    }
    throw usage_error(error.what() + hint(chosen_app()));
  }
  refuse_unknown(root, chosen_app());
  if (chosen() == nullptr) {
    throw usage_error("no command is given" + hint(nullptr));
  }
  session.store_url = options.store.value_or(environment.store);
  session.json = options.json;
  session.terminal = environment.terminal;
  // A dumb terminal can't go back to wipe what it shows.
  session.progress = environment.error_terminal && environment.terminal_type != "dumb";
  session.paint = Paint(environment.terminal && !environment.no_color && !options.no_color);
  return chosen()->run(session);
}

}  // namespace

int run(std::span<const std::string> args, const Streams& streams, const Environment& environment,
        Interrupt& interrupt) {
  Session session{streams, interrupt};
  int code = 1;
  try {
    code = run_command_line(args, environment, session);
  } catch (const Error& error) {
    session.say(error.what());
    code = error.invalid_argument() ? 2 : 1;
  } catch (const std::exception& error) {
    session.say(error.what());
  }
  if (!streams.out.flush() && code == 0) {
    session.say("can't write to standard output");
    return 1;
  }
  return code;
}

}  // namespace crier::cli
