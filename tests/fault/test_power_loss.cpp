// SPDX-License-Identifier: MIT
// The power goes: with SQLite's synchronous=NORMAL the last commits may be gone, and their ids are
// used again. Simulated by a copy of the database and of its write-ahead log, of which the last
// frames are dropped.
#include "fault/crew.hpp"
#include "support/child.hpp"

#include <set>
#include <thread>

namespace crier::test {
namespace {

namespace fs = std::filesystem;

// Of SQLite's file format.
constexpr std::uintmax_t kHeader = 32;
constexpr std::uintmax_t kFrame = 24 + 4096;

struct PowerFixture : Crew {
  const fs::path copies = dir / "copies";

  PowerFixture() { fs::create_directory(copies); }

  // By another process: one that has the database open must not close it a second time.
  void copy(const fs::path& from, const fs::path& to) const {
    Child copying(dir.path(), "cp", {"/bin/cp", from.string(), to.string()});
    REQUIRE(copying.wait() == 0);
  }
  [[nodiscard]] Options durable() const {
    Options durable = quick("durable");
    durable.keep_position = KeepPosition::in_file;
    durable.position_file = dir / "position";
    return durable;
  }
  // What is left of the log that was copied, at the database's place.
  void put_back(std::uintmax_t bytes_of_wal) const {
    for (const char* suffix : {"-wal", "-shm"}) {
      fs::remove(file.string() + suffix);
    }
    fs::copy_file(copies / "db", file, fs::copy_options::overwrite_existing);
    fs::copy_file(copies / "wal", file.string() + "-wal");
    fs::resize_file(file.string() + "-wal", bytes_of_wal);
  }
};

TEST_CASE_FIXTURE(PowerFixture, "power loss: a log that lost its end is noticed by who was ahead") {
  // Holds the database open, so that nothing is moved from the write-ahead log into it.
  auto holder = connect();
  // From an empty write-ahead log on.
  run_sql("PRAGMA wal_checkpoint(TRUNCATE)");
  Member& node = join(durable());
  node.node->stop();
  {
    std::atomic<int> written = 0;
    std::atomic<bool> done = false;
    std::jthread writer([&] {
      while (!done && written < 200) {
        append(*holder, new_entry(encode(std::vector{Instruction::refresh_by_id(kProducts, 1)})));
        ++written;
      }
    });
    REQUIRE(eventually([&] { return written > 20; }));
    copy(file, copies / "db");
    copy(file.string() + "-wal", copies / "wal");
    done = true;
  }
  node.node->start();
  const EntryId ahead = holder->log().newest().id;
  REQUIRE(node.node->wait_applied(ahead, 20s));
  members.clear();
  holder.reset();
  const fs::path position = dir / "position";
  const fs::path kept = dir / "kept";
  fs::rename(position, kept);

  const std::uintmax_t frames = (fs::file_size(copies / "wal") - kHeader) / kFrame;
  REQUIRE(frames > 20);
  std::set<std::int64_t> ends;
  for (std::uintmax_t dropped = 1; dropped < frames; dropped += frames / 6) {
    for (const std::uintmax_t torn : {std::uintmax_t{0}, kFrame / 3}) {
      CAPTURE(dropped);
      CAPTURE(torn);
      put_back(kHeader + (frames - dropped) * kFrame + torn);
      fs::copy_file(kept, position, fs::copy_options::overwrite_existing);
      REQUIRE(is_sound());
      std::int64_t expected = 0;
      {
        const auto connection = connect();
        for (const std::int64_t id : all_ids(*connection)) {
          CHECK(id == ++expected);
        }
        REQUIRE(expected < ahead.value);
        ends.insert(expected);
        if (torn != 0) {  // the ids that were lost are used again
          connection->log().append(std::vector<NewEntry>(
              static_cast<std::size_t>(ahead.value - expected + 1), new_entry("[]")));
        }
      }
      Member& again = join(durable());
      CHECK(has(again.record, "products all"));
      CHECK(has_beginning(again.observer->record,
                          torn == 0 ? "resync anchor_gone" : "resync anchor_changed"));
      CHECK(again.node->wait_applied(write(7), 20s));
      CHECK(has(again.record, "products refresh 7"));
      members.clear();
    }
  }
  CHECK(ends.size() > 4);
}

}  // namespace
}  // namespace crier::test
