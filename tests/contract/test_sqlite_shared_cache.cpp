// SPDX-License-Identifier: MIT
// The shared cache in SQLite: beside another program's table, in databases that are not as they
// should be, and what a read costs.
#include <crier/admin/store.hpp>
#include <crier/shared_cache.hpp>

#include "support/contents.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "support/temp_dir.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

struct File {
  TempDir dir;
  const std::string path = dir / "x.db";

  void migrate(const std::string& more = {}) const {
    open_store(path + more)->connect(Access::create)->schema().migrate();
  }
  void execute(const std::string& sql) const {
    SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 30'000).exec(sql);
  }
  [[nodiscard]] std::string query(const std::string& sql) const {
    SQLite::Database database(path, SQLite::OPEN_READONLY, 30'000);
    SQLite::Statement statement(database, sql);
    return statement.executeStep() ? statement.getColumn(0).getString() : "";
  }
};

TEST_CASE_FIXTURE(File, "the cache works beside another program's instruction table") {
  execute("PRAGMA journal_mode = WAL; " + umbraco_ddl());
  const std::string table = "?table=umbracoCacheInstruction";
  const auto cache = open_shared_cache(path + table);
  CHECK(message_of([&] { static_cast<void>(cache->get("a")); }) ==
        "the database '" + path +
            "' has no table for the shared cache; add it with: crier --store '" + path + table +
            "' migrate");
  migrate(table);
  cache->set("a", "1");
  CHECK(cache->get("a") == "1");
  CHECK(open_shared_cache(path)->get("a") == "1");  // one cache in a database
  CHECK(cache->name() == "sqlite:" + path + table);
}

TEST_CASE_FIXTURE(File, "a prefix is one in a database of UTF-16 as well") {
  execute("PRAGMA encoding = 'UTF-16'; CREATE TABLE other (x)");
  migrate();
  const auto cache = open_shared_cache(path);
  for (const char* key : {"a", "ab", "a\xc4\x80", "b", "\xc3\xa4", "\xf0\x9f\x98\x80"}) {
    cache->set(key, key);
  }
  CHECK(cache->keys("a") == std::vector<std::string>{"a", "ab", "a\xc4\x80"});
  CHECK(cache->keys("\xc3\xa4") == std::vector<std::string>{"\xc3\xa4"});
  const std::vector<std::string> two{"\xc3\xa4", "\xf0\x9f\x98\x80"};
  CHECK(cache->get_many(two) == std::vector<std::optional<std::string>>{two[0], two[1]});
  CHECK(cache->remove_by_prefix("a") == 3);
  CHECK(cache->keys().size() == 3);
  CHECK(cache->clear() == 3);
}

TEST_CASE_FIXTURE(File, "a leader finds nothing to delete where the table is not there yet") {
  migrate();
  execute("DROP TABLE crierCache");
  const auto connection = open_store(path)->connect(Access::read_write);
  const Guid self = Guid::random();
  const Fence fence{self, connection->leases().hold(self, 1h).fencing};
  CHECK(connection->cache().forget_gone(100, fence).rows == 0);
}

TEST_CASE_FIXTURE(File, "a cache that is not there, or may not be written, says so") {
  const auto cache = open_shared_cache(path);
  CHECK(message_of([&] { static_cast<void>(cache->get("a")); }) ==
        "no database at '" + path + "'; create it with: crier --store " + path + " migrate");
  migrate();
  cache->set("a", "1", {.sliding = 1h});
  execute("UPDATE crierCache SET expiresMs = expiresMs - 600000");
  const auto reader = open_store(path)->connect(Access::read_only);
  CHECK(reader->cache().get("a") == "1");  // and it is not renewed
  CHECK(message_of([&] { reader->cache().set("a", "2", {}); }) ==
        "the database '" + path + "' was opened for reading only");
  CHECK(message_of([&] { reader->cache().remove("a"); }) ==
        "the database '" + path + "' was opened for reading only");
}

TEST_CASE_FIXTURE(File, "reads of a sliding entry write ten times in its time at the most") {
  migrate();
  const auto cache = open_shared_cache(path);
  cache->set("a", "1", {.sliding = 1h});
  execute("UPDATE crierCache SET expiresMs = expiresMs - 600000");
  const auto expiry = [this] { return query("SELECT expiresMs FROM crierCache WHERE key = 'a'"); };
  const std::string before = expiry();
  CHECK(cache->get("a") == "1");
  const std::string renewed = expiry();
  CHECK(std::stoll(renewed) - std::stoll(before) > 600'000);
  const std::string version = "PRAGMA data_version";
  SQLite::Database watcher(path, SQLite::OPEN_READONLY);
  const auto seen = [&] {
    SQLite::Statement statement(watcher, version);
    statement.executeStep();
    return statement.getColumn(0).getInt();
  };
  const int written = seen();
  for (int i = 0; i < 100; ++i) {
    static_cast<void>(cache->get("a"));
    cache->refresh("a");
  }
  CHECK(seen() == written);
  // As far ahead as that tenth is over.
  execute("UPDATE crierCache SET expiresMs = expiresMs - 360001");
  CHECK(cache->get("a") == "1");
  CHECK(std::stoll(expiry()) >= std::stoll(renewed));
}

TEST_CASE_FIXTURE(File, "a cache whose database was replaced goes on with the one that is there") {
  migrate();
  const auto cache = open_shared_cache(path);
  cache->set("a", "old", {.after = 1h});  // a read renews nothing, and so writes nothing
  std::filesystem::rename(path, dir / "old.db");
  for (const char* suffix : {"-wal", "-shm"}) {
    if (std::filesystem::exists(path + suffix)) {
      std::filesystem::rename(path + suffix, (dir / "old.db").string() + suffix);
    }
  }
  migrate();
  CHECK(eventually([&] { return !cache->get("a"); }));  // looked for now and then
  cache->set("a", "new");
  CHECK(query("SELECT CAST(value AS TEXT) FROM crierCache WHERE key = 'a'") == "new");
}

TEST_CASE_FIXTURE(File, "what is written to a database that was moved is refused, not lost") {
  migrate();
  const auto connection = open_store(path)->connect(Access::read_write);
  connection->cache().set("a", "1", {});
  const SharedStamp miss = connection->cache().lookup("b").stamp;
  std::filesystem::rename(path, dir / "y.db");
  CHECK(error_of([&] { connection->cache().set("a", "2", {}); }).replaced());
  CHECK(error_of([&] { connection->cache().add("b", "2", miss, {}); }).replaced());
  CHECK(error_of([&] { connection->cache().remove("a"); }).replaced());
  CHECK(error_of([&] { connection->cache().clear({}, 10); }).replaced());
  CHECK(error_of([&] { connection->cache().stats(); }).replaced());
  std::filesystem::rename(dir / "y.db", path);
  CHECK(connection->cache().get("a") == "1");
}

}  // namespace
}  // namespace crier::test
