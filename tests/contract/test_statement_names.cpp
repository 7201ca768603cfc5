// SPDX-License-Identifier: MIT
// That the statements' files and the code that runs them agree.
#include "store/postgres/statements.hpp"
#include "store/sqlite/statements.hpp"
#include "support/contents.hpp"
#include "support/files.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <regex>
#include <set>
#include <string>

namespace crier::test {
namespace {

// The names after `Statement x{session, ` in the folder's files, and those given to text().
std::set<std::string> names_in(const std::string& folder) {
  static const std::regex name(R"re((?:Statement \w+[({][^;"]*|text\(|\.query\()"(\w+)")re");
  std::set<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(source_file("src/store/" + folder))) {
    const std::string text = contents(file.path());
    for (std::sregex_iterator found(text.begin(), text.end(), name), end; found != end; ++found) {
      names.insert(found->str(1));
    }
  }
  return names;
}

std::set<std::string> names_of(const sql::StatementFile& file) {
  std::set<std::string> names;
  for (const auto& [name, text] : file.all()) {
    names.insert(name);
  }
  names.erase("clock");
  return names;
}

TEST_CASE("each statement has somebody who runs it, and the core's stand in both dialects") {
  const std::set<std::string> core = names_in("sql");
  REQUIRE(core.size() > 40);
  std::set<std::string> sqlite = names_in("sqlite");
  sqlite.insert(core.begin(), core.end());
  CHECK(names_of(sqlite::statements()) == sqlite);
  std::set<std::string> postgres = names_in("postgres");
  postgres.insert(core.begin(), core.end());
  CHECK(names_of(postgres::statements()) == postgres);
}

}  // namespace
}  // namespace crier::test
