// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "support/entries.hpp"
#include "support/forked.hpp"
#include "support/sqlite_calls.hpp"
#include "support/temp_dir.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

namespace crier::test {
namespace {

// What a process does until it is killed ahead of its nth system call on a file; false where it
// came to an end before.
template <class Body>
bool killed_at(int nth, Body body) {
  Forked process([&] {
    int calls = 0;
    const SqliteCalls gate([&](std::string_view) {
      if (++calls == nth) {
        std::raise(SIGKILL);
      }
      return 0;
    });
    body();
    return 0;
  });
  const int status = process.wait();
  REQUIRE((status == 0 || status == -SIGKILL));
  return status != 0;
}

void check_sound(const std::string& path) {
  SQLite::Database raw(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  CHECK(raw.execAndGet("PRAGMA integrity_check").getString() == "ok");
}

TEST_CASE("a process that is killed while it migrates leaves each step done or not begun") {
  int old = 0;
  int nth = 1;
  // The later migrations make the calls that the first one does.
  for (bool killed = true; killed; nth += nth < 60 ? 1 : 3) {
    CAPTURE(nth);
    const TempDir dir;
    const std::string path = dir / "x.db";
    killed = killed_at(nth, [&] { open_store(path)->connect(Access::create)->schema().migrate(); });
    check_sound(path);
    const auto connection = open_store(path)->connect(Access::create);
    const SchemaStatus status = connection->schema().status();
    old += status.state == SchemaState::missing ? 1 : 0;
    CHECK(status.state != SchemaState::altered);
    CHECK(static_cast<int>(connection->schema().migrate().size()) ==
          status.understood - status.version);
    CHECK(connection->schema().status().state == SchemaState::current);
    CHECK(append(*connection, new_entry("[]")) == EntryId{1});
  }
  CHECK(old > 5);
  CHECK(old < nth - 1);
}

TEST_CASE("a process that is killed while it appends leaves all or nothing, and no hole") {
  int nothing = 0;
  int nth = 1;
  for (bool killed = true; killed; ++nth) {
    CAPTURE(nth);
    const TempDir dir;
    const std::string path = dir / "x.db";
    open_store(path)->connect(Access::create)->schema().migrate();
    killed = killed_at(nth, [&] {
      open_store(path)->connect(Access::read_write)->log().append(std::vector(3, new_entry("[]")));
    });
    check_sound(path);
    const auto connection = open_store(path)->connect(Access::read_write);
    const std::size_t count = all_ids(*connection).size();
    nothing += count == 0 ? 1 : 0;
    CHECK((count == 0 || count == 3));
    CHECK(append(*connection, new_entry("[]")).value == static_cast<std::int64_t>(count) + 1);
  }
  CHECK(nothing > 5);
  CHECK(nothing < nth - 1);
}

TEST_CASE("a process that is killed while it prunes leaves on record what it deleted") {
  int nothing = 0;
  int nth = 1;
  for (bool killed = true; killed; ++nth) {
    CAPTURE(nth);
    const TempDir dir;
    const std::string path = dir / "x.db";
    {
      const auto connection = open_store(path)->connect(Access::create);
      connection->schema().migrate();
      connection->log().append(std::vector(5, new_entry("[]")));
    }
    SQLite::Database(path, SQLite::OPEN_READWRITE)
        .exec("UPDATE crierCacheInstruction SET utcStamp = '2001-01-01 00:00:00.000'");
    killed =
        killed_at(nth, [&] { open_store(path)->connect(Access::read_write)->log().prune({}); });
    check_sound(path);
    const auto connection = open_store(path)->connect(Access::read_write);
    const std::vector<std::int64_t> left = all_ids(*connection);
    nothing += left.size() == 5 ? 1 : 0;
    CHECK((left.size() == 1 || left.size() == 5));
    CHECK(connection->log().pruned_through().value == left.front() - 1);
    CHECK(append(*connection, new_entry("[]")) == EntryId{6});
  }
  CHECK(nothing > 5);
  CHECK(nothing < nth - 1);
}

}  // namespace
}  // namespace crier::test
