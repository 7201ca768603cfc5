// SPDX-License-Identifier: MIT
// What a person is told where the files are not as they should be.
#include <crier/admin/store.hpp>

#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/forked.hpp"
#include "support/temp_dir.hpp"
#include "support/unprivileged.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Transaction.h>
#include <doctest/doctest.h>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>

namespace crier::test {
namespace {

namespace fs = std::filesystem;

const std::string kDenied = ": Permission denied";

constexpr std::array kEveryAccess = {Access::read_only, Access::read_write, Access::create};
constexpr std::array kNoCreate = {Access::read_only, Access::read_write};

std::unique_ptr<Connection> connect(const fs::path& path, Access access = Access::read_write) {
  return open_store(path.string())->connect(access);
}

std::string connect_error(const fs::path& path, Access access) {
  return message_of([&] { static_cast<void>(connect(path, access)); });
}

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

void migrate(const fs::path& path) { connect(path, Access::create)->schema().migrate(); }

// A folder in which everybody may work, and a migrated database there that everybody may write.
struct OpenFolder {
  OpenFolder() {
    fs::permissions(dir.path(), fs::perms::all);
    migrate(file);
    fs::permissions(file, fs::perms(0666));
  }
  TempDir dir;
  const fs::path file = dir / "x.db";
};

TEST_CASE("a database that is not there is not created, unless that is asked for") {
  const TempDir dir;
  const fs::path file = dir / "x.db";
  for (const Access access : kNoCreate) {
    CHECK(connect_error(file, access) == "no database at " + quoted(file) +
                                             "; create it with: crier --store " + file.string() +
                                             " migrate");
    CHECK_FALSE(fs::exists(file));
  }
  CHECK(connect(file, Access::create)->schema().status().state == SchemaState::missing);
}

TEST_CASE(
    "an empty file is opened to make a database of it only, and what stands beside it stays") {
  const TempDir dir;
  const fs::path file = dir / "x.db";
  const fs::path log = dir / "x.db-wal";
  std::ofstream(file).close();
  std::ofstream(log) << "another database's by now";
  for (const Access access : kNoCreate) {
    CHECK(connect_error(file, access) == "no database in " + quoted(file) +
                                             ": the file is empty; restore it from a backup, or "
                                             "create it with: crier --store " +
                                             file.string() + " migrate");
    CHECK(fs::exists(log));
  }
  const auto store = open_store(file.string());
  CHECK(store->pending().size() == open_store((dir / "none.db").string())->pending().size());
  CHECK(connect_error(file, Access::create).ends_with("somebody's file; move it away"));
  fs::remove(log);
  migrate(file);
  CHECK(store->pending().empty());
}

TEST_CASE("a folder that is not there is named") {
  const TempDir dir;
  const fs::path file = dir / "none" / "x.db";
  CHECK(connect_error(file, Access::create) == "there is no folder " + quoted(dir / "none") +
                                                   " for the database " + quoted(file) +
                                                   "; create it first");
}

TEST_CASE("a relative path, and one that looks like a URI, are files of the current folder") {
  const TempDir dir;
  const fs::path before = fs::current_path();
  fs::current_path(dir.path());
  CHECK(connect_error("no/x.db", Access::create) ==
        "there is no folder 'no' for the database 'no/x.db'; create it first");
  static_cast<void>(open_store("sqlite:file:x.db%3Fmode=memory")->connect(Access::create));
  fs::current_path(before);
  CHECK(fs::exists(dir / "file:x.db?mode=memory"));
}

TEST_CASE("a directory is not a database") {
  const TempDir dir;
  for (const Access access : kEveryAccess) {
    CHECK(connect_error(dir.path(), access) ==
          quoted(dir.path()) + " is a directory, not a database");
  }
}

TEST_CASE("a pipe is not a database") {
  const TempDir dir;
  const fs::path pipe = dir / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0666) == 0);
  for (const Access access : kEveryAccess) {
    CHECK(connect_error(pipe, access) == quoted(pipe) + " is not a regular file");
  }
}

TEST_CASE("a file that holds something else is not a database, and stays as it was") {
  const TempDir dir;
  const fs::path file = dir / "letter.txt";
  const std::string text = "Dear reader,\n" + std::string(5000, 'x');
  std::ofstream(file) << text;
  for (const Access access : kEveryAccess) {
    CHECK(connect_error(file, access) ==
          quoted(file) + " is not a SQLite database; check the path");
  }
  std::ifstream again(file);
  CHECK(std::string(std::istreambuf_iterator(again), {}) == text);
}

