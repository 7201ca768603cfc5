// SPDX-License-Identifier: MIT
// A look at a database of another user's, which must not be in his way; and a database in a mode in
// which looks are in the way.
#include <crier/admin/store.hpp>

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
#include <grp.h>
#include <memory>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace crier::test {
namespace {

namespace fs = std::filesystem;

// A migrated database with one entry, which nobody has open; in a folder where all may write.
struct Closed {
  TempDir dir;
  const std::string path = dir / "shop.db";

  explicit Closed(uid_t owner) {
    write(new_entry("[]"), Access::create);
    fs::permissions(dir.path(), fs::perms::all);
    fs::permissions(path, fs::perms(0644));
    REQUIRE((owner == 0 || chown(path.c_str(), owner, owner) == 0));
  }
  void write(const NewEntry& entry, Access access = Access::read_write) const {
    const auto connection = open_store(path)->connect(access);
    connection->schema().migrate();
    append(*connection, entry);
  }
  [[nodiscard]] bool is_closed() const {
    return !fs::exists(path + "-wal") && !fs::exists(path + "-shm");
  }
};

constexpr uid_t kOwner = 4711;

void check_owner_writes(const Closed& database) {
  REQUIRE(seteuid(kOwner) == 0);
  CHECK_NOTHROW(database.write(new_entry("[]")));
  REQUIRE(seteuid(0) == 0);
}

bool is_root() {
  if (geteuid() != 0) {
    MESSAGE("SKIPPED: only root can make files of two users");
  }
  return geteuid() == 0;
}

TEST_CASE("a look by another user leaves no file behind that locks the owner out") {
  if (!is_root()) {
    return;
  }
  const Closed database(kOwner);
  {
    const Unprivileged nobody;
    const auto look = open_store(database.path)->connect(Access::read_only);
    CHECK(look->schema().status().state == SchemaState::current);
    CHECK(look->schema().status().warnings.empty());
    CHECK(look->nodes().list().empty());
    CHECK(all_ids(*look) == Ids{1});
    CHECK(database.is_closed());
    CHECK_THROWS_AS(append(*look, new_entry("[]")), Error);
    CHECK(database.is_closed());
  }
  check_owner_writes(database);
}

TEST_CASE("who may not write another's database leaves no file behind by trying, either") {
  if (!is_root()) {
    return;
  }
  const Closed database(kOwner);
  {
    const Unprivileged nobody;
    for (const Access access : {Access::read_write, Access::create}) {
      const auto connection = open_store(database.path)->connect(access);
      CHECK(all_ids(*connection) == Ids{1});
      CHECK(message_of([&] { append(*connection, new_entry("[]")); }) ==
            "can't write to '" + database.path + "': Permission denied");
    }
  }
  CHECK(database.is_closed());
  check_owner_writes(database);
}

TEST_CASE("a look by another user makes no index for a log that lacks it, and says so") {
  if (!is_root()) {
    return;
  }
  const Closed database(kOwner);
  Forked killed([&] {
    const bool is_owner = seteuid(kOwner) == 0;
    const auto connection = open_store(database.path)->connect(Access::read_write);
    append(*connection, new_entry("[1]"));
    return is_owner ? std::raise(SIGKILL) : 1;
  });
  REQUIRE(killed.wait() == -SIGKILL);
  {
    const Unprivileged nobody;  // with the index it is read
    CHECK(all_ids(*open_store(database.path)->connect(Access::read_only)) == Ids{1, 2});
  }
  fs::remove(database.path + "-shm");
  for (const bool may_write : {false, true}) {
    fs::permissions(database.path, fs::perms(may_write ? 0666 : 0644));
    const Unprivileged nobody;
    const Error error =
        error_of([&] { static_cast<void>(open_store(database.path)->connect(Access::read_only)); });
    CHECK(error.what() ==
          "the write-ahead log of '" + database.path +
              "' stands there without its index (-shm), and one that this user made the owner of "
              "the database could not write; run crier status as the owner, and try again");
    CHECK(error.retryable());
    CHECK_FALSE(fs::exists(database.path + "-shm"));
  }
  check_owner_writes(database);
  const Unprivileged nobody;
  CHECK(all_ids(*open_store(database.path)->connect(Access::read_only)) == Ids{1, 2, 3});
}

TEST_CASE("looks by another user while the owner opens and closes leave nothing of his behind") {
  if (!is_root()) {
    return;
  }
  const Closed database(kOwner);
  constexpr int kTimes = 300;
  Forked owner([&] {
    if (seteuid(kOwner) != 0) {
      return 1;
    }
    for (int i = 0; i < kTimes; ++i) {
      append(*open_store(database.path)->connect(Access::read_write), new_entry("[]"));
    }
    return 0;
  });
  std::optional<int> ended;
  {
    const Unprivileged nobody;
    while (!(ended = owner.wait_for(std::chrono::milliseconds(0)))) {
      try {
        static_cast<void>(all_ids(*open_store(database.path)->connect(Access::read_only)));
      } catch (const Error& error) {
        CHECK_MESSAGE((error.retryable() || error.replaced()), std::string(error.what()));
      }
    }
  }
  CHECK(ended == 0);
  for (const auto& file : fs::directory_iterator(database.dir.path())) {
    struct stat status {};
    REQUIRE(stat(file.path().c_str(), &status) == 0);
    CAPTURE(file.path());
    CHECK(status.st_uid != 65534);
  }
}

TEST_CASE("who may not write another's database makes no doorbell, and uses the one there is") {
  if (!is_root()) {
    return;
  }
  const Closed database(kOwner);
  const std::string bell = database.path + "-doorbell";
  fs::remove(bell);
  const auto look = open_store(database.path);
  const auto look_trouble = [&] {
    const Unprivileged nobody;
    look->wakeup().ring();
    static_cast<void>(look->wakeup().mark());
    return look->wakeup().trouble();
  };
  CHECK(look_trouble() ==
        "there is no '" + bell + "' yet, and who may not write the database makes none");
  CHECK_FALSE(fs::exists(bell));
  REQUIRE(seteuid(kOwner) == 0);
  const auto owner = open_store(database.path);
  owner->wakeup().ring();
  CHECK(owner->wakeup().trouble().empty());
  REQUIRE(seteuid(0) == 0);
  CHECK(look_trouble() == "can't write to '" + bell + "': this process is woken, but wakes nobody");
}

TEST_CASE("a doorbell that one of the group makes is the group's, so that the owner may ring it") {
  if (!is_root()) {
    return;
  }
  constexpr uid_t kMember = 4713;
  constexpr gid_t kGroup = 4712;
  const Closed database(0);
  const std::string bell = database.path + "-doorbell";
  fs::remove(bell);
  REQUIRE(chown(database.path.c_str(), kOwner, kGroup) == 0);
  fs::permissions(database.path, fs::perms(0660));
  const auto ring_as = [&](uid_t user, bool is_in_group) {
    Forked other([&] {
      const gid_t group = kGroup;
      if (setgroups(is_in_group ? 1 : 0, &group) != 0 || setegid(user) != 0 || seteuid(user) != 0) {
        return 2;
      }
      const auto store = open_store(database.path);
      store->wakeup().ring();
      return store->wakeup().trouble().empty() ? 0 : 1;
    });
    return other.wait();
  };
  SUBCASE("a member") { CHECK(ring_as(kMember, true) == 0); }
  SUBCASE("the owner, whose first group is another") { CHECK(ring_as(kOwner, true) == 0); }
  struct stat made {};
  REQUIRE(stat(bell.c_str(), &made) == 0);
  CHECK(made.st_gid == kGroup);
  CHECK((made.st_mode & 0777) == 0660);
  CHECK(ring_as(kMember, true) == 0);
  CHECK(ring_as(kOwner, true) == 0);
}

TEST_CASE(
    "a look by another user goes on when the owner opens the database, and sees what he does") {
  if (!is_root()) {
    return;
  }
  const Closed database(0);
  std::unique_ptr<Connection> look;
  {
    const Unprivileged nobody;
    look = open_store(database.path)->connect(Access::read_only);
    CHECK(all_ids(*look) == Ids{1});
  }
  database.write(new_entry("[1]"));  // and closes it: the log is merged, and gone again
  CHECK(database.is_closed());
  {
    const Unprivileged nobody;
    CHECK(all_ids(*look) == Ids{1, 2});
    CHECK(database.is_closed());
  }
  fs::permissions(database.path, fs::perms(0666));
  const auto owner = open_store(database.path)->connect(Access::read_write);
  append(*owner, new_entry("[2]"));
  {
    const Unprivileged nobody;
    CHECK(all_ids(*look) == Ids{1, 2, 3});
    CHECK(look->log().find({3})->json_instruction == "[2]");
  }
}

TEST_CASE("a database without a write-ahead log is told of, and gets one by migrating") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  const std::string copy = dir / "copy.db";
  open_store(path)->connect(Access::create)->schema().migrate();
  CHECK(open_store(path)->connect(Access::read_only)->schema().status().warnings.empty());
  SQLite::Database(path, SQLite::OPEN_READWRITE).exec("VACUUM INTO '" + copy + "'");
  const auto warnings = [&] {
    return open_store(copy)->connect(Access::read_only)->schema().status().warnings;
  };
  REQUIRE(warnings().size() == 1);
  CHECK(warnings().front() ==
        "the database '" + copy +
            "' has no write-ahead log (its journal mode is delete), so that whoever reads holds up "
            "publishes and beats; it gets one with: crier --store " +
            copy + " migrate");
  CHECK(open_store(copy)->connect(Access::read_write)->schema().migrate().empty());
  CHECK(warnings().empty());
}

}  // namespace
}  // namespace crier::test
