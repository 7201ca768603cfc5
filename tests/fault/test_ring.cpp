// SPDX-License-Identifier: MIT
// What is handed over with a ring may be damaged, false, or of a log that is no more: nothing is
// lost by that, and no wait is answered by it.
#include "fault/crew.hpp"
#include "store/sqlite/doorbell_file.hpp"
#include "store/sqlite/entry_ring.hpp"

#include <cstdint>
#include <fcntl.h>
#include <random>
#include <string>
#include <unistd.h>
#include <vector>

namespace crier::test {
namespace {

constexpr off_t kRing = sqlite::DoorbellFile::kSize;

// A node that looks at the log if it is rung, and not for minutes else.
struct RingCrew : Crew {
  const std::string bell = file.string() + "-doorbell";

  RingCrew() {
    write(1);
    Options slow = quick("node");
    slow.poll_interval = 10min;
    slow.canary_interval = 0s;
    join(slow);
    CHECK(all_have(write(2)));
  }
  [[nodiscard]] Member& node() const { return *members.front(); }
  [[nodiscard]] int open_bell() const { return open(bell.c_str(), O_RDWR); }
  // As somebody does who may write the file.
  void forge(const Cursor& before, const Entry& entry) const {
    const int fd = open_bell();
    REQUIRE(sqlite::EntryRing("crierCacheInstruction", kRing).put(fd, before, {&entry, 1}));
    close(fd);
    open_store(options().store)->wakeup().ring_with_entries();
  }
};

TEST_CASE_FIXTURE(RingCrew, "ring: entries are handed over, and waits are answered by the log") {
  const std::uint64_t polls = node().node->counters().polls;
  for (int i = 10; i < 30; ++i) {
    write(i);
  }
  CHECK(all_have(write(30)));
  CHECK(has(node().record, "products refresh 30"));
  CHECK(eventually([&] { return node().node->counters().polls > polls; }));
  CHECK(node().node->counters().resyncs == 0);
}

TEST_CASE_FIXTURE(RingCrew,
                  "ring: a false entry is a wasted refresh, and the true one is applied") {
  const Cursor end = connect()->log().newest();
  Entry entry{{end.id.value + 1},
              "2026-11-21 10:00:00.123",
              "nobody",
              1,
              encode(std::vector{Instruction::refresh_by_id(kProducts, 666)})};
  forge(end, entry);
  CHECK(eventually([&] { return has(node().record, "products refresh 666"); }));
  CHECK(eventually([&] { return node().node->counters().resyncs == 1; }));
  CHECK(has(node().record, "products all"));
  CHECK(all_have(write(3)));
  CHECK(has(node().record, "products refresh 3"));
  CHECK(node().node->counters().resyncs == 1);
}

TEST_CASE_FIXTURE(RingCrew,
                  "ring: a false entry in the place of one that is to come hides nothing") {
  const Cursor end = connect()->log().newest();
  Entry entry{{end.id.value + 1}, "2026-11-21 10:00:00.123", "nobody", 1, "[]"};
  forge(end, entry);
  run_sql("INSERT INTO crierCacheInstruction (jsonInstruction, originated) VALUES ('" +
          encode(std::vector{Instruction::refresh_by_id(kProducts, 4)}) + "', 'sql')");
  open_store(options().store)->wakeup().ring();
  CHECK(eventually([&] {
    return has(node().record, "products refresh 4") || has(node().record, "products all");
  }));
}

TEST_CASE_FIXTURE(RingCrew, "ring: any bytes in its place are no entries") {
  std::mt19937 random(1);
  const int fd = open_bell();
  for (int round = 0; round < 5; ++round) {
    std::string bytes(sqlite::EntryRing::kSlots * sqlite::EntryRing::kSlotBytes, '\0');
    for (char& byte : bytes) {
      byte = static_cast<char>(random());
    }
    REQUIRE(pwrite(fd, bytes.data(), bytes.size(), kRing) == static_cast<ssize_t>(bytes.size()));
    CHECK(all_have(write(100 + round)));
    CHECK(has(node().record, "products refresh " + std::to_string(100 + round)));
  }
  SUBCASE("and none at all") {
    REQUIRE(ftruncate(fd, kRing) == 0);
    CHECK(all_have(write(200)));
    CHECK(has(node().record, "products refresh 200"));
  }
  close(fd);
  CHECK(node().node->counters().resyncs == 0);
}

// As of a publisher that was killed between the two.
TEST_CASE_FIXTURE(RingCrew, "ring: an entry that was committed and not handed over is read") {
  run_sql("INSERT INTO crierCacheInstruction (jsonInstruction, originated) VALUES ('" +
          encode(std::vector{Instruction::refresh_by_id(kProducts, 5)}) + "', 'killed')");
  CHECK(all_have(write(6)));
  CHECK(has(node().record, "products refresh 5"));
  CHECK(has(node().record, "products refresh 6"));
}

TEST_CASE_FIXTURE(RingCrew,
                  "ring: after a restore its old entries lead to one resync, and no more") {
  const EntryId end = connect()->log().newest().id;
  for (int i = 10; i < 14; ++i) {
    write(i);
  }
  CHECK(all_have(write(14)));
  run_sql("DELETE FROM crierCacheInstruction WHERE id > " + std::to_string(end.value) +
          "; UPDATE sqlite_sequence SET seq = " + std::to_string(end.value) +
          " WHERE name = 'crierCacheInstruction'");
  open_store(options().store)->wakeup().ring();
  CHECK(eventually([&] { return node().node->counters().resyncs == 1; }));
  CHECK(all_have(write(50)));
  CHECK(has(node().record, "products refresh 50"));
  CHECK(node().node->counters().resyncs == 1);
}

}  // namespace
}  // namespace crier::test
