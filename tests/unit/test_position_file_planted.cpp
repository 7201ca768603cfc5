// SPDX-License-Identifier: MIT
// A position file whose folder others may write: what they have put there is neither followed nor
// written, waited for nor believed.
#include "keeper/file_lock.hpp"
#include "keeper/position_file.hpp"
#include "support/contents.hpp"
#include "support/effort.hpp"
#include "support/errors.hpp"
#include "support/forked.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace crier::test {
namespace {

namespace fs = std::filesystem;

struct PlantedFixture {
  TempDir dir;
  TempDir elsewhere;
  const std::string path = dir / "web-1.position";
  const fs::path victim = elsewhere / "precious";
  const PositionFile file{path, "sqlite:shop.db", "web-1"};

  PlantedFixture() { std::ofstream(victim) << "precious"; }

  void plant(const std::string& name, const std::string& kind) const {
    if (kind == "link") {
      fs::create_symlink(victim, name);
    } else if (kind == "link to nothing") {
      fs::create_symlink(elsewhere / "none", name);
    } else if (kind == "pipe") {
      REQUIRE(mkfifo(name.c_str(), 0666) == 0);
    } else {
      std::ofstream(name) << "somebody's";
    }
  }
  // No file of somebody's was written, made or removed.
  void check_nothing_is_touched(const std::string& name) const {
    CHECK(contents(victim) == "precious");
    CHECK_FALSE(fs::exists(elsewhere / "none"));
    CHECK(fs::symlink_status(name).type() != fs::file_type::not_found);
    CHECK((!fs::is_regular_file(fs::symlink_status(name)) || contents(name) == "somebody's"));
  }
  [[nodiscard]] std::ptrdiff_t files() const {
    return std::distance(fs::directory_iterator(dir.path()), fs::directory_iterator());
  }
};

const std::string kKinds[] = {"link", "link to nothing", "pipe", "file"};

TEST_CASE_FIXTURE(PlantedFixture, "names that the next file may have are planted: it is saved") {
  for (const std::string& kind : kKinds) {
    CAPTURE(kind);
    for (const char* suffix : {".new", ".tmp", "~"}) {
      plant(path + suffix, kind);
    }
    file.save({{42}, {1}});
    CHECK(file.load().cursor == Cursor{{42}, {1}});
    for (const char* suffix : {".new", ".tmp", "~"}) {
      check_nothing_is_touched(path + suffix);
      fs::remove(path + suffix);
    }
    CHECK(files() == 1);
  }
}

TEST_CASE_FIXTURE(PlantedFixture, "a link, a pipe or somebody's file in its place is refused") {
  for (const std::string& kind : kKinds) {
    CAPTURE(kind);
    plant(path, kind);
    const std::string message = message_of([&] { static_cast<void>(file.load()); });
    CHECK(message ==
          (kind.starts_with("link")
               ? "can't read the position file '" + path +
                     "': it is a link, and links are not followed; move it away"
               : "the file '" + path + "' is not a position file of crier's; name another one"));
    check_nothing_is_touched(path);
    fs::remove(path);
  }
}

TEST_CASE_FIXTURE(PlantedFixture, "a link, a pipe or a folder in the lock's place is refused") {
  const std::string lock = path + ".lock";
  for (const std::string& kind : {kKinds[0], kKinds[1], kKinds[2]}) {
    CAPTURE(kind);
    plant(lock, kind);
    const std::string message = message_of([&] { const FileLock refused(lock); });
    CHECK(message == "can't lock '" + lock + "': " +
                         (kind == "pipe"
                              ? "it is no regular file; move it away"
                              : "it is a link, and links are not followed; move it away"));
    check_nothing_is_touched(lock);
    fs::remove(lock);
  }
  plant(lock, "file");
  { const FileLock mine(lock); }
  check_nothing_is_touched(lock);
}

TEST_CASE_FIXTURE(PlantedFixture, "a lock that is somebody's file by another name is refused") {
  fs::create_hard_link(victim, path + ".lock");
  CHECK(message_of([&] { const FileLock refused(path + ".lock"); }) ==
        "can't lock '" + path +
            ".lock': it has several names (hard links), and may be somebody's file; move it away");
  CHECK(contents(victim) == "precious");
}

TEST_CASE_FIXTURE(PlantedFixture, "a lock that is another user's, who could hold it, is refused") {
  if (geteuid() != 0) {
    MESSAGE("not tested: needs root");
    return;
  }
  std::ofstream(path + ".lock").close();
  REQUIRE(chown((path + ".lock").c_str(), 65534, 65534) == 0);
  CHECK(message_of([&] { const FileLock refused(path + ".lock"); }) ==
        "can't lock '" + path +
            ".lock': it belongs to another user, who could lock it for ever; move it away");
}

TEST_CASE_FIXTURE(PlantedFixture, "a position under another name of somebody's file is replaced") {
  file.save({{42}, {1}});
  fs::create_hard_link(path, elsewhere / "kept");
  const std::string before = contents(elsewhere / "kept");
  file.save({{43}, {1}});
  CHECK(contents(elsewhere / "kept") == before);
  CHECK(file.load().cursor == Cursor{{43}, {1}});
}

TEST_CASE_FIXTURE(PlantedFixture, "a lock can't be held against its owner by who may only read") {
  const FileLock mine(path + ".lock");
  CHECK((fs::status(path + ".lock").permissions() &
         (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none);
}

TEST_CASE_FIXTURE(PlantedFixture, "a position that another user wrote is not believed") {
  if (geteuid() != 0) {
    MESSAGE("not tested: needs root");
    return;
  }
  file.save({{42}, {1}});
  REQUIRE(chown(path.c_str(), 65534, 65534) == 0);
  CHECK_FALSE(file.load().cursor);
  CHECK(file.load().problem ==
        "the position file '" + path + "' belongs to another user, and is replaced");
  file.save({{43}, {1}});
  CHECK(file.load().cursor == Cursor{{43}, {1}});
}

TEST_CASE_FIXTURE(PlantedFixture, "what can't be written leaves nothing behind") {
  file.save({{42}, {1}});
  SUBCASE("since files may not be so large") {
    Forked limited([&] {
      signal(SIGXFSZ, SIG_IGN);  // as whoever opens a store does
      const rlimit none{10, RLIM_INFINITY};
      setrlimit(RLIMIT_FSIZE, &none);
      const std::string message = message_of([&] { file.save({{43}, {1}}); });
      return message == "can't write the position file '" + path +
                            "': this process may make no file so large (ulimit -f)"
                 ? 0
                 : 1;
    });
    CHECK(limited.wait() == 0);
    CHECK(file.load().cursor == Cursor{{42}, {1}});
  }
  SUBCASE("since there is a folder in its place") {
    fs::remove(path);
    fs::create_directory(path);
    CHECK_THROWS_AS(file.save({{43}, {1}}), Error);
  }
  CHECK(files() == 1);
}

TEST_CASE_FIXTURE(PlantedFixture, "without a file descriptor it may be tried again") {
  if (kSanitized) {
    MESSAGE("not under a sanitizer, which takes a descriptor to look at an object's type");
    return;
  }
  Forked limited([&] {
    rlimit none{};
    getrlimit(RLIMIT_NOFILE, &none);
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NOFILE, &none);
    const Error saving = error_of([&] { file.save({{43}, {1}}); });
    const Error loading = error_of([&] { static_cast<void>(file.load()); });
    const Error locking = error_of([&] { const FileLock refused(path + ".lock"); });
    for (const Error& error : {saving, loading, locking}) {
      const std::string message = error.what();
      if (!error.retryable() ||
          !message.ends_with("all file descriptors are used up (ulimit -n); try again")) {
        return 1;
      }
    }
    return 0;
  });
  CHECK(limited.wait() == 0);
}

}  // namespace
}  // namespace crier::test
