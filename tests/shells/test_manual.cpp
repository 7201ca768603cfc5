// SPDX-License-Identifier: MIT
#include "cli/tree.hpp"
#include "shells/run_program.hpp"

#include <doctest/doctest.h>

#include <string>

namespace crier::test {
namespace {

// Every page, by name.
std::vector<std::string> write_pages(const TempDir& folder) {
  CHECK(run_tool({"help", "--pages", folder.path(), "--date", "2026-11-30"}) == Outcome{0, "", ""});
  std::vector<std::string> pages;
  for (const cli::CommandInfo* command : all_commands()) {
    pages.push_back(command->full_name('-') + ".1");
  }
  return pages;
}

TEST_CASE("groff has nothing to say of a manual page") {
  if (!is_here("man", "man-db") || !is_here("groff", "groff-base")) {
    return;
  }
  const TempDir folder;
  for (const std::string& page : write_pages(folder)) {
    CAPTURE(page);
    const Ran ran = run_program(folder, {"man", "-l", "--warnings", page});
    CHECK(ran.code == 0);
    CHECK(ran.err.empty());
    CHECK(ran.out.size() > 20);
  }
}

TEST_CASE("mandoc has nothing to say of a manual page") {
  if (!is_here("mandoc", "mandoc")) {
    return;
  }
  const TempDir folder;
  Args command{"mandoc", "-T", "lint"};
  for (const std::string& page : write_pages(folder)) {
    command.push_back(page);
  }
  const Ran ran = run_program(folder, command);
  CHECK(ran.code == 0);
  CHECK(ran.out.empty());
  CHECK(ran.err.empty());
}

}  // namespace
}  // namespace crier::test
