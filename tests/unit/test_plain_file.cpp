// SPDX-License-Identifier: MIT
#include "base/plain_file.hpp"
#include "support/contents.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace crier::test {
namespace {

namespace fs = std::filesystem;

struct PlainFileFixture {
  TempDir dir;
  const fs::path path = dir / "file";

  [[nodiscard]] int error_of(int flags) const { return PlainFile(path, flags, 0600).error(); }
};

TEST_CASE_FIXTURE(PlainFileFixture, "a regular file is opened, made and not made twice") {
  CHECK(error_of(O_RDONLY) == ENOENT);
  {
    const PlainFile made(path, O_RDWR | O_CREAT | O_EXCL, 0640);
    CHECK(made.is_open());
    CHECK(made.error() == 0);
    CHECK((::fcntl(made.fd(), F_GETFD) & FD_CLOEXEC) != 0);
  }
  CHECK((fs::status(path).permissions() & ~fs::perms(0640)) == fs::perms::none);
  CHECK(error_of(O_RDWR | O_CREAT | O_EXCL) == EEXIST);
  CHECK(PlainFile(path, O_RDONLY).is_open());
}

TEST_CASE_FIXTURE(PlainFileFixture, "a link is not followed, whatever it leads to") {
  const fs::path victim = dir / "victim";
  SUBCASE("a file") { std::ofstream(victim) << "precious"; }
  SUBCASE("nothing") {}
  SUBCASE("a folder") { fs::create_directory(victim); }
  const bool was_there = fs::exists(victim);
  fs::create_symlink(victim, path);
  for (const int flags : {O_RDONLY, O_RDWR, O_WRONLY | O_CREAT, O_RDWR | O_CREAT | O_TRUNC}) {
    CHECK(error_of(flags) == ELOOP);
  }
  CHECK(error_of(O_WRONLY | O_CREAT | O_EXCL) == EEXIST);
  CHECK(fs::exists(victim) == was_there);
  CHECK((!fs::is_regular_file(victim) || contents(victim) == "precious"));
}

TEST_CASE_FIXTURE(PlainFileFixture, "what is no file is neither waited for nor used") {
  SUBCASE("a pipe") { REQUIRE(mkfifo(path.c_str(), 0600) == 0); }
  SUBCASE("a folder") { fs::create_directory(path); }
  for (const int flags : {O_RDONLY, O_RDWR, O_WRONLY}) {
    const PlainFile file(path, flags);
    CHECK_FALSE(file.is_open());
    CHECK(file.error() == ENXIO);
  }
  CHECK(PlainFile("/dev/null", O_RDWR).error() == ENXIO);
}

TEST_CASE_FIXTURE(PlainFileFixture, "a file of several names is read, and not opened for writing") {
  std::ofstream(dir / "victim") << "precious";
  fs::create_hard_link(dir / "victim", path);
  for (const int flags : {O_RDWR, O_WRONLY, O_RDWR | O_CREAT}) {
    CHECK(error_of(flags) == EMLINK);
  }
  CHECK(error_of(O_RDONLY) == 0);
  CHECK(contents(dir / "victim") == "precious");
}

TEST_CASE_FIXTURE(PlainFileFixture, "whose file it is, is told") {
  std::ofstream(path) << "x";
  CHECK_FALSE(PlainFile(path, O_RDONLY).is_anothers());
  if (geteuid() != 0) {
    MESSAGE("not tested: another's needs root");
    return;
  }
  REQUIRE(chown(path.c_str(), 4711, 4711) == 0);
  CHECK(PlainFile(path, O_RDONLY).is_anothers());
}

TEST_CASE_FIXTURE(PlainFileFixture, "a file that is open may change hands") {
  std::ofstream(path) << "x";
  PlainFile first(path, O_RDONLY);
  const int fd = first.fd();
  PlainFile second = std::move(first);
  CHECK(second.fd() == fd);
  second = PlainFile(path, O_RDWR);
  CHECK(second.is_open());
  CHECK(::fcntl(second.fd(), F_GETFL) >= 0);
}

TEST_CASE("what a limit is called, and whether it passes, is said") {
  CHECK(file_error_text(EMFILE) == "all file descriptors are used up (ulimit -n); try again");
  CHECK(file_error_text(EFBIG) == "this process may make no file so large (ulimit -f)");
  CHECK(file_error_text(ELOOP) == "it is a link, and links are not followed; move it away");
  CHECK(file_error_text(ENOSPC) == "the disk is full; free some space");
  CHECK(file_error_text(EACCES) == "Permission denied");
  CHECK(system_error_text(EMFILE) == file_error_text(EMFILE));
  CHECK(system_error_text(ELOOP) == "Too many levels of symbolic links");
  CHECK(is_passing_file_error(EMFILE));
  CHECK(is_passing_file_error(ENFILE));
  CHECK_FALSE(is_passing_file_error(EACCES));
}

}  // namespace
}  // namespace crier::test
