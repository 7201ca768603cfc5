// SPDX-License-Identifier: MIT
// Real disks: full ones, and such that may only be read.
#include "fault/crew.hpp"
#include "fault/disk.hpp"
#include "support/errors.hpp"
#include "support/unprivileged.hpp"

#include <fstream>

namespace crier::test {
namespace {

namespace fs = std::filesystem;

struct DiskFixture : Crew {
  const fs::path disk = dir / "disk";
  Mounts mounts;

  DiskFixture() { fs::create_directory(disk); }

  [[nodiscard]] Options on_disk(const std::string& name) const {
    Options on_disk = quick(name);
    on_disk.store = "sqlite:" + (disk / "shop.db").string() + "?deadline=20s";
    return on_disk;
  }
  void fill() const {
    std::ofstream filler(disk / "filler", std::ios::binary);
    const std::string block(4096, 'x');
    while (filler << block << std::flush) {
    }
  }
};

// Until the space that SQLite still had is used up.
Error error_of_publishing(Node& node) {
  for (int i = 0; i < 10'000; ++i) {
    try {
      node.cache().refresh_by_json(kProducts, "\"" + std::string(5000, 'x') + "\"");
    } catch (const Error& error) {
      return error;
    }
  }
  FAIL("the disk never was full");
  return {"", ""};
}

// Refused as such, and nothing else is tried in vain.
void check_only_reads(Node& node) {
  const Error error = error_of([&] { node.cache().refresh(kProducts, 8); });
  CHECK(error.invalid_argument());
  CHECK(std::string(error.what()).starts_with("this node only reads "));
  CHECK(eventually([&] { return node.counters().beats > 2; }));
  CHECK(node.counters().beats_failed == 0);
}

TEST_CASE_FIXTURE(DiskFixture,
                  "full disk: a publish says so, polling goes on, and it heals by itself") {
  if (!mounts.small_disk(disk, "2m")) {
    return;
  }
  Member& a = join(on_disk("a"));
  Member& b = join(on_disk("b"));
  EntryId last = a.node->cache().refresh(kProducts, 1);
  REQUIRE(all_have(last));
  fill();
  const Error error = error_of_publishing(*a.node);
  CHECK(std::string(error.what()).find("is full; free some space") != std::string::npos);
  CHECK_FALSE(error.retryable());
  for (const auto& member : members) {
    const std::uint64_t polls = member->node->counters().polls;
    CHECK(eventually([&] { return member->node->counters().polls > polls + 10; }));
    CHECK(eventually([&] { return member->node->counters().beats_failed > 2; }));
    CHECK(member->node->running());
  }
  // What was acknowledged before is read while the disk is full.
  last = open_store(on_disk("x").store)->connect(Access::read_only)->log().newest().id;
  CHECK(all_have(last));

  fs::remove(disk / "filler");
  CHECK(eventually([&] {
    const std::uint64_t beats = b.node->counters().beats;
    return eventually([&] { return b.node->counters().beats > beats; }, 100ms);
  }));
  CHECK(a.node->cache().refresh(kProducts, 2).value == last.value + 1);
  CHECK(b.node->wait_applied({last.value + 1}, 20s));
  CHECK(b.node->counters().resyncs == 0);
  members.clear();
  CHECK(SQLite::Database(disk / "shop.db", SQLite::OPEN_READWRITE, 20'000)
            .execAndGet("PRAGMA integrity_check")
            .getString() == "ok");
}

TEST_CASE_FIXTURE(DiskFixture, "full disk: a position that can't be saved is saved later") {
  if (!mounts.small_disk(disk, "1m")) {
    return;
  }
  Options in_file = quick("in_file");  // its database has space
  in_file.keep_position = KeepPosition::in_file;
  in_file.position_file = disk / "position";
  Member& node = join(in_file);
  REQUIRE(eventually([&] { return fs::exists(disk / "position"); }));
  fill();
  const std::uint64_t failed = node.node->counters().beats_failed;
  const EntryId last = write(1);
  CHECK(node.node->wait_applied(last, 20s));
  CHECK(eventually([&] { return node.node->counters().beats_failed > failed; }));
  fs::remove(disk / "filler");
  members.clear();
  Member& again = join(in_file);
  CHECK(again.node->counters().resyncs == 0);
  CHECK(again.node->position() == last);
  CHECK(again.record.lines().empty());
}

TEST_CASE_FIXTURE(DiskFixture,
                  "full disk: a doorbell that can't be made says so, and is made later") {
  if (!mounts.small_disk(disk, "1m")) {
    return;
  }
  const auto store = open_store(on_disk("a").store);
  store->connect(Access::create)->schema().migrate();
  fill();
  static_cast<void>(store->wakeup().mark());
  CHECK(store->wakeup().trouble() == "can't use '" + (disk / "shop.db-doorbell").string() +
                                         "': the disk is full; free some space");
  fs::remove(disk / "filler");
  static_cast<void>(store->wakeup().mark());
  CHECK(store->wakeup().trouble().empty());
}

TEST_CASE_FIXTURE(DiskFixture, "read-only mount: a node polls, and says what it can't do") {
  const fs::path view = dir / "view";
  fs::create_directory(view);
  join(quick("writer"));
  if (!mounts.read_only(dir.path(), view)) {
    return;
  }
  Options reader = quick("reader");
  reader.store = "sqlite:" + (view / "shop.db").string();
  reader.migrate_on_start = false;
  reader.read_only = true;
  Member& node = join(reader);
  const EntryId last = members[0]->node->cache().refresh(kProducts, 7);
  CHECK(node.node->wait_applied(last, 20s));
  CHECK(has(node.record, "products refresh 7"));
  check_only_reads(*node.node);
  CHECK(connect()->log().newest().id == last);
  CHECK(connect()->nodes().list().size() == 1);  // it is not seen
}

TEST_CASE_FIXTURE(Crew, "read-only folder: a node polls, and says what it can't do") {
  join(quick("writer")).node->cache().refresh(kProducts, 1);  // its connections are open now
  for (const fs::directory_entry& each : fs::directory_iterator(dir.path())) {
    fs::permissions(each.path(), fs::perms(0444));
  }
  fs::permissions(dir.path(), fs::perms(0555));
  Options reader = quick("reader");
  reader.migrate_on_start = false;
  reader.read_only = true;
  {
    const Unprivileged unprivileged;
    Member& node = join(reader);
    const EntryId last = members[0]->node->cache().refresh(kProducts, 7);
    CHECK(node.node->wait_applied(last, 20s));
    check_only_reads(*node.node);
    members.pop_back();
  }
  fs::permissions(dir.path(), fs::perms(0755));
}

TEST_CASE_FIXTURE(Crew, "missing rights: a node says which, and starts once it has them") {
  fs::permissions(dir.path(), fs::perms(0755));
  fs::permissions(file, fs::perms(0));
  Options options = quick("node");
  options.migrate_on_start = false;
  {
    const Unprivileged unprivileged;
    Member node(options);
    const std::string message = message_of([&] { node.node->start(); });
    CHECK(message == "can't read '" + file.string() + "': Permission denied");
  }
  fs::permissions(file, fs::perms(0644));
  CHECK_NOTHROW(join(options));
}

}  // namespace
}  // namespace crier::test
