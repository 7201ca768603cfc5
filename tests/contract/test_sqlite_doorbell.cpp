// SPDX-License-Identifier: MIT
// The doorbell file may be missing, cut off, replaced or forbidden: then nodes poll, say so, and
// hear it again once it is in order.
#include <crier/admin/store.hpp>

#include "contract/asleep.hpp"
#include "contract/doorbell_fixture.hpp"
#include "contract/long_wait.hpp"
#include "support/entries.hpp"
#include "support/eventually.hpp"
#include "support/forked.hpp"
#include "support/temp_dir.hpp"
#include "support/unprivileged.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <stop_token>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace crier::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

using Fixture = DoorbellFixture;

TEST_CASE_FIXTURE(Fixture, "doorbell: rings across processes") {
  const auto store = open();
  const std::uint64_t mark = store->wakeup().mark();
  Forked ringer([&] {
    append(*open()->connect(Access::read_write), new_entry("[]"));
    return 0;
  });
  CHECK(store->wakeup().wait(mark, kLong));
  CHECK(ringer.wait() == 0);
}

TEST_CASE_FIXTURE(Fixture,
                  "doorbell: has the database's rights, so that whoever may use one may use both") {
  fs::permissions(file, fs::perms(0640));
  const auto store = open();
  static_cast<void>(store->wakeup().mark());
  CHECK(fs::status(bell).permissions() == fs::perms(0640));
}

TEST_CASE_FIXTURE(Fixture, "doorbell: is not made where there is no database") {
  fs::remove(file);
  const auto store = open();
  static_cast<void>(store->wakeup().mark());
  store->wakeup().ring();
  CHECK_FALSE(fs::exists(bell));
  CHECK(store->wakeup().trouble() == "there is no database '" + file.string() + "' yet");
}

TEST_CASE_FIXTURE(Fixture,
                  "doorbell: removed or replaced, it is found again at the next look that no ring "
                  "has brought about") {
  const auto store = open();
  REQUIRE(heard(store->wakeup()));
  CHECK_FALSE(store->wakeup().wait(store->wakeup().mark(), 1ms));
  SUBCASE("removed") { fs::remove(bell); }
  SUBCASE("replaced") {
    std::ofstream(bell.string() + ".new") << std::string(4096, '\0');
    fs::rename(bell.string() + ".new", bell);
  }
  SUBCASE("renamed") { fs::rename(bell, bell.string() + ".old"); }
  CHECK(heard(store->wakeup()));
  CHECK(store->wakeup().trouble().empty());
}

TEST_CASE_FIXTURE(Fixture, "doorbell: replaced while rings go on, it is found again soon") {
  const auto store = open();
  const auto other = open();
  REQUIRE(heard(other->wakeup()));
  const std::jthread ringer([&, sleeper = gettid()](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (sleeps(sleeper)) {
        other->wakeup().ring_others();  // on the file that it has opened
      }
    }
  });
  CHECK(store->wakeup().wait(store->wakeup().mark(), kLong));
  fs::remove(bell);
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (!fs::exists(bell) && std::chrono::steady_clock::now() < end) {
    store->wakeup().wait(store->wakeup().mark(), 200ms);
  }
  CHECK(fs::exists(bell));
  CHECK(heard(store->wakeup()));
}

TEST_CASE_FIXTURE(Fixture, "doorbell: who was woken misses no later ring, and takes none twice") {
  const auto store = open();
  const auto other = open();
  Wakeup& wakeup = store->wakeup();
  std::uint64_t mark = wakeup.mark();
  for (const auto ring : {&Wakeup::ring, &Wakeup::ring_others}) {
    {
      const std::jthread ringer([&] { (other->wakeup().*ring)(); });
      CHECK(wakeup.wait(mark, kLong));
    }
    mark = wakeup.mark();
    CHECK_FALSE(wakeup.wait(mark, 1ms));
    mark = wakeup.mark();
  }
  other->wakeup().ring_others();
  CHECK(wakeup.wait(mark, 1ms));
}