TEST_CASE("a damaged database says so") {
  const TempDir dir;
  const fs::path file = dir / "x.db";
  migrate(file);
  {
    const auto connection = connect(file);
    append(*connection, new_entry("[\"" + std::string(100'000, 'x') + "\"]"));
  }
  // The pages behind the first hold the rows.
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(4096) << std::string(static_cast<std::size_t>(fs::file_size(file)) - 4096, '\xff');
  bytes.close();
  const std::string message = message_of([&] { connect(file)->log().newest(); });
  CHECK(message.starts_with("the database " + quoted(file) + " is damaged ("));
  CHECK(message.ends_with("); restore it from a backup"));
}

TEST_CASE("a file without permission to read names the right and the file") {
  const OpenFolder folder;
  fs::permissions(folder.file, fs::perms(0200));
  const Unprivileged nobody;
  for (const Access access : kEveryAccess) {
    CHECK(connect_error(folder.file, access) == "can't read " + quoted(folder.file) + kDenied);
  }
}

TEST_CASE("a file without permission to write is read, and writing names the right and the file") {
  const OpenFolder folder;
  append(*connect(folder.file), new_entry("[]"));
  fs::permissions(folder.file, fs::perms(0444));
  const Unprivileged nobody;
  const auto connection = connect(folder.file);
  CHECK(all_ids(*connection).size() == 1);
  const Error error = error_of([&] { append(*connection, new_entry("[]")); });
  CHECK(error.what() == "can't write to " + quoted(folder.file) + kDenied);
  CHECK(error.operation() == "append");
}

TEST_CASE("a file beside the database that may not be read is named") {
  for (const char* suffix : {"-wal", "-shm"}) {
    const OpenFolder folder;
    Forked killed([&] {
      const auto connection = connect(folder.file);
      append(*connection, new_entry("[]"));
      return std::raise(SIGKILL);
    });
    REQUIRE(killed.wait() == -SIGKILL);
    const fs::path beside = folder.file.string() + suffix;
    fs::permissions(beside, fs::perms(0200));
    const Unprivileged nobody;
    CHECK(message_of([&] { append(*connect(folder.file), new_entry("[]")); }) ==
          "can't read " + quoted(beside) + kDenied);
  }
}

TEST_CASE("a folder without permission to write is named") {
  const OpenFolder folder;
  fs::permissions(folder.dir.path(), fs::perms(0555));
  const std::string message = "can't write to the folder " + quoted(folder.dir.path()) +
                              ", where SQLite keeps files beside ";
  fs::permissions(folder.file, fs::perms(0444));
  const Unprivileged nobody;
  CHECK_NOTHROW(connect(folder.file, Access::read_only));  // a look needs no files there
  const fs::path other = folder.dir / "new.db";
  CHECK(connect_error(other, Access::create) == message + quoted(other) + kDenied);
}

TEST_CASE("a folder that may not be entered says so") {
  const OpenFolder folder;
  fs::permissions(folder.dir.path(), fs::perms(0600));
  const Unprivileged nobody;
  CHECK(connect_error(folder.file, Access::read_write) ==
        "can't reach " + quoted(folder.file) + kDenied);
}

TEST_CASE("a look at the files after a failure leaves SQLite's locks alone") {
  const OpenFolder folder;
  SQLite::Database raw(folder.file.string(), SQLite::OPEN_READWRITE);
  raw.exec("PRAGMA journal_mode = DELETE");  // whose locks are on the file itself
  const SQLite::Transaction lock(raw, SQLite::TransactionBehavior::IMMEDIATE);
  fs::permissions(folder.file, fs::perms(0444));
  {
    const Unprivileged nobody;
    CHECK(message_of([&] { append(*connect(folder.file), new_entry("[]")); }) ==
          "can't write to " + quoted(folder.file) + kDenied);
  }
  fs::permissions(folder.file, fs::perms(0666));
  Forked other([&] {
    constexpr off_t kReservedByte = 0x40000001;  // of SQLite's file format
    struct flock lock_there {};
    lock_there.l_type = F_WRLCK;
    lock_there.l_start = kReservedByte;
    lock_there.l_len = 1;
    const int file = open(folder.file.c_str(), O_RDWR);
    return fcntl(file, F_GETLK, &lock_there) == 0 && lock_there.l_type == F_WRLCK ? 0 : 1;
  });
  CHECK(other.wait() == 0);
}

}  // namespace
}  // namespace crier::test
