// SPDX-License-Identifier: MIT
#include "cli/tool.hpp"
#include "cli/tree.hpp"
#include "man_page.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

namespace crier::test {
namespace {

std::string page_of(const cli::CommandInfo& command) {
  return cli::man_page(the_tool(), command, "2026-11-30");
}

// As a page has it.
std::string in_roff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    out += c == '-' ? "\\-" : std::string(1, c);
  }
  return out;
}

TEST_CASE("each command has a manual page with all its sections, commands and options") {
  const TempDir folder;
  CHECK(run_tool({"help", "--pages", folder.path(), "--date", "2026-11-30"}) == Outcome{0, "", ""});
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    files += entry.is_regular_file() ? std::size_t{1} : 0;
  }
  CHECK(files == all_commands().size());
  for (const cli::CommandInfo* command : all_commands()) {
    CAPTURE(command->full_name());
    CHECK(std::filesystem::exists(folder / (command->full_name('-') + ".1")));
    const std::string page = page_of(*command);
    for (const std::string section :
         {"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "SEE ALSO"}) {
      CAPTURE(section);
      CHECK(page.find("\n.SH " + section + "\n") != std::string::npos);
    }
    CHECK((page.find("\n.SH EXAMPLES\n") != std::string::npos) == !command->examples.empty());
    for (const std::string& name : option_names(*command)) {
      CAPTURE(name);
      CHECK(page.find("\\fB" + in_roff(name) + "\\fR") != std::string::npos);
    }
    for (const cli::OptionInfo& argument : command->arguments) {
      CHECK(page.find("\n.TP\n\\fB" + argument.names.front() + "\\fR") != std::string::npos);
    }
    for (const cli::CommandInfo& one : command->commands) {
      CAPTURE(one.name());
      CHECK(page.find("\n.TP\n\\fB" + in_roff(one.full_name()) + "\\fR\n") != std::string::npos);
      CHECK(page.find("\n.BR " + in_roff(one.full_name('-')) + " (1)") != std::string::npos);
    }
  }
}

TEST_CASE("nothing in a manual page is taken for a command of roff") {
  const cli::CommandInfo root{
      .path = {"crier"}, .group = "", .description = ".so /etc/passwd \\n[x] it's \"so\" ~^`"};
  const std::string page = cli::man_page(root, root, "2026-11-30");
  CHECK(page.find("\n.SH DESCRIPTION\n\\&.so /etc/passwd \\en[x] it\\(aqs \\(dqso\\(dq "
                  "\\(ti\\(ha\\(ga.\n") != std::string::npos);
}

TEST_CASE("pages that can't be written are a failure, with the place") {
  const Outcome outcome = run_tool({"help", "--pages", "/no/such/folder", "--date", "2026-11-30"});
  CHECK(outcome.code == 1);
  CHECK(outcome.err.find("/no/such/folder/crier.1") != std::string::npos);
}

}  // namespace
}  // namespace crier::test
