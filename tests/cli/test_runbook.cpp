// SPDX-License-Identifier: MIT
// That docs/runbook.md has a section for each code of `crier status` and each check of the
// doctor's, and for nothing else.
#include "support/contents.hpp"

#include <doctest/doctest.h>

#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using Codes = std::set<std::string>;

// What the pattern's first group finds in these files.
Codes found_in(const std::vector<const char*>& files, const std::string& pattern) {
  const std::regex expression(pattern);
  Codes codes;
  for (const char* const file : files) {
    const std::string text = contents(source_file(file));
    REQUIRE_FALSE(text.empty());
    for (std::sregex_iterator found(text.begin(), text.end(), expression), end; found != end;
         ++found) {
      codes.insert((*found)[1]);
    }
  }
  return codes;
}

// Titles below those of these words.
Codes sections_under(const std::string& beginning) {
  std::istringstream page(contents(source_file("docs/runbook.md")));
  Codes codes;
  bool is_inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) {
      is_inside = line.substr(3).starts_with(beginning);
    } else if (is_inside && line.starts_with("### `")) {
      codes.insert(line.substr(5, line.size() - 6));
    }
  }
  return codes;
}

std::string differences(const Codes& sections, const Codes& told) {
  std::string text;
  for (const std::string& one : told) {
    text += sections.contains(one) ? "" : "no section: " + one + "; ";
  }
  for (const std::string& one : sections) {
    text += told.contains(one) ? "" : "a section, and nobody tells it: " + one + "; ";
  }
  return text;
}

const std::vector<const char*> kFindings{"cli/findings.cpp", "cli/node_findings.cpp",
                                         "src/store/postgres/session_schema.cpp"};

TEST_CASE("docs/runbook.md has a section for each problem, and for no other") {
  // A word in quotes with hyphens; of the doctor's there is one in the last file.
  Codes told = found_in(kFindings, "\"([a-z]+(?:-[a-z]+)+)\"");
  told.erase("schema-rights");
  told.erase("schema-unsafe");
  CHECK(told.size() > 15);
  CHECK(differences(sections_under("Problems"), told) == "");
}

TEST_CASE("docs/runbook.md has a section for each warning, and for no other") {
  const Codes told =
      found_in({kFindings.front()}, "warning\\(\\s*(?:\\{|of_sentence\\()\"([a-z-]+)\"");
  CHECK(told.size() > 2);
  CHECK(differences(sections_under("Warnings"), told) == "");
}

TEST_CASE("docs/runbook.md has a section for each check of the doctor's, and for no other") {
  const std::vector<const char*> files{
      "cli/checkup.cpp",
      "cli/wakeup_check.cpp",
      "src/store/sql/plans.cpp",
      "src/store/sqlite/setup_checks.cpp",
      "src/store/sqlite/session_schema.cpp",
      "src/store/postgres/setup_checks.cpp",
      "src/store/postgres/session_schema.cpp",
  };
  Codes told = found_in(files, "(?:\\{|setup_check\\()\\s*\"([a-z-]+)\", SetupVerdict");
  told.merge(found_in(files, "attempt\\(\"([a-z-]+)\""));
  told.merge(found_in(files, "add\\(\"([a-z-]+)\""));
  CHECK(told.size() > 15);
  CHECK(differences(sections_under("Checks"), told) == "");
}

}  // namespace
}  // namespace crier::test
