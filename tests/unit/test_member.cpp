// SPDX-License-Identifier: MIT
// What a node is to the other nodes.
#include <crier/admin/store.hpp>
#include <crier/error.hpp>
#include <crier/version.hpp>

#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "support/sqlite_calls.hpp"
#include "support/unprivileged.hpp"
#include "unit/node_fixture.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <unistd.h>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

void run_sql(const std::string& path, const std::string& sql) {
  SQLite::Database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 20'000).exec(sql);
}

struct MemberFixture : NodeFixture {
  [[nodiscard]] Options quick(const std::string& name) const {
    Options quick = options();
    quick.node_name = name;
    quick.heartbeat_interval = 5ms;
    quick.lease_duration = 20s;  // a machine under load must not lose it
    return quick;
  }
  [[nodiscard]] std::unique_ptr<Connection> connect() const {
    return open_store(options().store)->connect(Access::read_write);
  }
  [[nodiscard]] std::optional<NodeRecord> record(const std::string& name) const {
    std::optional<NodeRecord> latest;
    for (const NodeRecord& record : connect()->nodes().list()) {
      if (record.name == name) {
        latest = record;
      }
    }
    return latest;
  }
};

TEST_CASE_FIXTURE(MemberFixture, "a node refuses to start on tables of a later version") {
  open_store(options().store)->connect(Access::create)->schema().migrate();
  run_sql(dir / "shop.db",
          "INSERT INTO crierMigration (version, name, checksum) VALUES (99, '0099_x', 'x')");
  Options later = quick("a");
  for (const bool migrates : {false, true}) {
    CAPTURE(migrates);
    later.migrate_on_start = migrates;
    Member a(later);
    CHECK(message_of([&] { a.node->start(); }).find("version 99") != std::string::npos);
    CHECK_FALSE(a.node->running());
  }
  CHECK(connect()->nodes().list().empty());
}

TEST_CASE_FIXTURE(MemberFixture,
                  "a node is registered when start() returns, and says goodbye at stop") {
  Options steady = quick("a");
  steady.heartbeat_interval = 2s;  // so that a busy machine does not take it for stale
  Member a(steady);
  a.node->start();
  const NodeRecord record = a.node->nodes().at(0);
  CHECK(record.name == "a");
  CHECK(record.state == NodeState::live);
  CHECK(record.pid == getpid());
  CHECK(record.version == version());
  CHECK(record.interval == 2s);
  CHECK(a.node->originated().find(record.host + "/" + record.application) == 0);
  a.node->stop();
  CHECK(this->record("a")->state == NodeState::stopped);
  CHECK(a.node->role() == Role::unknown);
}

TEST_CASE_FIXTURE(MemberFixture, "roles: alone, then leading, and handed over at stop") {
  Member a(quick("a"));
  a.node->start();
  CHECK(a.node->role() == Role::single);
  Member b(quick("b"));
  b.node->start();
  CHECK(b.node->role() == Role::subscriber);
  CHECK(eventually([&] { return a.node->role() == Role::scheduling_publisher; }));
  a.node->stop();
  CHECK(eventually([&] { return b.node->role() == Role::single; }));
}

TEST_CASE_FIXTURE(MemberFixture,
                  "a node beats while it fills its caches, and holds back pruning before") {
  Options slow = quick("a");
  slow.migrate_on_start = true;
  slow.fill_caches = [&] {
    const std::uint64_t before = record("a")->position.value == 0 ? 0 : 1;
    CHECK(before == 0);
    connect()->log().append(std::vector<NewEntry>{{"x", 1, "[]"}});
    const auto beats_on = [&] { return record("a")->lag == 1; };
    CHECK(eventually(beats_on));
  };
  Member a(slow);
  a.node->start();
  CHECK(eventually([&] { return record("a")->lag == 0; }));
}

TEST_CASE_FIXTURE(MemberFixture, "who is not heard of any more is forgotten after forget_after") {
  Options made = quick("leader");
  made.heartbeat_interval = 500ms;  // who beats late himself forgets nobody
  made.prune_interval = 1ms;
  made.forget_after = 50ms;
  const Member leader(made);
  leader.node->start();
  NodeReport gone;
  gone.incarnation = Guid::random();
  gone.name = "gone";
  gone.interval = 1ms;
  CHECK_FALSE(connect()->nodes().beat(gone).alone);
  CHECK(eventually([&] { return !record("gone"); }));
  CHECK(record("leader"));
}

TEST_CASE_FIXTURE(MemberFixture, "a start that fails says goodbye") {
  Options failing = quick("a");
  failing.fill_caches = [] { throw Error("fill", "no"); };
  Member a(failing);
  CHECK_THROWS(a.node->start());
  CHECK(record("a")->state == NodeState::stopped);
}

TEST_CASE_FIXTURE(MemberFixture, "a node that can't register runs all the same, and heals") {
  const std::string path = dir / "other.db";
  const std::string ddl =
      "CREATE TABLE log (id INTEGER PRIMARY KEY AUTOINCREMENT, utcStamp, jsonInstruction, "
      "originated, instructionCount)";
  run_sql(path, ddl);
  Options foreign = quick("a");
  foreign.store = "sqlite:" + path + "?table=log";
  foreign.migrate_on_start = false;
  Member a(foreign);
  a.node->start();
  CHECK(a.node->role() == Role::unknown);
  CHECK(a.node->counters().beats_failed >= 1);
  const auto connection = open_store(foreign.store)->connect(Access::read_write);
  const EntryId id = connection->log().append(std::vector<NewEntry>{
      {"x", 1, R"([{"RefreshType":0,"RefresherId":"7c9e6679-7425-40de-944b-e07fc1f90ae7"}])"}});
  CHECK(a.node->wait_applied(id, 20s));
  CHECK(a.record.lines() == Lines{"products all"});

  connection->schema().migrate();
  CHECK(eventually([&] { return a.node->role() == Role::single; }));
  CHECK(a.node->wait_everywhere(id, 20s).reached.size() == 1);
}

