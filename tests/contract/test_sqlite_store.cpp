// SPDX-License-Identifier: MIT
// How SQLite is used, and what happens where the disk fails.
#include <crier/admin/store.hpp>

#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/sqlite_calls.hpp"
#include "support/temp_dir.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

struct Migrated {
  Migrated() { connection->schema().migrate(); }
  TempDir dir;
  const std::string path = dir / "x.db";
  std::unique_ptr<Connection> connection = open_store(path)->connect(Access::create);
};

TEST_CASE("a store's name is the URL without its deadline") {
  CHECK(open_store("x.db?deadline=2s")->name() == "sqlite:x.db");
  CHECK(open_store("sqlite:///a%20b.db?table=t")->name() == "sqlite:/a%20b.db?table=t");
}

TEST_CASE("migrating puts the database in write-ahead mode, for good") {
  const Migrated migrated;
  SQLite::Database raw(migrated.path, SQLite::OPEN_READONLY);
  CHECK(raw.execAndGet("PRAGMA journal_mode").getString() == "wal");
}

TEST_CASE("the log is not migrated by being written: the error names the command") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  const auto connection = open_store(path)->connect(Access::create);
  const std::string message = "the database '" + path +
                              "' has no table 'crierCacheInstruction'; create it with: "
                              "crier --store " +
                              path + " migrate";
  CHECK(message_of([&] { append(*connection, new_entry("[]")); }) == message);
  CHECK(message_of([&] { connection->log().read_after({}); }) == message);
  CHECK(message_of([&] { connection->log().newest(); }) == message);
}

TEST_CASE("a connection for reading only says so when it is written") {
  const Migrated migrated;
  const auto reader = open_store(migrated.path)->connect(Access::read_only);
  CHECK(message_of([&] { append(*reader, new_entry("[]")); }) ==
        "the database '" + migrated.path + "' was opened for reading only");
}

TEST_CASE("a lock held for too long is told in words") {
  const Migrated migrated;
  const auto connection =
      open_store(migrated.path + "?deadline=200ms")->connect(Access::read_write);
  SQLite::Database raw(migrated.path, SQLite::OPEN_READWRITE);
  raw.exec("BEGIN IMMEDIATE");
  CHECK(message_of([&] { append(*connection, new_entry("[]")); }) ==
        "the database '" + migrated.path +
            "' was locked by another process for longer than 200ms; try again");
}

TEST_CASE("reads leave no transaction open: the log beside the file can be emptied") {
  const Migrated migrated;
  InstructionLog& log = migrated.connection->log();
  log.append(std::vector(3, new_entry("[]")));
  static_cast<void>(log.read_after({}, {1}));
  static_cast<void>(log.read_before({9}, 1));
  static_cast<void>(log.backlog({}, 1));
  static_cast<void>(log.find({1}));
  static_cast<void>(log.newest());
  static_cast<void>(log.bounds());
  static_cast<void>(log.pruned_through());
  static_cast<void>(log.prune({}));
  static_cast<void>(migrated.connection->schema().status());
  static_cast<void>(migrated.connection->leases().hold(Guid::random(), 1h));
  static_cast<void>(migrated.connection->leases().holder());
  NodeDirectory& nodes = migrated.connection->nodes();
  static_cast<void>(nodes.beat({}));
  static_cast<void>(nodes.list());
  static_cast<void>(nodes.claim_position({}));
  static_cast<void>(nodes.request_position({1}, 1h));
  static_cast<void>(nodes.position_requests());
  SQLite::Database raw(migrated.path, SQLite::OPEN_READWRITE);
  raw.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  CHECK(std::filesystem::file_size(migrated.path + "-wal") == 0);
}

TEST_CASE("a full disk is told in words, and the log goes on once there is space") {
  const Migrated migrated;
  append(*migrated.connection, new_entry("[1]"));
  {
    const SqliteCalls full([](std::string_view call) { return call == "pwrite64" ? ENOSPC : 0; });
    const Error error = error_of([&] { append(*migrated.connection, new_entry("[2]")); });
    CHECK(error.what() == "the disk that holds '" + migrated.path + "' is full; free some space");
    CHECK_FALSE(error.retryable());
    CHECK(all_ids(*migrated.connection).size() == 1);
  }
  CHECK(append(*migrated.connection, new_entry("[3]")) == EntryId{2});
}

TEST_CASE("a write that fails at any point leaves all of an append or nothing") {
  int refusals = 0;
  for (int nth = 1;; ++nth) {
    CAPTURE(nth);
    const Migrated migrated;
    append(*migrated.connection, new_entry("[0]"));
    const std::vector entries(3, new_entry("[\"" + std::string(9000, 'x') + "\"]"));
    int writes = 0;
    bool failed = false;
    {
      const SqliteCalls broken(
          [&](std::string_view call) { return call == "pwrite64" && ++writes == nth ? EIO : 0; });
      try {
        migrated.connection->log().append(entries);
      } catch (const Error& error) {
        failed = true;
        CHECK(std::string(error.what()).find(migrated.path) != std::string::npos);
      }
    }
    REQUIRE(all_ids(*migrated.connection).size() == (failed ? 1 : 4));
    CHECK(append(*migrated.connection, new_entry("[1]")) == EntryId{failed ? 2 : 5});
    if (!failed) {
      break;
    }
    ++refusals;
  }
  CHECK(refusals > 3);
}

}  // namespace
}  // namespace crier::test
