// SPDX-License-Identifier: MIT
#include "cli/cluster.hpp"
#include "cli/tree.hpp"
#include "shells/run_program.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace crier::test {
namespace {

// What fish offers for each of these lines, without what it says of it; an empty line behind each.
Ran run_fish(const TempDir& folder, const std::vector<std::string>& lines,
             const std::string& store = {}) {
  std::string script = "source ./completion\n";
  for (const std::string& line : lines) {
    script += "complete -C '" + line + "' | string replace -r '\\t.*' ''\necho\n";
  }
  write_file(folder, "completion", run_tool({"completion", "fish"}).out);
  write_file(folder, "script", script);
  write_file(folder, "shop.db", "");
  const Ran ran = run_program(folder, {"fish", "--no-config", "script"}, store);
  CHECK(ran.code == 0);
  CHECK(ran.err.empty());
  return ran;
}

// Sorted.
std::vector<std::string> offers(const std::string& line, const std::string& store = {}) {
  const TempDir folder;
  std::vector<std::string> words = run_fish(folder, {line}, store).out;
  words.pop_back();
  return sorted(words);
}

using Words = std::vector<std::string>;

TEST_CASE("fish takes the script, and completes every command and every option of each") {
  if (!is_here("fish", "fish")) {
    return;
  }
  std::vector<std::string> lines, expected;
  const auto ask = [&](std::string line, std::vector<std::string> names) {
    lines.push_back(std::move(line));
    expected.insert(expected.end(), names.begin(), names.end());
    expected.push_back("");
  };
  for (const cli::CommandInfo* command : all_commands()) {
    std::vector<std::string> options = option_names(*command);
    std::erase(options, "-h");  // fish leaves it out where long ones have been begun
    ask(command->full_name() + " --", options);
    if (!command->commands.empty()) {
      ask(command->full_name() + " ", command_names(*command));
    }
  }
  const TempDir folder;
  CHECK(sorted(run_fish(folder, lines).out) == sorted(expected));
  CHECK(run_program(folder, {"fish", "-n", "completion"}).code == 0);
}

TEST_CASE("fish completes values") {
  if (!is_here("fish", "fish")) {
    return;
  }
  CHECK(offers("crier li") == Words{"list"});
  CHECK(offers("crier list --count-by ") == Words{"minute", "origin", "refresher"});
  CHECK(offers("crier list --count-by=m") == Words{"--count-by=minute"});
  CHECK(offers("crier --store x wait ") == Words{"newest"});
  CHECK(offers("crier wait 7 ").empty());
  CHECK(offers("crier --store sh") == Words{"shop.db"});
  CHECK(offers("crier --store sqlite:sh") == Words{"sqlite:shop.db"});
  CHECK(offers("crier send --payload @sh") == Words{"@shop.db"});
  CHECK(offers("crier send --payload sh").empty());
  const Database other;
  beat(other, report_of("other-1"));
  CHECK(offers("crier --store " + other.url() + " nodes --forget ") == Words{"other-1"});
  CHECK(offers("crier --store=" + other.url() + " nodes --forget ") == Words{"other-1"});
  CHECK(offers("crier nodes --forget ", "no-such-file.db").empty());
}

TEST_CASE("fish never runs a name, and is given it as it is") {
  if (!is_here("fish", "fish")) {
    return;
  }
  const Database database;
  declare_hostile_names(database);
  const TempDir folder;
  const std::string line = "crier list --refresher ";
  std::vector<std::string> names = run_fish(folder, {line}, database.url()).out;
  names.pop_back();
  CHECK(sorted(names) == hostile_names());
  CHECK_FALSE(std::filesystem::exists(folder / "struck"));
}

}  // namespace
}  // namespace crier::test
