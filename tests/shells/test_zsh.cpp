// SPDX-License-Identifier: MIT
#include "base/quoting.hpp"
#include "cli/cluster.hpp"
#include "cli/tree.hpp"
#include "shells/run_program.hpp"

#include <doctest/doctest.h>

#include <filesystem>

namespace crier::test {
namespace {

// In the place of zsh's own, which work within the line editor only.
constexpr auto* kStubs = R"(
compdef() { }
compadd() { local -a all; all=("${(@P)2}"); ((${#all})) && print -rl -- "${(@)all}"; }
_describe() { local -a all; all=("${(@P)argv[-1]}"); print -rl -- "${(@)all%%:*}"; }
_files() { print -r -- "files"; }
compset() { [[ $PREFIX == ${~2}* ]] && PREFIX=${PREFIX#${~2}}; }
ask() { words=("$@"); CURRENT=$#; PREFIX=$argv[-1]; _crier; print; }
setopt extended_glob
source ./completion
)";

// What zsh offers for each of these lines, an empty line behind each.
Ran run_zsh(const TempDir& folder, const std::vector<Args>& lines, const std::string& store = {}) {
  std::string script = kStubs;
  for (const Args& line : lines) {
    script += "ask";
    for (const std::string& word : line) {
      script += ' ' + shell_word(word);
    }
    script += '\n';
  }
  write_file(folder, "completion", run_tool({"completion", "zsh"}).out);
  write_file(folder, "script", script);
  const Ran ran = run_program(folder, {"zsh", "-f", "script"}, store);
  CHECK(ran.code == 0);
  CHECK(ran.err.empty());
  return ran;
}

std::vector<std::string> offered(const Args& line, const std::string& store = {}) {
  const TempDir folder;
  std::vector<std::string> words = run_zsh(folder, {line}, store).out;
  words.pop_back();
  return words;
}

using Words = std::vector<std::string>;

TEST_CASE("zsh takes the script, and completes every command and every option of each") {
  if (!is_here("zsh", "zsh")) {
    return;
  }
  std::vector<Args> lines;
  std::vector<std::string> expected;
  for (const cli::CommandInfo* command : all_commands()) {
    for (const std::string begun : {"-", ""}) {
      if (begun.empty() && command->commands.empty()) {
        continue;
      }
      Args line = command->path;
      line.push_back(begun);
      lines.push_back(line);
      // In the order of the tree.
      std::vector<std::string> names;
      if (begun.empty()) {
        for (const cli::CommandInfo& one : command->commands) {
          names.push_back(one.name());
        }
      } else {
        names = option_names(*command);
      }
      expected.insert(expected.end(), names.begin(), names.end());
      expected.push_back("");
    }
  }
  const TempDir folder;
  std::vector<std::string> got = run_zsh(folder, lines).out;
  CHECK(sorted(got) == sorted(expected));
  CHECK(run_program(folder, {"zsh", "-n", "completion"}).code == 0);
}

TEST_CASE("zsh completes values") {
  if (!is_here("zsh", "zsh")) {
    return;
  }
  CHECK(offered({"crier", "list", "--count-by", ""}) == Words{"origin", "refresher", "minute"});
  CHECK(offered({"crier", "list", "--count-by=m"}) == Words{"origin", "refresher", "minute"});
  CHECK(offered({"crier", "--store", "x", "wait", ""}) == Words{"newest"});
  CHECK(offered({"crier", "wait", "7", ""}).empty());
  CHECK(offered({"crier", "--store", "sh"}) == Words{"files"});
  CHECK(offered({"crier", "send", "--payload", "@sh"}) == Words{"files"});
  CHECK(offered({"crier", "send", "--payload", "sh"}).empty());
  const Database other;
  beat(other, report_of("other-1"));
  CHECK(offered({"crier", "--store", other.url(), "nodes", "--forget", ""}) == Words{"other-1"});
  CHECK(offered({"crier", "--store=" + other.url(), "nodes", "--forget", ""}) == Words{"other-1"});
  CHECK(offered({"crier", "nodes", "--forget", ""}, "no-such-file.db").empty());
}

TEST_CASE("zsh never runs a name, and is given it as it is") {
  if (!is_here("zsh", "zsh")) {
    return;
  }
  const Database database;
  declare_hostile_names(database);
  const TempDir folder;
  std::vector<std::string> names =
      run_zsh(folder, {{"crier", "list", "--refresher", ""}}, database.url()).out;
  names.pop_back();
  CHECK(sorted(names) == hostile_names());
  CHECK_FALSE(std::filesystem::exists(folder / "struck"));
}

}  // namespace
}  // namespace crier::test
