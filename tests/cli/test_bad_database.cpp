// SPDX-License-Identifier: MIT
#include "cli/cluster.hpp"
#include "cli/database.hpp"
#include "cli/writers.hpp"
#include "support/temp_dir.hpp"
#include "support/unprivileged.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace crier::test {
namespace {

namespace fs = std::filesystem;

// Every other command that works on a log, but for status, which exits 4.
const std::vector<Args> kReaders{{"list"},
                                 {"show", "1"},
                                 {"tail"},
                                 {"replay", "1", "--dry-run"},
                                 {"nodes"},
                                 {"wait", "1"},
                                 {"prune", "--older-than", "2d", "--dry-run"}};

void all_fail(const std::vector<Args>& commands, const std::string& store,
              const std::string& sentence) {
  for (const Args& args : commands) {
    CAPTURE(args.front());
    CHECK(run_tool(args, "", store) == Outcome{1, "", "crier: " + sentence + "\n"});
  }
}

void all_fail(const std::string& store, const std::string& sentence) {
  all_fail(kReaders, store, sentence);
  all_fail(kWriters, store, sentence);
  all_fail({{"node", "--name", "web-1"}}, store, sentence);
  CHECK(run_tool({"status"}, "", store) ==
        Outcome{4, "", "crier: could not look: " + sentence + "\n"});
}

// A migrated database that another user may reach.
void open_to_all(const Database& database) {
  fs::permissions(database.folder().path(), fs::perms::all);
  for (const auto& file : fs::directory_iterator(database.folder().path())) {
    fs::permissions(file, fs::perms(0666));
  }
}

TEST_CASE("no database at the path") {
  const TempDir folder;
  const std::string path = folder / "x.db";
  all_fail(path,
           "no database at '" + path + "'; create it with: crier --store " + path + " migrate");
  CHECK_FALSE(fs::exists(path));
  CHECK(run_tool({"migrate"}, "", folder / "no/x.db") ==
        Outcome{1, "",
                "crier: there is no folder '" + (folder / "no").string() + "' for the database '" +
                    (folder / "no/x.db").string() + "'; create it first\n"});
}

TEST_CASE("a directory") {
  const TempDir folder;
  const std::string sentence = "'" + folder.path().string() + "' is a directory, not a database";
  all_fail(folder.path(), sentence);
  all_fail({{"migrate"}, {"migrate", "--dry-run"}}, folder.path(), sentence);
}

TEST_CASE("a file that is not a database") {
  const TempDir folder;
  const std::string path = folder / "notes.txt";
  std::ofstream(path) << std::string(5000, 'x');
  const std::string sentence = "'" + path + "' is not a SQLite database; check the path";
  all_fail(path, sentence);
  all_fail({{"migrate"}, {"migrate", "--dry-run"}}, path, sentence);
}

TEST_CASE("a pipe beside the database, for whose other end SQLite would wait for ever") {
  const Database database;
  for (const std::string suffix : {"-wal", "-shm", "-journal"}) {
    const std::string beside = database.path() + suffix;
    REQUIRE(mkfifo(beside.c_str(), 0444) == 0);
    const std::string sentence = "can't use '" + beside +
                                 "', where SQLite keeps a file beside the database: it is no "
                                 "regular file; move it away";
    all_fail(database.path(), sentence);
    all_fail({{"migrate"}}, database.path(), sentence);
    fs::remove(beside);
  }
}

TEST_CASE("a database that is not migrated") {
  const TempDir folder;
  const std::string path = folder / "x.db";
  run_sql(path, "CREATE TABLE products (id INTEGER PRIMARY KEY)");
  all_fail(path, "the database '" + path +
                     "' has no tables of crier's; create them with: crier --store " + path +
                     " migrate");
}

TEST_CASE("a schema that is newer") {
  const Database database;
  run_sql(database.path(),
          "INSERT INTO crierMigration (version, name, checksum) VALUES (99, '0099_x', 'x')");
  const std::string sentence = "the database '" + database.path() +
                               "' has crier's tables in version 99, and this crier understands "
                               "them up to version 8; use a newer crier";
  all_fail(database.path(), sentence);
  all_fail({{"migrate"}, {"migrate", "--dry-run"}}, database.path(), sentence);
}

TEST_CASE("a migration that is not the one built in") {
  const Database database;
  run_sql(database.path(), "UPDATE crierMigration SET checksum = 'x'");
  const std::string sentence =
      "the database '" + database.path() +
      "' was not migrated with the 0001_instruction_log that this crier has; use the crier that "
      "migrated it";
  all_fail(database.path(), sentence);
  all_fail({{"migrate"}, {"migrate", "--dry-run"}}, database.path(), sentence);
}

TEST_CASE("no permission to read") {
  const Database database;
  open_to_all(database);
  fs::permissions(database.path(), fs::perms(0200));
  const Unprivileged nobody;
  all_fail(database.path(), "can't read '" + database.path() + "': Permission denied");
}

TEST_CASE("a file that is read-only is read, and not written") {
  const Database database;
  put_old(database, 2);
  open_to_all(database);
  fs::permissions(database.path(), fs::perms(0444));
  const Unprivileged nobody;
  CHECK(run_tool({"list"}, "", database.path()).code == 0);
  CHECK(run_tool({"show", "1"}, "", database.path()).code == 0);
  CHECK(run_tool({"replay", "1", "--dry-run"}, "", database.path()).code == 0);
  CHECK(run_tool({"nodes"}, "", database.path()).code == 0);
  CHECK(run_tool({"status", "--min-nodes", "0"}, "", database.path()).code == 0);
  CHECK(run_tool({"prune", "--older-than", "2d", "--dry-run"}, "", database.path()).code == 0);
  all_fail(kWriters, database.path(),
           "can't write to '" + database.path() + "': Permission denied");
}

TEST_CASE("a database that is locked for longer than the deadline") {
  const Database database;
  database.put(1, all_of(kProducts));
  SQLite::Database other(database.path(), SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  all_fail(kWriters, database.path() + "?deadline=1s",
           "the database '" + database.path() +
               "' was locked by another process for longer than 1s; try again");
  CHECK(run_tool({"list"}, "", database.path()).code == 0);
}

}  // namespace
}  // namespace crier::test
