// SPDX-License-Identifier: MIT
// What bears a doorbell's name and is none: it is left as it is, and nodes poll. A doorbell of
// crier 0.1 is shared with that.
#include <crier/admin/store.hpp>

#include "contract/doorbell_fixture.hpp"
#include "contract/long_wait.hpp"
#include "support/contents.hpp"
#include "support/unprivileged.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace crier::test {
namespace {

namespace fs = std::filesystem;
using Fixture = DoorbellFixture;

constexpr std::size_t kSize = 4096;

// A doorbell as crier 0.1 made and used it: a count in front of zeros, and no more is looked at
// than the size.
class OldBell {
 public:
  OldBell(const fs::path& path, std::uint32_t count)
      : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    REQUIRE(fd_ >= 0);
    struct stat file {};
    REQUIRE(fstat(fd_, &file) == 0);
    if (file.st_size < static_cast<off_t>(kSize)) {
      REQUIRE(ftruncate(fd_, kSize) == 0);
      REQUIRE(pwrite(fd_, &count, sizeof count, 0) == sizeof count);
    }
  }
  ~OldBell() { ::close(fd_); }
  OldBell(const OldBell&) = delete;
  OldBell& operator=(const OldBell&) = delete;

  [[nodiscard]] std::uint32_t count() const {
    std::uint32_t count = 0;
    REQUIRE(pread(fd_, &count, sizeof count, 0) == sizeof count);
    return count;
  }
  [[nodiscard]] bool is_at(const fs::path& path) const {
    struct stat here {
    }, there{};
    return fstat(fd_, &here) == 0 && stat(path.c_str(), &there) == 0 && here.st_ino == there.st_ino;
  }

 private:
  const int fd_;
};

std::string mark_of(const fs::path& bell) { return contents(bell).substr(8, 16); }

TEST_CASE_FIXTURE(Fixture, "doorbell: somebody's file of that name is left as it is, and said") {
  std::string theirs;
  SUBCASE("a short one") { theirs = "precious\n"; }
  SUBCASE("of a doorbell's size") { theirs = std::string(kSize, 'x'); }
  SUBCASE("larger") { theirs = std::string(3 * kSize, '\xff'); }
  SUBCASE("zeros, but fewer") { theirs = std::string(100, '\0'); }
  SUBCASE("zeros, but more") { theirs = std::string(kSize + 1, '\0'); }
  SUBCASE("with one byte that is not zero") { theirs = std::string(kSize - 1, '\0') + "x"; }
  SUBCASE("that begins as a mark does") { theirs = std::string(8, '\0') + "crier doorbell"; }
  std::ofstream(bell, std::ios::binary) << theirs;
  fs::permissions(bell, fs::perms(0666));
  const auto before = fs::last_write_time(bell);
  const auto store = open();
  CHECK_FALSE(heard(store->wakeup()));
  CHECK(store->wakeup().trouble() ==
        "can't use '" + bell.string() +
            "': it is no doorbell of crier's, but somebody's file; move it away");
  CHECK(contents(bell) == theirs);
  CHECK(fs::last_write_time(bell) == before);
  // This process's own rings are heard all the same.
  const std::uint64_t mark = store->wakeup().mark();
  store->wakeup().ring();
  CHECK(store->wakeup().wait(mark, kLong));

  fs::rename(bell, bell.string() + ".theirs");
  CHECK(heard(store->wakeup()));
  CHECK(store->wakeup().trouble().empty());
}

TEST_CASE_FIXTURE(Fixture, "doorbell: a link in its place is not followed") {
  const fs::path victim = dir / "precious";
  SUBCASE("to a file") { std::ofstream(victim) << "x"; }
  SUBCASE("to zeros, of which a doorbell could be made") {
    std::ofstream(victim) << std::string(kSize, '\0');
  }
  SUBCASE("to an empty file") { std::ofstream{victim}; }
  SUBCASE("to nothing") {}
  const bool was_there = fs::exists(victim);
  const std::string before = contents(victim);
  fs::create_symlink(victim, bell);
  const auto store = open();
  CHECK_FALSE(heard(store->wakeup()));
  CHECK(store->wakeup().trouble() ==
        "can't open '" + bell.string() +
            "': it is a link, and links are not followed; move it away");
  CHECK(fs::exists(victim) == was_there);
  CHECK(contents(victim) == before);
}

TEST_CASE_FIXTURE(Fixture, "doorbell: somebody's file under a second name is not written") {
  const fs::path victim = dir / "precious";
  std::string theirs;
  SUBCASE("empty") {}
  SUBCASE("zeros, of which a doorbell could be made") { theirs = std::string(kSize, '\0'); }
  SUBCASE("the doorbell of another database") {
    theirs = std::string(8, '\0') + "crier doorbell 1" + std::string(kSize - 24, '\0');
  }
  std::ofstream(victim, std::ios::binary) << theirs;
  fs::create_hard_link(victim, bell);
  const auto store = open();
  CHECK_FALSE(heard(store->wakeup()));
  CHECK(store->wakeup().trouble() ==
        "can't open '" + bell.string() +
            "': it has several names (hard links), and may be somebody's file; move it away");
  CHECK(contents(victim) == theirs);
  fs::remove(bell);
  CHECK(heard(store->wakeup()));
}

