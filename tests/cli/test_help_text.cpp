// SPDX-License-Identifier: MIT
// What holds for the help of each command, those to come included.
#include <crier/version.hpp>

#include "cli/tool.hpp"
#include "cli/tree.hpp"
#include "command_lines.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace crier::test {
namespace {

// What the tool prints for "crier BEFORE... COMMAND AFTER...".
std::string printed(const cli::CommandInfo& command, Args before, const Args& after) {
  before.insert(before.end(), command.path.begin() + 1, command.path.end());
  before.insert(before.end(), after.begin(), after.end());
  const Outcome outcome = run_tool(before);
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  return outcome.out;
}

TEST_CASE("each command has a help, asked for in whatever way") {
  for (const cli::CommandInfo* command : all_commands()) {
    const std::string help = printed(*command, {}, {"--help"});
    CAPTURE(command->full_name());
    CHECK(help.find("Usage: " + command->full_name() + " [OPTIONS]") != std::string::npos);
    CHECK(printed(*command, {}, {"-h"}) == help);
    CHECK(printed(*command, {"--help"}, {}) == help);
    CHECK(printed(*command, {"-h"}, {}) == help);
    CHECK(printed(*command, {"help"}, {}) == help);
    CHECK(printed(*command, {"--store", "shop.db"}, {"--json", "-h"}) == help);
    for (const cli::OptionInfo& option : command->options) {
      if (!option.value.empty()) {
        CHECK(printed(*command, {}, {option.names.back(), "1", "-h"}) == help);
      }
    }
  }
}

TEST_CASE("the help has every option, the global ones too, and breaks no word at 80 columns") {
  for (const cli::CommandInfo* command : all_commands()) {
    const std::string help = printed(*command, {}, {"--help"});
    const std::string flat = one_line(help);
    CAPTURE(help);
    std::istringstream lines(help);
    for (std::string line; std::getline(lines, line);) {
      CHECK(line.size() <= 80);
      CHECK_FALSE(line.ends_with(' '));
    }
    CHECK(help.starts_with(command->description.substr(0, 20)));
    CHECK(flat.find(one_line(command->description)) != std::string::npos);
    for (const cli::Paragraph& paragraph : command->about) {
      CHECK(flat.find(one_line(paragraph.text)) != std::string::npos);
    }
    std::vector<cli::OptionInfo> options = command->options;
    options.insert(options.end(), command->arguments.begin(), command->arguments.end());
    for (const cli::OptionInfo& one : cli::global_options(the_tool())) {
      options.push_back(one);
    }
    for (const cli::OptionInfo& option : options) {
      CAPTURE(option.names.back());
      CHECK_FALSE(option.description.empty());
      CHECK(help.find("\n  " + cli::option_text(option)) != std::string::npos);
      CHECK(flat.find(one_line(option.description)) != std::string::npos);
    }
    for (const cli::CommandInfo& one : command->commands) {
      CHECK(help.find("\n  " + one.name() + " ") != std::string::npos);
      CHECK(flat.find(one_line(one.description)) != std::string::npos);
    }
  }
}

TEST_CASE("the commands stand under the questions that they answer") {
  std::vector<std::string> groups;
  for (const cli::CommandInfo& command : the_tool().commands) {
    if (groups.empty() || groups.back() != command.group) {
      groups.push_back(command.group);
    }
  }
  CHECK(groups == std::vector<std::string>{"See", "Publish", "Repair", "Set up"});
  const std::string help = run_tool({"help"}).out;
  std::size_t place = 0;
  for (const std::string& group : groups) {
    CAPTURE(group);
    const std::size_t found = help.find("\n\n" + group + ":\n");
    CHECK(found != std::string::npos);
    CHECK(found > place);
    place = found;
  }
}

TEST_CASE("what is there for scripts and for the build is not shown") {
  const std::string help = run_tool({"help"}).out + run_tool({"help", "help"}).out;
  CHECK(help.find("known-names") == std::string::npos);
  CHECK(help.find("--pages") == std::string::npos);
  CHECK(run_tool({"known-names", "--help"}).code == 0);
  CHECK(run_tool({"known-name"}).err.find("did you mean") == std::string::npos);
  CHECK(run_tool({"help", "--page"}).err.find("did you mean") == std::string::npos);
}

TEST_CASE("help of a command that is not there names the nearest one") {
  CHECK(run_tool({"help", "lst"}) ==
        Outcome{2, "", "crier: there is no command \"lst\"; did you mean list?\n"});
  CHECK(run_tool({"help", "cache", "sett"}) ==
        Outcome{2, "", "crier: there is no command \"cache sett\"; did you mean cache set?\n"});
  CHECK(run_tool({"help", "list", "frobnicate"}) ==
        Outcome{2, "", "crier: there is no command \"list frobnicate\"; see crier --help\n"});
}

TEST_CASE("the version is a command, too") {
  const std::string version(crier::version());
  CHECK(run_tool({"version"}) == Outcome{0, "crier " + version + "\n", ""});
  CHECK(run_tool({"version", "--json"}) == Outcome{0, "{\"version\":\"" + version + "\"}\n", ""});
}

TEST_CASE("a command line breaks before an option, and is the same to a shell") {
  using Lines = std::vector<std::string>;
  CHECK(cli::wrap_command("crier list", 10) == Lines{"crier list"});
  CHECK(cli::wrap_command("crier list --limit 5 --wide", 24) ==
        Lines{"crier list --limit 5 \\", "    --wide"});
  CHECK(cli::wrap_command("crier list --origin 'a --b'", 20) ==
        Lines{"crier list \\", "    --origin 'a --b'"});
  CHECK(cli::wrap_command("crier grants | psql", 16) == Lines{"crier grants \\", "    | psql"});
}

}  // namespace
}  // namespace crier::test