TEST_CASE_FIXTURE(MemberFixture, "a durable node goes on from where it was") {
  for (const KeepPosition where : {KeepPosition::in_database, KeepPosition::in_file}) {
    CAPTURE(static_cast<int>(where));
    Options durable = quick("a" + std::to_string(static_cast<int>(where)));
    durable.keep_position = where;
    durable.position_file = dir / "position";
    durable.heartbeat_interval = 1min;  // what is saved is saved at stop
    durable.lease_duration = 1h;
    {
      Member a(durable);
      a.node->start();
      // The caches may hold something, and nobody knows as of when.
      CHECK(a.record.take() == Lines{"products all"});
      CHECK(a.node->wait_applied(a.node->cache().refresh(kProducts, 1), 20s));
    }
    Member writer(quick("writer"));
    writer.node->start();
    writer.node->cache().refresh(kProducts, 2);
    const EntryId last = writer.node->cache().refresh(kProducts, 3);
    Member a(durable);
    a.node->start();
    CHECK(a.node->wait_applied(last, 20s));
    CHECK(a.record.lines() == Lines{"products refresh 2", "products refresh 3"});
    CHECK(a.node->counters().resyncs == 0);
  }
}

TEST_CASE_FIXTURE(
    MemberFixture,
    "a durable node whose place is gone refreshes everything before it fills its caches") {
  Options durable = quick("a");
  durable.keep_position = KeepPosition::in_database;
  Member writer(quick("writer"));
  writer.node->start();
  writer.node->cache().refresh(kProducts, 1);
  {
    Member a(durable);
    a.node->start();
  }
  std::string reason;
  SUBCASE("pruned") {
    reason = "pruned";
    const EntryId last = writer.node->cache().refresh(kProducts, 2);
    CHECK(writer.node->wait_applied(last, 20s));
    // Once the writer's next beat has told where it stands.
    CHECK(eventually([&] {
      return connect()->log().prune({.older_than = -1h, .hard_cap = 0ms}).through == EntryId{1};
    }));
  }
  SUBCASE("another log") {
    reason = "anchor_changed";
    run_sql(dir / "shop.db", "UPDATE crierCacheInstruction SET originated = 'restored'");
  }
  const EntryId newest = connect()->log().newest().id;
  bool filled = false;
  durable.fill_caches = [&] { filled = true; };
  Member a(durable);
  a.products->before = [&](const std::string&) { CHECK_FALSE(filled); };
  a.node->start();
  CHECK(filled);
  CHECK(a.record.lines() == Lines{"products all"});
  CHECK(a.observer->record.lines() == Lines{"resync " + reason + " " + newest.to_string()});
}

TEST_CASE_FIXTURE(MemberFixture,
                  "a position file that is somebody else's stops the start, and stays") {
  Options durable = quick("a");
  durable.keep_position = KeepPosition::in_file;
  durable.position_file = dir / "shop.db";
  open_store(options().store)->connect(Access::create)->schema().migrate();
  Member a(durable);
  CHECK(std::string(error_of([&] { a.node->start(); }).what()).find("is not a position file") !=
        std::string::npos);
  CHECK_FALSE(a.node->running());
  CHECK(connect()->schema().status().state == SchemaState::current);
}

TEST_CASE_FIXTURE(MemberFixture,
                  "a node on a database that it may only read polls, and says that it can't beat") {
  namespace fs = std::filesystem;
  open_store(options().store)->connect(Access::create)->schema().migrate();
  Options reader = quick("reader");
  reader.migrate_on_start = false;
  reader.keep_position = KeepPosition::in_file;
  const TempDir own;
  reader.position_file = own / "position";
  fs::permissions(own.path(), fs::perms::all);
  // A writer that stays, so that the write-ahead log does.
  const auto writer = connect();
  writer->log().append(std::vector<NewEntry>{{"x", 1, "[]"}});
  for (const fs::directory_entry& file : fs::directory_iterator(dir.path())) {
    fs::permissions(file.path(), fs::perms(0444));
  }
  fs::permissions(dir.path(), fs::perms(0555));
  {
    const Unprivileged unprivileged;
    Member a(reader);
    a.node->start();
    CHECK(eventually([&] { return a.node->counters().beats_failed > 2; }));
    CHECK(a.node->role() == Role::unknown);
    const EntryId id = writer->log().append(std::vector<NewEntry>{{"x", 1, "[]"}});
    CHECK(a.node->wait_applied(id, 20s));
    CHECK(eventually([&] { return fs::exists(reader.position_file); }));  // with a beat
  }
  fs::permissions(dir.path(), fs::perms(0755));
}

TEST_CASE_FIXTURE(MemberFixture,
                  "a disk that is full is said, the node goes on, and it heals by itself") {
  std::atomic<bool> full = false;
  const SqliteCalls calls([&](std::string_view call) {
    return full && (call == "pwrite64" || call == "write") ? ENOSPC : 0;
  });
  Member a(quick("a"));
  a.node->start();
  full = true;
  CHECK(eventually([&] { return a.node->counters().beats_failed > 2; }));
  CHECK(a.node->running());
  full = false;
  const std::uint64_t beats = a.node->counters().beats;
  CHECK(eventually([&] { return a.node->counters().beats > beats; }));
  CHECK(record("a")->last_error.find("is full; free some space") != std::string::npos);
  a.node->stop();
}

}  // namespace
}  // namespace crier::test
