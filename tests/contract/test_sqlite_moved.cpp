// SPDX-License-Identifier: MIT
// SQLite goes on reading and writing a file that no path leads to any more. crier must not.
#include <crier/admin/store.hpp>

#include "store/sqlite/open_file.hpp"
#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "support/forked.hpp"
#include "support/temp_dir.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace crier::test {
namespace {

namespace fs = std::filesystem;
using sqlite::FileState;
using sqlite::OpenFile;

constexpr const char* kMoved = "moved, replaced or removed while it was open; reopen it";
constexpr const char* kTruncated =
    "truncated while it was open; restore it from a backup, and reopen it";

void make_database(const fs::path& file) {
  open_store(file.string())->connect(Access::create)->schema().migrate();
}

struct Disaster {
  std::string name;
  std::string what;
  std::function<void(const fs::path&)> strike;
};

const std::vector<Disaster>& disasters() {
  static const std::vector<Disaster> all = {
      {"renamed", kMoved, [](const fs::path& file) { fs::rename(file, file.string() + ".old"); }},
      {"removed", kMoved, [](const fs::path& file) { fs::remove(file); }},
      {"replaced", kMoved,
       [](const fs::path& file) {
         const std::string other = file.string() + ".new";
         make_database(other);
         fs::rename(other, file);
       }},
      {"folder renamed", kMoved,
       [](const fs::path& file) {
         const std::string folder = file.parent_path();
         fs::rename(folder, folder + ".old");
       }},
      {"truncated", kTruncated, [](const fs::path& file) { fs::resize_file(file, 0); }}};
  return all;
}

TEST_CASE(
    "a database that was moved, replaced, removed or truncated while it was open is noticed") {
  for (const Disaster& disaster : disasters()) {
    CAPTURE(disaster.name);
    const TempDir dir;
    fs::create_directory(dir / "data");
    const fs::path file = dir / "data/x.db";
    const auto connection = open_store(file.string())->connect(Access::create);
    connection->schema().migrate();
    append(*connection, new_entry("[1]"));
    disaster.strike(file);

    const std::string message = "the database file '" + file.string() + "' was " + disaster.what;
    const Error appended = error_of([&] { append(*connection, new_entry("[2]")); });
    CHECK(appended.what() == message);
    CHECK(appended.operation() == "append");
    CHECK(appended.replaced());
    CHECK_FALSE(appended.retryable());
    const Error read = error_of([&] { connection->log().read_after({1}); });
    CHECK(read.what() == message);
    CHECK(read.operation() == "read");
    CHECK(read.replaced());
  }
}

TEST_CASE("a database whose link was turned to another one is noticed") {
  const TempDir dir;
  make_database(dir / "one.db");
  make_database(dir / "two.db");
  const fs::path link = dir / "x.db";
  fs::create_symlink("one.db", link);
  const auto connection = open_store(link.string())->connect(Access::read_write);
  append(*connection, new_entry("[1]"));
  fs::create_symlink("two.db", dir / "new");
  fs::rename(dir / "new", link);
  CHECK(error_of([&] { append(*connection, new_entry("[2]")); }).replaced());
  CHECK(error_of([&] { connection->log().read_after({1}); }).replaced());
}

TEST_CASE("an append that finds the database moved leaves nothing behind, and reads find it, too") {
  const TempDir dir;
  const fs::path file = dir / "x.db";
  const auto connection = open_store(file.string())->connect(Access::create);
  connection->schema().migrate();
  append(*connection, new_entry("[1]"));
  fs::rename(file, dir / "y.db");
  CHECK_THROWS_AS(append(*connection, new_entry("[2]")), Error);
  CHECK(error_of([&] { connection->log().read_after({1}); }).replaced());
  // Also where each read brings something, as from who has the old file open.
  CHECK(eventually([&] {
    try {
      return connection->log().read_after({}).entries.empty();
    } catch (const Error& error) {
      return error.replaced();
    }
  }));

  // Moved back, it is the database again.
  fs::rename(dir / "y.db", file);
  CHECK(all_ids(*connection) == std::vector<std::int64_t>{1});
  CHECK(append(*connection, new_entry("[3]")) == EntryId{2});
}

TEST_CASE("a database that is being created is not taken for a truncated one") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  const auto connection = open_store(path)->connect(Access::create);
  CHECK(fs::is_empty(path));
  CHECK_FALSE(error_of([&] { connection->log().read_after({}); }).replaced());
  connection->schema().migrate();
  CHECK(append(*connection, new_entry("[]")) == EntryId{1});
  fs::resize_file(path, 0);
  CHECK(error_of([&] { append(*connection, new_entry("[]")); }).replaced());
}

TEST_CASE(
    "a database that was opened by a relative path stays where it is when the folder changes") {
  const TempDir dir;
  Forked process([&] {
    fs::current_path(dir / ".");
    const auto connection = open_store("x.db")->connect(Access::create);
    connection->schema().migrate();
    fs::current_path("/");
    append(*connection, new_entry("[]"));
    return static_cast<int>(all_ids(*connection).size());
  });
  CHECK(process.wait() == 1);
}

TEST_CASE("a file that was moved before anyone could look is a moved one") {
  const TempDir dir;
  const fs::path file = dir / "x.db";
  make_database(file);
  make_database(dir / "other.db");
  fs::create_symlink(file, dir / "link.db");
  SQLite::Database raw(file.string(), SQLite::OPEN_READWRITE);
  SQLite::Database linked(dir / "link.db", SQLite::OPEN_READWRITE);
  CHECK(OpenFile(raw.getHandle(), file).state() == FileState::in_place);
  CHECK(OpenFile(linked.getHandle(), dir / "link.db").state() == FileState::in_place);

  fs::remove(dir / "link.db");
  fs::create_symlink("other.db", dir / "link.db");
  CHECK(OpenFile(linked.getHandle(), dir / "link.db").state() == FileState::moved);
  fs::rename(dir / "other.db", file);
  CHECK(OpenFile(raw.getHandle(), file).state() == FileState::moved);
  fs::remove(file);
  CHECK(OpenFile(raw.getHandle(), file).state() == FileState::moved);
}

}  // namespace
}  // namespace crier::test
