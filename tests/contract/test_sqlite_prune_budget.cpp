// SPDX-License-Identifier: MIT
// Publishers wait while a chunk is deleted.
#include <crier/admin/store.hpp>

#include "support/entries.hpp"
#include "support/temp_dir.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// Longer than a chunk may take.
constexpr auto kLongRow = 100ms;

void take_long(sqlite3_context* context, int, sqlite3_value**) {
  const auto end = std::chrono::steady_clock::now() + kLongRow;
  while (std::chrono::steady_clock::now() < end) {
  }
  sqlite3_result_null(context);
}

int add_take_long(sqlite3* database, const char**, const sqlite3_api_routines*) {
  return sqlite3_create_function(database, "take_long", 0, SQLITE_UTF8, nullptr, take_long, nullptr,
                                 nullptr);
}

// While it lives, connections of this process know the function take_long().
struct TakeLong {
  TakeLong() { REQUIRE(sqlite3_auto_extension(entry()) == SQLITE_OK); }
  ~TakeLong() { sqlite3_cancel_auto_extension(entry()); }
  TakeLong(const TakeLong&) = delete;
  TakeLong& operator=(const TakeLong&) = delete;
  static void (*entry())() { return reinterpret_cast<void (*)()>(add_take_long); }
};

void check_all_goes(Connection& connection, std::int64_t newest, std::size_t most) {
  std::int64_t through = 0;
  for (bool more = true; more;) {
    const Pruned pruned = connection.log().prune({});
    REQUIRE(pruned.rows >= 1);
    CHECK(pruned.rows <= most);
    through += static_cast<std::int64_t>(pruned.rows);
    CHECK(pruned.through == EntryId{through});
    CHECK(connection.log().pruned_through() == pruned.through);
    CHECK(connection.log().bounds().value().oldest == EntryId{through + 1});
    more = pruned.more;
  }
  CHECK(through == newest - 1);
}

void make_old(const std::string& path) {
  SQLite::Database(path, SQLite::OPEN_READWRITE)
      .exec("UPDATE crierCacheInstruction SET utcStamp = '2001-01-01 00:00:00.000'");
}

TEST_CASE("a chunk ends when its time is spent, and says how far it has come") {
  const TakeLong function;
  const TempDir dir;
  const std::string path = dir / "x.db";
  const auto connection = open_store(path)->connect(Access::create);
  connection->schema().migrate();
  connection->log().append(std::vector(21, new_entry("[]")));
  make_old(path);
  SQLite::Database(path, SQLite::OPEN_READWRITE)
      .exec(
          "CREATE TRIGGER slow BEFORE DELETE ON crierCacheInstruction BEGIN SELECT take_long(); "
          "END");
  connection->set_deadline(1600ms);  // all at once would take longer
  check_all_goes(*connection, 21, 1);
}

TEST_CASE("a chunk that did not get as far as the node in its way does not name it") {
  const TakeLong function;
  const TempDir dir;
  const std::string path = dir / "x.db";
  const auto connection = open_store(path)->connect(Access::create);
  connection->schema().migrate();
  connection->log().append(std::vector(9, new_entry("[]")));
  make_old(path);
  NodeReport node;
  node.name = "web-1";
  node.position = {3};
  connection->nodes().beat(node);
  SQLite::Database(path, SQLite::OPEN_READWRITE)
      .exec(
          "CREATE TRIGGER slow BEFORE DELETE ON crierCacheInstruction BEGIN SELECT take_long(); "
          "END");
  const Pruned first = connection->log().prune({});
  CHECK(first.rows == 1);
  CHECK(first.more);
  CHECK(first.held_by.empty());
  const Pruned last = connection->log().prune({});
  CHECK(last.through == EntryId{2});
  CHECK_FALSE(last.more);
  CHECK(last.held_by == "web-1");
}

TEST_CASE("large rows go as well, in as many chunks as it takes") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  const auto connection = open_store(path)->connect(Access::create);
  connection->schema().migrate();
  for (int row = 0; row < 60; ++row) {
    append(*connection, new_entry("\"" + std::string(1 << 20, 'x') + "\""));
  }
  make_old(path);
  check_all_goes(*connection, 60, 59);
}

}  // namespace
}  // namespace crier::test