TEST_CASE_FIXTURE(Fixture, "doorbell: cut off under a process, it neither kills nor deafens it") {
  const auto store = open();
  REQUIRE(heard(store->wakeup()));
  SUBCASE("before a ring") {
    fs::resize_file(bell, 0);
    store->wakeup().ring();
  }
  SUBCASE("before a wait") {
    const std::uint64_t mark = store->wakeup().mark();
    fs::resize_file(bell, 0);
    CHECK(store->wakeup().wait(mark, kLong));  // in doubt: look
  }
  SUBCASE("before a mark") { fs::resize_file(bell, 0); }
  CHECK(heard(store->wakeup()));
  CHECK(fs::file_size(bell) == 4096);
}

TEST_CASE_FIXTURE(Fixture, "doorbell: that can't be used is said, and heals") {
  fs::create_directory(bell);
  const auto store = open();
  CHECK_FALSE(heard(store->wakeup()));
  CHECK(store->wakeup().trouble() ==
        "can't open '" + bell.string() + "': it is no regular file; move it away");
  // This process's own rings are heard all the same: stopping a node does not take an interval.
  const std::uint64_t mark = store->wakeup().mark();
  store->wakeup().ring();
  CHECK(store->wakeup().wait(mark, kLong));

  fs::remove(bell);
  CHECK(heard(store->wakeup()));
  CHECK(store->wakeup().trouble().empty());
}

TEST_CASE_FIXTURE(Fixture, "doorbell: one that may only be read wakes, and can't be rung") {
  fs::permissions(dir.path(), fs::perms(0755));
  fs::permissions(file, fs::perms(0644));
  static_cast<void>(open()->wakeup().mark());  // made by its owner
  const auto store = open();
  std::uint64_t mark = 0;
  {
    fs::permissions(bell, fs::perms(0444));
    const Unprivileged nobody;
    mark = store->wakeup().mark();
    CHECK(store->wakeup().trouble() ==
          "can't write to '" + bell.string() + "': this process is woken, but wakes nobody");
    store->wakeup().ring();
    // Its own sleepers are not left to their intervals: a node must be able to stop.
    CHECK(store->wakeup().wait(mark, kLong));
    mark = store->wakeup().mark();
  }
  fs::permissions(bell, fs::perms(0644));  // the owner need not be root, and rings
  open()->wakeup().ring();
  CHECK(store->wakeup().wait(mark, kLong));
}

TEST_CASE_FIXTURE(Fixture, "doorbell: one that was replaced under a sleeper wakes it") {
  const auto store = open();
  const std::uint64_t mark = store->wakeup().mark();
  fs::remove(bell);
  std::jthread looker([&] { static_cast<void>(store->wakeup().mark()); });
  const auto begin = std::chrono::steady_clock::now();
  CHECK(store->wakeup().wait(mark, kLong));
  CHECK(std::chrono::steady_clock::now() - begin < kLong / 2);
}

TEST_CASE_FIXTURE(Fixture, "doorbell: all who reach the database share it, through links too") {
  fs::create_symlink(file, dir / "link.db");
  const auto linked = open_store((dir / "link.db").string());
  CHECK(heard(linked->wakeup()));
  CHECK_FALSE(fs::exists(dir / "link.db-doorbell"));
}

TEST_CASE_FIXTURE(Fixture, "doorbell: root makes it for the database's owner") {
  if (geteuid() != 0) {
    MESSAGE("not tested: needs root");
    return;
  }
  REQUIRE(chown(file.c_str(), 65534, 65534) == 0);
  static_cast<void>(open()->wakeup().mark());
  struct stat made {};
  REQUIRE(stat(bell.c_str(), &made) == 0);
  CHECK(made.st_uid == 65534);
  CHECK(made.st_gid == 65534);
}

TEST_CASE_FIXTURE(Fixture, "doorbell: a folder that can't be written leaves polling") {
  fs::permissions(file, fs::perms(0666));
  fs::permissions(dir.path(), fs::perms(0555));
  const auto store = open();
  {
    const Unprivileged nobody;
    static_cast<void>(store->wakeup().mark());
    CHECK(store->wakeup().trouble() == "can't open '" + bell.string() + "': Permission denied");
  }
  fs::permissions(dir.path(), fs::perms(0755));
}

}  // namespace
}  // namespace crier::test
