// SPDX-License-Identifier: MIT
// What stands in the database is not what was written.
#include "fault/crew.hpp"
#include "simulation/random.hpp"
#include "support/child.hpp"

#include <random>

namespace crier::test {
namespace {

namespace fs = std::filesystem;

struct DamagedFixture : Crew {
  // By another process: one that has the database open must not open it a second time.
  void in_shell(const std::string& command) const {
    Child shell(dir.path(), "shell", {"/bin/sh", "-c", command});
    REQUIRE(shell.wait() == 0);
  }
};

TEST_CASE_FIXTURE(DamagedFixture,
                  "damaged pages: the node says so, is not fresh, and does not end") {
  Member& node = join(quick("node"));
  EntryId last = node.node->cache().refresh(kProducts, 1);
  REQUIRE(all_have(last));
  const std::string sound = (dir / "sound.db").string();
  const std::string path = file.string();
  run_sql("VACUUM INTO '" + sound + "'");
  in_shell("head -c 200000 /dev/zero | tr '\\0' x | dd of='" + path +
           "' conv=notrunc 2>/dev/null; "
           "head -c 200000 /dev/zero | tr '\\0' x | dd of='" +
           path +
           "-wal' conv=notrunc 2>/dev/null; "
           "head -c 32768 /dev/zero | dd of='" +
           path + "-shm' conv=notrunc 2>/dev/null");
  REQUIRE(eventually([&] { return node.node->counters().polls_failed > 2; }));
  CHECK(node.node->running());
  CHECK_THROWS_AS(node.node->cache().refresh(kProducts, 2), Error);
  const auto proved = node.node->freshness().proved_at;
  REQUIRE(eventually([&] { return node.node->counters().polls_failed > 4; }));
  CHECK(node.node->freshness().proved_at == proved);

  in_shell("rm -f '" + path + "' '" + path + "-wal' '" + path + "-shm'; mv '" + sound + "' '" +
           path + "'");
  CHECK(all_have(write(3)));
  CHECK(has(node.record, "products refresh 3"));
}

// Numbers that crier keeps for itself, changed at random.
std::string distortion(Random& random) {
  const std::string any = std::to_string(static_cast<std::int64_t>(random.below(200)) - 50);
  const std::vector<std::string> all{
      "UPDATE sqlite_sequence SET seq = seq + " + std::to_string(random.below(100)) +
          " WHERE name = 'crierCacheInstruction'",
      "UPDATE crierPruned SET prunedThrough = " + any,
      "INSERT OR REPLACE INTO crierPruned VALUES ('crierCacheInstruction', " + any + ", 0, '', 0)",
      "UPDATE crierPosition SET position = " + any,
      "UPDATE crierPosition SET fingerprint = " + any,
      "UPDATE crierPosition SET incarnation = 'x'",
      "UPDATE crierLease SET fencing = " + any,
      "UPDATE crierLease SET expiresMs = " + any,
      "UPDATE crierLease SET expiresMs = expiresMs + 1000000000000",
      "UPDATE crierLease SET holder = 'x'",
      "UPDATE crierNode SET position = " + any,
      "UPDATE crierNode SET beatMs = " + any,
      "UPDATE crierNode SET canary = " + any + ", troubles = 'x'",
      "DELETE FROM crierNode",
      "UPDATE crierCanary SET entry = " + any + ", sentMs = " + any,
      "INSERT INTO crierWait (log, entry, untilMs) VALUES ('crierCacheInstruction', " + any +
          ", 99999999999999)",
      "UPDATE crierCacheInstruction SET utcStamp = '1970-01-01 00:00:00.000' WHERE id = (SELECT "
      "max(id) FROM crierCacheInstruction)",
      "UPDATE crierCacheInstruction SET instructionCount = " + any,
      "DELETE FROM crierCacheInstruction WHERE id = (SELECT max(id) FROM crierCacheInstruction)",
  };
  return all[random.below(all.size())];
}

TEST_CASE_FIXTURE(DamagedFixture,
                  "metadata is distorted at random: all nodes come to be fresh again") {
  const std::uint64_t seed = std::random_device{}();
  CAPTURE(seed);
  Random random(seed);
  std::string done;
  for (int i = 0; i < 3; ++i) {
    Options options = quick("node" + std::to_string(i));
    options.keep_position = i == 0 ? KeepPosition::in_memory : KeepPosition::in_database;
    join(options);
  }
  for (std::int64_t i = 0; i < 60; ++i) {
    const std::string sql = distortion(random);
    done += sql + "\n";
    CAPTURE(done);
    run_sql(sql);
    for (const auto& member : members) {
      member->record.take();
    }
    write(i);
    for (const auto& member : members) {
      CAPTURE(member->node->name());
      // By itself, or in a full refresh.
      REQUIRE(eventually([&] {
        return has(member->record, "products refresh " + std::to_string(i)) ||
               has(member->record, "products all");
      }));
    }
    if (i % 20 == 19) {
      const std::size_t one = 1 + random.below(members.size() - 1);  // that are durable
      members[one]->node->stop();
      run_sql(i == 39 ? distortion(random) : "UPDATE crierPosition SET position = position + 10");
      write(1000);
      members[one]->record.take();
      members[one]->node->start();
      write(1001);
      REQUIRE(eventually([&] {
        return has(members[one]->record, "products refresh 1001") ||
               has(members[one]->record, "products all");
      }));
    }
  }
  CHECK(is_sound());
}

}  // namespace
}  // namespace crier::test
