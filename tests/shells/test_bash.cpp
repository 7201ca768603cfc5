// SPDX-License-Identifier: MIT
#include "base/quoting.hpp"
#include "cli/cluster.hpp"
#include "cli/tree.hpp"
#include "shells/run_program.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <sstream>

namespace crier::test {
namespace {

// A line on which Tab was pressed, as bash takes it apart, and what is to be replaced: $2.
struct Line {
  std::string text;
  Args words;
  std::string replaced;
};

// The line with a blank between two words, the last of which is replaced.
Line line_of(const Args& words) {
  Line line{"", words, words.back()};
  for (const std::string& word : words) {
    line.text += (line.text.empty() ? "" : " ") + word;
  }
  return line;
}

// bash that completes `line`, and then runs `more`.
std::string script_of(const Line& line, const std::string& more) {
  std::string words;
  for (const std::string& word : line.words) {
    words += ' ' + shell_word(word);
  }
  return "COMP_LINE=" + shell_word(line.text) + " COMP_WORDS=(" + words +
         ") COMP_CWORD=" + std::to_string(line.words.size() - 1) + "\n_crier crier " +
         shell_word(line.replaced) + "\n" + more + "\n";
}

Ran run_bash(const TempDir& folder, const std::string& script, const std::string& store) {
  write_file(folder, "completion", run_tool({"completion", "bash"}).out);
  write_file(folder, "script", "source ./completion\n" + script);
  const Ran ran = run_program(folder, {"bash", "--norc", "script"}, store);
  CHECK(ran.code == 0);
  CHECK(ran.err.empty());
  return ran;
}

std::vector<std::string> candidates(const Line& line, const std::string& store = {}) {
  const TempDir folder;
  write_file(folder, "shop.db", "");
  return run_bash(
             folder,
             script_of(line, "((${#COMPREPLY[@]} == 0)) || printf '%s\\n' \"${COMPREPLY[@]}\""),
             store)
      .out;
}

using Words = std::vector<std::string>;

TEST_CASE("bash completes every command and every option of each") {
  if (!is_here("bash", "bash")) {
    return;
  }
  std::string script;
  std::vector<std::string> expected;
  const auto ask = [&](const cli::CommandInfo& command, const std::string& begun,
                       const std::vector<std::string>& names) {
    Args words{"crier"};
    std::istringstream path(typed(command));
    for (std::string word; path >> word;) {
      words.push_back(word);
    }
    words.push_back(begun);
    script += script_of(line_of(words), "printf '%s\\n' \"${COMPREPLY[@]}\" | LC_ALL=C sort; echo");
    expected.insert(expected.end(), names.begin(), names.end());
    expected.push_back("");
  };
  for (const cli::CommandInfo* command : all_commands()) {
    ask(*command, "-", option_names(*command));
    if (!command->commands.empty()) {
      ask(*command, "", command_names(*command));
    }
  }
  const TempDir folder;
  CHECK(run_bash(folder, script, "").out == expected);
}

TEST_CASE("bash completes what has been begun, and values of which there are few") {
  if (!is_here("bash", "bash")) {
    return;
  }
  CHECK(candidates(line_of({"crier", "li"})) == Words{"list"});
  CHECK(candidates(line_of({"crier", "--json", "--store", "x", "mig"})) == Words{"migrate"});
  CHECK(candidates(line_of({"crier", "cache", "st"})) == Words{"stats"});
  CHECK(candidates(line_of({"crier", "list", "--count-by", ""})) ==
        Words{"origin", "refresher", "minute"});
  CHECK(candidates({"crier list --count-by=m", {"crier", "list", "--count-by", "=", "m"}, "m"}) ==
        Words{"minute"});
  CHECK(candidates({"crier list --count-by=", {"crier", "list", "--count-by", "="}, ""}) ==
        Words{"origin", "refresher", "minute"});
  CHECK(candidates(line_of({"crier", "wait", ""})) == Words{"newest"});
  CHECK(candidates(line_of({"crier", "wait", "newest", ""})).empty());
  CHECK(candidates(line_of({"crier", "wait", "--timeout", "5s", "n"})) == Words{"newest"});
  CHECK(candidates(line_of({"crier", "help", "li"})) == Words{"list"});
  CHECK(candidates(line_of({"crier", "completion", ""})) == Words{"bash", "zsh", "fish"});
  // A value that has the name of a command, or of an option, is none.
  CHECK(candidates(line_of({"crier", "--store", "list", "li"})) == Words{"list"});
  CHECK(candidates(line_of({"crier", "list", "--origin", "--wide", "--wi"})) == Words{"--wide"});
  CHECK(candidates(line_of({"crier", "list", "--limit", ""})).empty());
}

TEST_CASE("bash completes files") {
  if (!is_here("bash", "bash")) {
    return;
  }
  CHECK(candidates(line_of({"crier", "--store", "sh"})) == Words{"shop.db"});
  CHECK(candidates({"crier --store sqlite:sh", {"crier", "--store", "sqlite", ":", "sh"}, "sh"}) ==
        Words{"shop.db"});
  CHECK(candidates(
            {"crier --store=sqlite:sh", {"crier", "--store", "=", "sqlite", ":", "sh"}, "sh"}) ==
        Words{"shop.db"});
  CHECK(candidates(line_of({"crier", "sql-trigger", "--all-tables", "sho"})) == Words{"shop.db"});
  CHECK(
      candidates({"crier send --payload @sh", {"crier", "send", "--payload", "@", "sh"}, "@sh"}) ==
      Words{"@shop.db"});
  CHECK(candidates(line_of({"crier", "send", "--payload", "sh"})).empty());
}

TEST_CASE("bash completes names that the store has, of the store that is named") {
  if (!is_here("bash", "bash")) {
    return;
  }
  const Database database, other;
  declare(database, report_of("web-1"), {{kProducts, "Products"}, {kOrders, "Orders"}});
  beat(other, report_of("other-1"));
  const std::string& store = database.url();
  CHECK(candidates(line_of({"crier", "list", "--refresher", ""}), store) ==
        Words{"Orders", "Products"});
  CHECK(candidates(line_of({"crier", "replay", "--dry-run", "7", "--refresher", "P"}), store) ==
        Words{"Products"});
  CHECK(candidates(line_of({"crier", "wait", "newest", "--node", ""}), store) == Words{"web-1"});
  CHECK(candidates(line_of({"crier", "--store", other.url(), "nodes", "--forget", ""}), store) ==
        Words{"other-1"});
  CHECK(candidates({"crier --store=" + other.url() + " nodes --forget ",
                    {"crier", "--store", "=", other.url(), "nodes", "--forget", ""},
                    ""},
                   store) == Words{"other-1"});
  CHECK(candidates(line_of({"crier", "nodes", "--forget", ""}), "no-such-file.db").empty());
}

TEST_CASE("bash never runs a name, completes it between any quotes, and gives it back as it was") {
  if (!is_here("bash", "bash")) {
    return;
  }
  const Database database;
  declare_hostile_names(database);
  for (const std::string quote : {"", "'", "\""}) {
    CAPTURE(quote);
    const std::string in_eval = quote == "\"" ? "\\\"" : quote;
    const TempDir folder;
    const Line line{"crier list --refresher " + quote, {"crier", "list", "--refresher", quote}, ""};
    const Ran ran =
        run_bash(folder,
                 script_of(line, "for one in \"${COMPREPLY[@]}\"; do eval \"word=" + in_eval +
                                     "$one" + in_eval + "\"; printf '%s\\n' \"$word\"; done"),
                 database.url());
    CHECK(sorted(ran.out) == hostile_names());
    CHECK_FALSE(std::filesystem::exists(folder / "struck"));
  }
}

TEST_CASE("bash goes on with a name that has been begun, wherever bash takes it apart") {
  if (!is_here("bash", "bash")) {
    return;
  }
  const Database database;
  declare_hostile_names(database);
  const std::string& store = database.url();
  const std::string line = "crier list --refresher";
  const auto all = [](const Args& words) {
    Args line_words{"crier", "list", "--refresher"};
    line_words.insert(line_words.end(), words.begin(), words.end());
    return line_words;
  };
  CHECK(candidates({line + " a:", all({"a", ":"}), ""}, store) == Words{"b=c@d"});
  CHECK(candidates({line + "=a:b=c", all({"=", "a", ":", "b", "=", "c"}), "c"}, store) ==
        Words{"c@d"});
  CHECK(candidates({line + " \\$\\(", all({"\\$\\("}), "\\$\\("}, store) ==
        Words{"\\$\\(touch\\ struck\\)"});
  CHECK(candidates({line + " \"$(", all({"\"$("}), "$("}, store) == Words{"\\$(touch struck)"});
  CHECK(candidates({line + " 'It'\\''", all({"'It'\\''"}), ""}, store) == Words{"s"});
  CHECK(candidates({line + " \"x!", all({"\"x!"}), "x!"}, store) == Words{"x\"'!'\"y"});
}

}  // namespace
}  // namespace crier::test
