// SPDX-License-Identifier: MIT
#include "app.hpp"

#include <crier/error.hpp>
#include <crier/version.hpp>

#include "arguments.hpp"
#include "base/secrets.hpp"
#include "command_tree.hpp"
#include "commands/commands.hpp"
#include "help_text.hpp"
#include "nearest.hpp"
#include "offer.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>
#include <initializer_list>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace crier::cli {

namespace {

constexpr auto* kAbout = "Keeps the caches of many nodes coherent through the database they share";

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
  offer(root.add_option("--store", options.store, "The database (default: $CRIER_STORE)")
            ->type_name("URL"),
        {Offer::Kind::files});
  root.add_flag("--json", options.json, "Print one JSON object per line");
  root.add_flag("--no-color", options.no_color, "Never colour the output");
  root.footer(
      "A store is sqlite:PATH, or just PATH, or postgresql://HOST/DATABASE; crier cache takes "
      "redis://HOST, too. These options stand before or after the command.\n"
      "\n"
      "Examples:\n"
      "  crier --store sqlite:shop.db migrate\n"
      "  crier list --limit 5\n"
      "  crier help show");
}

// The commands by the questions that they answer, in the order in which the help shows them.
std::vector<Command> add_commands(CLI::App& root) {
  std::vector<Command> commands;
  const auto add = [&](const char* group, std::initializer_list<Command> added) {
    for (const Command& command : added) {
      command.app->group(group);
      commands.push_back(command);
    }
  };
  add("See",
      {add_status(root), add_top(root), add_nodes(root), add_refreshers(root), add_list(root),
       add_show(root), add_tail(root), add_explain(root), add_events(root), add_wait(root),
       add_audit(root), add_doctor(root), add_metrics(root), add_serve(root)});
  add("Publish", {add_send(root), add_sql_trigger(root), add_cache(root)});
  add("Repair", {add_failures(root), add_replay(root), add_resync(root), add_pause(root),
                 add_resume(root), add_prune(root)});
  add("Set up", {add_migrate(root), add_grants(root), add_node(root), add_completion(root),
                 add_version(root), add_help(root)});
  add("", {add_known_names(root)});  // hidden
  return commands;
}

// The command that was named last, as in "crier cache set --help".
std::string help_of(CLI::App& root) {
  const CommandInfo tree = describe(root);
  std::vector<std::string> words;
  for (const CLI::App* named = &root; !named->get_subcommands().empty();) {
    named = named->get_subcommands().back();
    words.push_back(named->get_name());
  }
  const CommandInfo* command = tree.find(words);  // null: it is hidden
  return help_text(tree, command == nullptr ? tree : *command);
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
      if (!option->get_group().empty()) {
        names.push_back("--" + name);
      }
    }
  }
}

bool is_shown(const CLI::App* command) { return !command->get_group().empty(); }

// What the library for options says in words of its own.
std::string in_plain_words(std::string text) {
  constexpr std::string_view kOneOf = ": 1 required ", kMissing = " missing";
  const std::size_t at = text.find(kOneOf);
  if (at != text.npos && text.ends_with(kMissing)) {  // "--limit: 1 required N missing"
    text.erase(text.size() - kMissing.size());
    return text.replace(at, kOneOf.size(), " needs a value: ");
  }
  return text == "A subcommand is required" ? "give a subcommand" : text;
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
    throw usage_error("there is no option " + (may_hold_secret(name) ? argument_text(name) : name) +
                      hint(command, nearest(name, known)));
  }
  if (command != nullptr && command->get_require_subcommand_min() > 0 &&
      command->get_subcommands().empty()) {
    for (const CLI::App* other : command->get_subcommands(is_shown)) {
      known.push_back(other->get_name());
    }
    throw usage_error("there is no command " + argument_text(command->get_name() + " " + word) +
                      hint(command, nearest(word, known)));
  }
  if (command != nullptr) {
    const auto inner = command->get_subcommands();
    const bool has_value =
        !inner.empty() && inner.back()->get_option_no_throw("--value") != nullptr;
    throw usage_error(command->get_name() + " takes no argument " + argument_text(word) +
                      (has_value ? "; give the value as --value" : "") + hint(command));
  }
  for (const CLI::App* other : root.get_subcommands(is_shown)) {
    known.push_back(other->get_name());
  }
  throw usage_error("there is no command " + argument_text(word) +
                    hint(command, nearest(word, known)));
}

// Throws crier::Error.
int run_command_line(std::span<const std::string> args, const Environment& environment,
                     Session& session) {
  CLI::App root(kAbout, "crier");
  GlobalOptions options;
  set_up(root, options);
  const std::vector<Command> commands = add_commands(root);
  const auto chosen = [&]() -> const Command* {
    const auto found =
        std::ranges::find_if(commands, [](const Command& c) { return bool(*c.app); });
    return found == commands.end() ? nullptr : &*found;
  };
  const auto chosen_app = [&] { return chosen() == nullptr ? nullptr : chosen()->app; };

  if (args.empty()) {
    session.streams.out << help_of(root);
    return 0;
  }
  try {
    root.parse(std::vector<std::string>(args.rbegin(), args.rend()));
  } catch (const CLI::ParseError& error) {
    refuse_unknown(root, chosen_app());
    if (dynamic_cast<const CLI::CallForHelp*>(&error) != nullptr) {
      session.streams.out << help_of(root);
      return 0;
    }
    if (error.get_exit_code() == 0) {  // --version comes as an error, too
      return root.exit(error, session.streams.out, session.streams.err);
    }
    throw usage_error(in_plain_words(error.what()) + hint(chosen_app()));
  }
  refuse_unknown(root, chosen_app());
  if (chosen() == nullptr) {
    throw usage_error("no command is given" + hint(nullptr));
  }
  session.store_url = options.store.value_or(environment.store);
  session.json = options.json;
  session.terminal = environment.terminal;
  // A dumb terminal can't go back to wipe what it shows.
  const bool draws = environment.terminal_type != "dumb";
  session.progress = environment.error_terminal && draws;
  session.asks = environment.error_terminal && environment.input_terminal;
  session.keyboard = environment.terminal && environment.input_terminal && draws;
  session.paint = Paint(environment.terminal && !environment.no_color && !options.no_color);
  return chosen()->run(session);
}

}  // namespace

CommandInfo command_tree() {
  CLI::App root(kAbout, "crier");
  GlobalOptions options;
  set_up(root, options);
  add_commands(root);
  return describe(root);
}

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
  if (!streams.out.flush()) {
    session.say(
        "can't write to standard output: nobody reads it any more, or there is no room where it "
        "leads");
    return code == 0 ? 1 : code;
  }
  return code;
}

}  // namespace crier::cli
