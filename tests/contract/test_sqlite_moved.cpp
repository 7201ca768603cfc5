// SPDX-License-Identifier: MIT
// SQLite goes on reading and writing a file that no path leads to any more. crier must not.
#include <crier/store.hpp>

#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/temp_dir.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace crier::test {
namespace {

namespace fs = std::filesystem;

using Disaster = std::pair<std::string, std::function<void(const fs::path&)>>;

const std::vector<Disaster>& disasters() {
  static const std::vector<Disaster> all = {
      {"renamed", [](const fs::path& file) { fs::rename(file, file.string() + ".old"); }},
      {"removed", [](const fs::path& file) { fs::remove(file); }},
      {"replaced", [](const fs::path& file) {
         const std::string other = file.string() + ".new";
         open_store(other)->connect(Access::create)->schema().migrate();
         fs::rename(other, file);
       }}};
  return all;
}

TEST_CASE("a database that was moved, replaced or removed while it was open is noticed") {
  for (const Disaster& disaster : disasters()) {
    CAPTURE(disaster.first);
    const TempDir dir;
    const fs::path file = dir / "x.db";
    const auto connection = open_store(file.string())->connect(Access::create);
    connection->schema().migrate();
    append(*connection, new_entry("[1]"));
    disaster.second(file);

    const std::string message = "the database file '" + file.string() +
                                "' was moved, replaced or removed while it was open; reopen it";
    const Error appended = error_of([&] { append(*connection, new_entry("[2]")); });
    CHECK(appended.what() == message);
    CHECK(appended.operation() == "append");
    CHECK_FALSE(appended.retryable());
    const Error read = error_of([&] { connection->log().read_after({}); });
    CHECK(read.what() == message);
    CHECK(read.operation() == "read");
  }
}

TEST_CASE("an append that finds the database moved leaves nothing behind") {
  const TempDir dir;
  const fs::path file = dir / "x.db";
  const auto connection = open_store(file.string())->connect(Access::create);
  connection->schema().migrate();
  append(*connection, new_entry("[1]"));
  fs::rename(file, dir / "y.db");
  CHECK_THROWS_AS(append(*connection, new_entry("[2]")), Error);

  // Moved back, it is the database again.
  fs::rename(dir / "y.db", file);
  CHECK(all_ids(*connection) == std::vector<std::int64_t>{1});
  CHECK(append(*connection, new_entry("[3]")) == EntryId{2});
}

}  // namespace
}  // namespace crier::test
