// SPDX-License-Identifier: MIT
// What others have put where SQLite, and crier, keep files of their own beside a database: nothing
// waits for it, writes over it or follows it, and it is named with what to do. Each look is a
// process of its own, so that one that hangs can be told.
#include <crier/admin/store.hpp>

#include "support/contents.hpp"
#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/forked.hpp"
#include "support/temp_dir.hpp"
#include "support/unprivileged.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace crier::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

const std::string kAway = "; move it away";

// A migrated database that nobody has open, in a folder where all may write.
struct Beside {
  TempDir dir;
  const std::string path = dir / "x.db";
  const fs::path victim = dir / "precious";

  Beside() {
    open_store(path)->connect(Access::create)->schema().migrate();
    fs::permissions(path, fs::perms(0666));
    fs::permissions(dir.path(), fs::perms::all);
    std::ofstream(victim) << "precious";
    fs::permissions(victim, fs::perms(0666));
  }

  // What is said of what is planted as `name`; nothing if this user can't make one.
  [[nodiscard]] std::optional<std::string> plant(const std::string& name,
                                                 std::string_view kind) const {
    if (kind.starts_with("pipe")) {
      REQUIRE(mkfifo(name.c_str(), 0600) == 0);
      fs::permissions(name, fs::perms(kind == "pipe" ? 0666 : 0444));
      return "it is no regular file" + kAway;
    }
    if (kind == "folder") {
      fs::create_directory(name);
      return "it is no regular file" + kAway;
    }
    if (kind == "device") {
      const bool made = mknod(name.c_str(), S_IFCHR | 0666, makedev(1, 3)) == 0;
      return made ? std::optional("it is no regular file" + kAway) : std::nullopt;
    }
    if (kind.starts_with("link")) {
      fs::create_symlink(kind == "link" ? victim : dir / "none", name);
      return "it is a link, and links are not followed" + kAway;
    }
    if (kind == "hard link") {
      fs::create_hard_link(victim, name);
      return "it has several names (hard links), and may be somebody's file" + kAway;
    }
    std::ofstream(name) << (kind == "unreadable" ? "\xd9" : "somebody's");
    if (kind == "unreadable") {
      fs::permissions(name, fs::perms::none);
      return "Permission denied";
    }
    return "somebody's file" + kAway;
  }
};

constexpr std::string_view kKinds[] = {"pipe",      "pipe to be read", "folder",    "device",
                                       "link",      "link to nothing", "hard link", "somebody's",
                                       "unreadable"};

// Whether the same is said by a look, by a write, and by who would make tables, as nobody: the root
// may read what it likes.
int says(const Beside& beside, const std::string& suffix, const std::string& expected) {
  const Unprivileged nobody;
  const std::string name = beside.path + suffix;
  for (const Access access : {Access::read_only, Access::read_write, Access::create}) {
    const bool is_bell = suffix == "-doorbell";  // the others wait until it is over
    const auto store = open_store(beside.path + (is_bell ? "?deadline=10s" : "?deadline=1s"));
    std::string said;
    if (is_bell) {
      append(*store->connect(Access::read_write), new_entry("[]"));
      store->wakeup().ring();
      static_cast<void>(store->wakeup().mark());
      said = store->wakeup().trouble();
    } else {
      said = message_of([&] { static_cast<void>(store->connect(access)->log().newest()); });
    }
    if (said.find('\'' + name + '\'') == std::string::npos || !said.ends_with(expected)) {
      std::cerr << name << ": " << said << '\n';
      return 1;
    }
  }
  return 0;
}

TEST_CASE("what is planted beside a database is named, left as it is, and not waited for") {
  for (const std::string suffix : {"-wal", "-shm", "-journal", "-doorbell"}) {
    for (const std::string_view kind : kKinds) {
      CAPTURE(suffix);
      CAPTURE(kind);
      const Beside beside;
      fs::remove(beside.path + "-doorbell");
      const std::optional<std::string> expected = beside.plant(beside.path + suffix, kind);
      if (!expected) {
        MESSAGE("not tested: a device needs root");
        continue;
      }
      const fs::file_type type = fs::symlink_status(beside.path + suffix).type();
      Forked look([&] { return says(beside, suffix, *expected); });
      CHECK(look.wait_for(20s) == 0);
      CHECK(contents(beside.victim) == "precious");
      CHECK_FALSE(fs::exists(beside.dir / "none"));
      CHECK(fs::symlink_status(beside.path + suffix).type() == type);
      CHECK((kind != "somebody's" || contents(beside.path + suffix) == "somebody's"));
      fs::remove(beside.path + suffix);
      CHECK_NOTHROW(append(*open_store(beside.path)->connect(Access::read_write), new_entry("[]")));
    }
  }
}

TEST_CASE("what SQLite itself has left beside a database is none of somebody's") {
  const Beside beside;
  const std::string journal = beside.path + "-journal";
  const auto write = [&] {
    append(*open_store(beside.path)->connect(Access::read_write), new_entry("[]"));
  };
  SUBCASE("a log, with its index, of a process that was killed") {
    Forked killed([&] {
      const auto connection = open_store(beside.path)->connect(Access::read_write);
      append(*connection, new_entry("[]"));
      return raise(SIGKILL);
    });
    REQUIRE(killed.wait() == -SIGKILL);
    REQUIRE(fs::exists(beside.path + "-wal"));
    CHECK_NOTHROW(write());
  }
  SUBCASE("empty files") {
    for (const char* suffix : {"-wal", "-shm", "-journal"}) {
      std::ofstream{beside.path + suffix};
    }
    CHECK_NOTHROW(write());
  }
  for (const std::string mode : {"PERSIST", "TRUNCATE", "DELETE"}) {
    SUBCASE(mode.c_str()) {
      SQLite::Database raw(beside.path, SQLite::OPEN_READWRITE);
      raw.exec("PRAGMA journal_mode = " + mode);
      raw.exec("CREATE TABLE t (i)");
      CHECK(fs::exists(journal) == (mode != "DELETE"));
      raw.exec("BEGIN; INSERT INTO t VALUES (1)");  // a journal that is in use
      CHECK(open_store(beside.path)->connect(Access::read_only)->log().newest().id == EntryId{0});
      raw.exec("COMMIT");
      CHECK_NOTHROW(write());
    }
  }
}

}  // namespace
}  // namespace crier::test