TEST_CASE_FIXTURE(Fixture, "doorbell: none is made of a file that another user has put there") {
  if (geteuid() != 0) {
    MESSAGE("SKIPPED: only root can make files of two users");
    return;
  }
  constexpr uid_t kStranger = 4714, kOwner = 4711;
  std::string theirs;
  SUBCASE("empty") {}
  SUBCASE("zeros") { theirs = std::string(kSize, '\0'); }
  std::ofstream(bell, std::ios::binary) << theirs;
  fs::permissions(bell, fs::perms(0666));
  REQUIRE(chown(file.c_str(), kOwner, kOwner) == 0);
  REQUIRE(chown(bell.c_str(), kStranger, kStranger) == 0);
  CHECK_FALSE(heard(open()->wakeup()));
  CHECK(contents(bell) == theirs);
  REQUIRE(chown(bell.c_str(), kOwner, kOwner) == 0);  // as one that the owner is making
  CHECK(heard(open()->wakeup()));
  REQUIRE(chown(bell.c_str(), kStranger, kStranger) == 0);  // it bears the mark by now
  CHECK(heard(open()->wakeup()));
}

TEST_CASE_FIXTURE(Fixture, "doorbell: a link that comes in its place later is not followed") {
  const auto store = open();
  REQUIRE(heard(store->wakeup()));
  fs::rename(bell, dir / "moved");
  fs::create_symlink(dir / "moved", bell);
  static_cast<void>(store->wakeup().wait(store->wakeup().mark(), std::chrono::milliseconds(1)));
  static_cast<void>(store->wakeup().mark());
  CHECK(store->wakeup().trouble().ends_with(
      "it is a link, and links are not followed; move it away"));
}

TEST_CASE_FIXTURE(Fixture, "doorbell: a pipe in its place does not hold up a publish") {
  REQUIRE(mkfifo(bell.c_str(), 0444) == 0);
  const auto look = [&] {
    const auto store = open();
    store->wakeup().ring();
    static_cast<void>(store->wakeup().mark());
    return store->wakeup().trouble();
  };
  CHECK(look() == "can't open '" + bell.string() + "': it is no regular file; move it away");
  const Unprivileged nobody;
  CHECK_FALSE(look().empty());
}

TEST_CASE_FIXTURE(Fixture, "doorbell: one that is made bears its mark, and a count from zero") {
  const auto store = open();
  static_cast<void>(store->wakeup().mark());
  CHECK(fs::file_size(bell) == kSize);
  CHECK(mark_of(bell) == "crier doorbell 1");
  CHECK(OldBell(bell, 0).count() == 0);
}

TEST_CASE_FIXTURE(Fixture, "doorbell: one that is being made, or was emptied, is made") {
  std::string left;
  SUBCASE("empty") {}
  SUBCASE("of its size, and without its mark") { left = std::string(kSize, '\0'); }
  SUBCASE("cut off behind its mark") {
    left = std::string(8, '\0') + "crier doorbell 1" + std::string(100, '\0');
  }
  std::ofstream(bell, std::ios::binary) << left;
  const auto store = open();
  CHECK(heard(store->wakeup()));
  CHECK(store->wakeup().trouble().empty());
  CHECK(fs::file_size(bell) == kSize);
  CHECK(mark_of(bell) == "crier doorbell 1");
}

TEST_CASE_FIXTURE(Fixture, "doorbell: one of crier 0.1 is shared with it, count and all") {
  const OldBell old(bell, 0xFFFF'FFFE);
  const auto store = open();
  CHECK(heard(store->wakeup()));  // by one ring
  CHECK(old.count() == 0xFFFF'FFFF);
  CHECK(heard(store->wakeup()));
  CHECK(old.count() == 0);
  CHECK(old.is_at(bell));
  CHECK(mark_of(bell) == "crier doorbell 1");
  CHECK(store->wakeup().trouble().empty());
  // And the other way round.
  const OldBell older(bell, 7);
  CHECK(older.count() == old.count());
}

TEST_CASE_FIXTURE(Fixture, "doorbell: one of crier 0.1 that may only be read wakes") {
  fs::permissions(dir.path(), fs::perms(0755));
  fs::permissions(file, fs::perms(0644));
  const OldBell old(bell, 3);
  fs::permissions(bell, fs::perms(0444));
  const Unprivileged nobody;
  const auto store = open();
  static_cast<void>(store->wakeup().mark());
  CHECK(store->wakeup().trouble() ==
        "can't write to '" + bell.string() + "': this process is woken, but wakes nobody");
  CHECK(old.count() == 3);
}

}  // namespace
}  // namespace crier::test
