// SPDX-License-Identifier: MIT
// Each thing that SQLite does to a file fails once, in each way: the nth of a publish, a beat and a
// poll, for n = 1, 2, 3, ... until a round ends without a fault.
#include <crier/admin/store.hpp>
#include <crier/codec.hpp>

#include "fault/life.hpp"
#include "support/entries.hpp"
#include "support/faulty_vfs.hpp"
#include "support/temp_dir.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace crier::test {
namespace {

struct FileFault {
  std::string_view what;
  int code;
};

constexpr FileFault kFileFaults[] = {
    {"open", SQLITE_CANTOPEN},         {"read", SQLITE_IOERR_READ},
    {"write", SQLITE_IOERR_WRITE},     {"write", SQLITE_FULL},
    {"sync", SQLITE_IOERR_FSYNC},      {"truncate", SQLITE_IOERR_TRUNCATE},
    {"size", SQLITE_IOERR_FSTAT},      {"lock", SQLITE_BUSY},
    {"lock", SQLITE_IOERR_LOCK},       {"shm_map", SQLITE_IOERR_SHMMAP},
    {"shm_map", SQLITE_FULL},          {"shm_lock", SQLITE_BUSY},
    {"shm_lock", SQLITE_IOERR_SHMLOCK}};

void checkpoint(const std::string& path) {
  try {
    SQLite::Database(path, SQLite::OPEN_READWRITE).exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch (const SQLite::Exception&) {  // NOLINT(bugprone-empty-catch): that is the fault
  }
}

// One round on a copy of an empty database, in which the nth of these fails; false where there was
// none.
bool fails_at(int nth, const FileFault& fault, const std::filesystem::path& empty) {
  const TempDir dir;
  std::filesystem::copy_file(empty, dir / "x.db");
  // Each commit waits for the disk, so that there is something to sync.
  const std::string url = "sqlite:" + (dir / "x.db").string() + "?durability=full&deadline=500ms";
  int calls = 0;
  bool armed = false;
  std::map<std::int64_t, std::string> acknowledged;
  Numbers truth;
  Numbers cache;
  {
    const FaultyVfs vfs([&](std::string_view what) {
      return armed && what == fault.what && ++calls == nth ? fault.code : SQLITE_OK;
    });
    const std::unique_ptr<Store> store = open_store(url);
    SteppedNode node(*store, truth, cache);
    const Keeper::Time now = Position::Clock::now();
    node.start(now);
    const auto other = store->connect(Access::read_write);
    const auto attempt = [&](const auto& body) {
      try {
        body();
      } catch (const Error&) {
        CHECK(calls >= nth);
      }
    };
    const auto other_writes = [&](const std::string& row) {
      attempt([&] { acknowledged.emplace(append(*other, new_entry(row)).value, row); });
    };
    const std::string large(9000, 'x');  // more than a page
    const std::string json = encode(std::vector{Instruction::refresh_by_id(kProducts, 2),
                                                Instruction::refresh_by_json(kOrders, large)});
    truth = {1, 2};
    armed = true;
    const Instruction published = Instruction::refresh_by_ids(kProducts, {1});
    attempt([&] { acknowledged.emplace(node.publish(1).value, encode({&published, 1})); });
    other_writes(json);
    node.tick(now);
    node.poll();
    checkpoint(dir / "x.db");
    armed = false;

    other_writes(json);
    CHECK(node.tick(now));
    node.poll();
    CHECK(node.poll());
    CHECK(node.position() == other->log().newest().id);
    CHECK(cache == truth);
    node.leave();
  }
  SQLite::Database raw(dir / "x.db", SQLite::OPEN_READWRITE);
  CHECK(raw.execAndGet("PRAGMA integrity_check").getString() == "ok");
  std::int64_t expected = 0;
  for (const Entry& entry :
       open_store(url)->connect(Access::read_only)->log().read_after({}).entries) {
    CHECK(entry.id.value == ++expected);
    const auto row = acknowledged.find(entry.id.value);
    if (row != acknowledged.end()) {
      CHECK(row->second == entry.json_instruction);
      acknowledged.erase(row);
    }
  }
  CHECK(acknowledged.empty());
  return calls >= nth;
}

TEST_CASE("whatever SQLite does to its files may fail") {
  const TempDir dir;
  const std::filesystem::path empty = dir / "empty.db";
  open_store(empty.string())->connect(Access::create)->schema().migrate();
  for (const FileFault& fault : kFileFaults) {
    CAPTURE(fault.what);
    CAPTURE(fault.code);
    int nth = 1;
    while (fails_at(nth, fault, empty)) {
      ++nth;
    }
    CHECK(nth > 1);
  }
}

}  // namespace
}  // namespace crier::test
