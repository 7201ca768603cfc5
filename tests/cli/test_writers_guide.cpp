// SPDX-License-Identifier: MIT
// The SQL of docs/writers.md, as a reader would run it.
#include "cli/database.hpp"
#include "support/contents.hpp"
#include "support/files.hpp"
#ifdef CRIER_HAS_POSTGRES
#include "support/raw_postgres.hpp"
#endif

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace crier::test {
namespace {

// What the page marks to be run on that database.
std::vector<std::string> examples(const std::string& database) {
  const std::string page = contents(source_file("docs/writers.md"));
  const std::string mark = "<!-- run: " + database + " -->\n```sql\n";
  std::vector<std::string> found;
  for (std::size_t at = 0; (at = page.find(mark, at)) != std::string::npos;) {
    at += mark.size();
    found.push_back(page.substr(at, page.find("```", at) - at));
  }
  return found;
}

TEST_CASE("the guide for writers: what it says of SQLite is heard") {
  const Database database;
  const std::vector<std::string> all = examples("sqlite");
  REQUIRE(all.size() == 1);
  run_sql(database.path(), all.front());
  const std::string listed = database.run({"list", "--wide"}).out;
  CHECK_MESSAGE(
      listed.ends_with("  nightly import            1      " + kProducts + " refresh_by_id 42\n"),
      listed);
}

#ifdef CRIER_HAS_POSTGRES
TEST_CASE("the guide for writers: what it says of PostgreSQL is heard") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresSpace space;
  REQUIRE(run_tool({"migrate"}, "", space.url()).code == 0);
  const std::vector<std::string> all = examples("postgresql");
  REQUIRE(all.size() == 2);
  for (const std::string& sql : all) {
    space.execute(sql);
  }
  const std::string listed = run_tool({"list", "--wide"}, "", space.url()).out;
  CHECK_MESSAGE(listed.find("  nightly import            1      " + kProducts +
                            " refresh_by_id 42\n") != std::string::npos,
                listed);
  CHECK_MESSAGE(
      listed.ends_with("  nightly import            1      " + kProducts + " remove_by_id 42\n"),
      listed);
}
#endif

}  // namespace
}  // namespace crier::test
