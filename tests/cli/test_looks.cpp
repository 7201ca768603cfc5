// SPDX-License-Identifier: MIT
// Looks by a user who may not write the database, while nobody has it open and after its last user
// was killed: he leaves no file behind, with which the owner could not go on.
#include "cli/cluster.hpp"
#include "cli/database.hpp"
#include "cli/writers.hpp"
#include "support/entries.hpp"
#include "support/forked.hpp"
#include "support/unprivileged.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace crier::test {
namespace {

namespace fs = std::filesystem;

constexpr uid_t kOwner = 4711;

const std::vector<Args> kLooks{{"list"},
                               {"show", "1"},
                               {"replay", "1", "--dry-run"},
                               {"status"},
                               {"nodes"},
                               {"doctor"},
                               {"metrics"},
                               {"failures"},
                               {"refreshers"},
                               {"events"},
                               {"explain", "7c9e6679-7425-40de-944b-e07fc1f90ae7", "42"},
                               {"cache", "stats"},
                               {"cache", "get", "x"},
                               {"cache", "list"},
                               {"wait", "1", "--timeout", "1ms"},
                               {"prune", "--older-than", "2d", "--dry-run"},
                               {"migrate", "--dry-run"},
                               {"migrate"}};

bool is_root() {
  if (geteuid() != 0) {
    MESSAGE("SKIPPED: only root can make files of two users");
  }
  return geteuid() == 0;
}

// Of the owner's, readable by all, in a folder where all may write; with two entries.
struct Shared {
  Database database;

  Shared() {
    put_old(database, 2);
    fs::remove(database.path() + "-doorbell");
    fs::permissions(database.folder().path(), fs::perms::all);
    fs::permissions(database.path(), fs::perms(0644));
    REQUIRE(chown(database.path().c_str(), kOwner, kOwner) == 0);
  }
  void leave_a_log() const {
    Forked killed([&] {
      const bool is_owner = seteuid(kOwner) == 0;
      const auto connection = open_store(database.path())->connect(Access::read_write);
      append(*connection, new_entry("[]"));
      return is_owner ? std::raise(SIGKILL) : 1;
    });
    REQUIRE(killed.wait() == -SIGKILL);
  }
  // Whatever stands there is the owner's, and he goes on.
  void check_nothing_is_left() const {
    for (const auto& file : fs::directory_iterator(database.folder().path())) {
      struct stat status {};
      REQUIRE(stat(file.path().c_str(), &status) == 0);
      CAPTURE(file.path());
      CHECK(status.st_uid == kOwner);
    }
    REQUIRE(seteuid(kOwner) == 0);
    CHECK(database.run({"send", "--refresher", kProducts, "--all", "--force"}).code == 0);
    REQUIRE(seteuid(0) == 0);
  }
};

TEST_CASE("a look of any kind by who may not write leaves nothing behind") {
  if (!is_root()) {
    return;
  }
  bool has_log = false;
  bool has_index = true;
  SUBCASE("of a database that nobody has open") {}
  SUBCASE("of one whose log was left") { has_log = true; }
  SUBCASE("of one whose log was left, without its index") {
    has_log = true;
    has_index = false;
  }
  const Shared shared;
  if (has_log) {
    shared.leave_a_log();
    fs::remove(shared.database.path() + (has_index ? "-none" : "-shm"));
  }
  {
    const Unprivileged nobody;
    for (const auto& commands : {kLooks, kWriters}) {
      for (const Args& args : commands) {
        CAPTURE(args.front());
        const Outcome outcome = shared.database.run(args);
        CAPTURE(outcome);
        CHECK((has_index || outcome.code != 0 || args.back() == "--dry-run"));
        CHECK((outcome.out + outcome.err).find("SQLite code") == std::string::npos);
      }
    }
    if (has_index) {
      RunningTool tail({"tail"}, shared.database.url());
      RunningTool node({"node", "--read-only", "--name", "web-1"}, shared.database.url());
      CHECK(node.says("from entry "));
    }
  }
  shared.check_nothing_is_left();
}

}  // namespace
}  // namespace crier::test
