// SPDX-License-Identifier: MIT
// What a node finds at its start and makes do with: tables of others, files, names.
#include "node_fixture.hpp"
#include "support/contents.hpp"
#include "support/errors.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>

#include <string>

namespace crier::test {
namespace {

TEST_CASE("Node: what Umbraco can't read is refused before anything is done") {
  const NodeFixture fixture;
  const std::string path = fixture.dir / "shop.db";
  SQLite::Database raw(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 20'000);
  raw.exec("PRAGMA journal_mode = WAL; " + umbraco_ddl());
  Options options = fixture.options();
  options.store += "?table=umbracoCacheInstruction";
  const Member member(options);
  member.node->start();
  DistributedCache& cache = member.node->cache();
  constexpr std::int64_t kBeyond = 4'294'967'296;

  CHECK(error_of([&] { cache.refresh(kProducts, kBeyond); }).invalid_argument());
  CHECK(error_of([&] { cache.remove(kProducts, kBeyond); }).invalid_argument());
  Batch batch = cache.batch();
  batch.refresh(kProducts, 1);
  batch.refresh(kProducts, kBeyond);
  CHECK(error_of([&] { batch.commit(); }).invalid_argument());
  raw.exec("BEGIN IMMEDIATE");
  TransactionBatch riding = cache.batch_in(raw.getHandle());
  riding.refresh(kProducts, kBeyond);
  CHECK(error_of([&] { riding.write(); }).invalid_argument());
  raw.exec("COMMIT");
  CHECK(member.record.lines().empty());
  CHECK(raw.execAndGet("SELECT count(*) FROM umbracoCacheInstruction").getInt() == 0);
  CHECK(cache.refresh(kProducts, 7) == EntryId{1});
}

TEST_CASE("Node: a database without a write-ahead log is told of at start") {
  const NodeFixture fixture;
  { Member(fixture.options()).node->start(); }
  const std::string copy = fixture.dir / "copy.db";
  SQLite::Database(fixture.dir / "shop.db", SQLite::OPEN_READWRITE)
      .exec("VACUUM INTO '" + copy + "'");
  std::string said;
  Options options;
  options.store = copy;
  options.read_only = true;
  options.log = [&](LogLevel, std::string_view text) { said.append(text).append("\n"); };
  const Member member(options);
  member.node->start();
  member.node->stop();
  CHECK(said.find("has no write-ahead log (its journal mode is delete)") != std::string::npos);
}

TEST_CASE("Node: a name that it made itself is told of if a position is kept under it") {
  const NodeFixture fixture;
  const auto is_told = [&](const char* name, KeepPosition keep) {
    std::string said;
    Options options = fixture.options();
    options.node_name = name;
    options.keep_position = keep;
    options.log = [&](LogLevel, std::string_view text) { said.append(text).append("\n"); };
    const Member member(options);
    member.node->start();
    member.node->stop();
    return said.find("this node keeps its position under the name ") != std::string::npos;
  };
  CHECK(is_told("", KeepPosition::in_database));
  CHECK_FALSE(is_told("web-1", KeepPosition::in_database));
  CHECK_FALSE(is_told("", KeepPosition::in_memory));
}

}  // namespace
}  // namespace crier::test
