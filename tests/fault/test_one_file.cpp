// SPDX-License-Identifier: MIT
// One file, one log: what makes two of it is refused, or noticed.
#include <crier/sqlitecpp.hpp>

#include "fault/crew.hpp"
#include "fault/disk.hpp"
#include "support/errors.hpp"

#include <array>
#include <fstream>
#include <functional>
#include <memory>
#include <string>

namespace crier::test {
namespace {

namespace fs = std::filesystem;

constexpr std::array kEveryAccess = {Access::read_only, Access::read_write, Access::create};

bool is_in(const std::string& words, const std::string& message) {
  return message.find(words) != std::string::npos;
}

// Nobody opens `path`, by which the database is reached beside its own.
void is_refused(const Crew& crew, const fs::path& path, const std::string& why) {
  for (const Access access : kEveryAccess) {
    const std::string message =
        message_of([&] { static_cast<void>(open_store(path.string())->connect(access)); });
    CHECK_MESSAGE(is_in("'" + path.string() + "' " + why, message), message);
  }
  SQLite::Database app(path, SQLite::OPEN_READWRITE, 20'000);
  app.exec("BEGIN");
  const auto store = open_store(crew.file.string());
  const Error error =
      error_of([&] { store->append_in(app.getHandle(), std::vector{new_entry("[]")}); });
  CHECK(is_in(why, error.what()));
}

TEST_CASE_FIXTURE(Crew, "one file: a database that is mounted without its folder is refused") {
  Mounts mounts;
  fs::create_directory(dir / "container");
  const fs::path there = dir / "container/shop.db";
  const std::ofstream made(there);
  if (!mounts.shown(file, there)) {
    return;
  }
  is_refused(*this, there, "is mounted by itself, without its folder");
  CHECK(write(1) == EntryId{1});
  Options options = quick("node");
  options.store = there;
  const std::string message = message_of([&] { join(options); });
  CHECK_MESSAGE(is_in("mount the folder in its place", message), message);
}

TEST_CASE_FIXTURE(Crew, "one file: a folder that is mounted is as good as any") {
  Mounts mounts;
  fs::create_directory(dir / "data");
  fs::rename(file, dir / "data/shop.db");
  fs::create_directory(dir / "container");
  if (!mounts.shown(dir / "data", dir / "container")) {
    return;
  }
  for (const char* const folder : {"data", "container"}) {
    Options options = quick(folder);
    options.store = (dir / folder / "shop.db").string() + "?deadline=20s";
    join(options);
  }
  CHECK(all_have(members[0]->node->cache().refresh(kProducts, 1)));
  CHECK(all_have(members[1]->node->cache().refresh(kProducts, 2)));
}

TEST_CASE_FIXTURE(Crew, "one file: a database that has two names is refused") {
  const fs::path other = dir / "other.db";
  fs::create_hard_link(file, other);
  is_refused(*this, other, "has 2 names (hard links)");
  is_refused(*this, file, "has 2 names (hard links)");
  fs::remove(other);
  CHECK(write(1) == EntryId{1});
}

TEST_CASE_FIXTURE(Crew, "one file: links that lead to a database lead to its log") {
  fs::create_symlink("shop.db", dir / "link.db");
  join(quick("a"));
  Options linked = quick("b");
  linked.store = (dir / "link.db").string() + "?deadline=20s";
  join(linked);
  CHECK(all_have(members[0]->node->cache().refresh(kProducts, 1)));
  CHECK(all_have(members[1]->node->cache().refresh(kProducts, 2)));
}

// What becomes of the files beside the database.
struct LostLogFixture : Crew {
  void lose(bool by_rename = false) const {
    for (const char* suffix : {"-wal", "-shm"}) {
      if (by_rename) {
        fs::rename(file.string() + suffix, dir.path() / (std::string("old") + suffix));
      } else {
        fs::remove(file.string() + suffix);
      }
    }
  }
};

TEST_CASE_FIXTURE(LostLogFixture,
                  "one file: a write-ahead log that is gone is noticed by who is open") {
  auto one = connect();
  auto other = connect();
  append(*one, new_entry("[1]"));
  lose();
  const Error appended = error_of([&] { append(*one, new_entry("[2]")); });
  CHECK(appended.replaced());
  CHECK(is_in("its -wal and -shm files", appended.what()));
  CHECK(error_of([&] { one->log().read_after({1}); }).replaced());
  // As long as SQLite has the old one open, nobody may begin a new one.
  one.reset();
  const Error opened = error_of([&] { static_cast<void>(connect()); });
  CHECK(opened.retryable());
  CHECK(is_in("was removed, and this process has connections", opened.what()));
  other.reset();
  CHECK(append(*connect(), new_entry("[2]")) == EntryId{2});
}

TEST_CASE_FIXTURE(LostLogFixture, "one file: … by the application's own connection, too") {
  auto app = std::make_unique<SQLite::Database>(file, SQLite::OPEN_READWRITE, 20'000);
  app->exec("CREATE TABLE price (text)");
  lose();
  CHECK(error_of([&] { static_cast<void>(connect()); }).retryable());
  app.reset();
  CHECK(append(*connect(), new_entry("[1]")) == EntryId{1});
}

TEST_CASE_FIXTURE(LostLogFixture,
                  "one file: nodes whose write-ahead log goes begin anew, all of them") {
  join_all(3);
  for (const auto& member : members) {
    REQUIRE(all_have(member->node->cache().refresh(kProducts, 1)));
  }
  static_cast<void>(members[0]->node->shared_cache().get("a"));
  static_cast<void>(members[1]->node->nodes());
  for (const auto& member : members) {
    member->record.take();
  }
  bool by_rename = false;
  SUBCASE("removed") {}
  SUBCASE("moved") { by_rename = true; }
  lose(by_rename);
  for (const auto& member : members) {
    CAPTURE(member->node->name());
    CHECK(eventually([&] { return has_beginning(member->observer->record, "resync replaced"); }));
    CHECK(has(member->record, "products all"));
  }
  EntryId last;
  CHECK(eventually([&] {
    try {
      last = members[0]->node->cache().refresh(kProducts, 100);
      return true;
    } catch (const Error& error) {
      CHECK((error.replaced() || error.retryable()));
      return false;
    }
  }));
  CHECK(all_have(last));
  CHECK(is_sound());
}

TEST_CASE_FIXTURE(LostLogFixture,
                  "one file: a publish into a write-ahead log that is gone is refused") {
  Options slow = quick("node");
  slow.poll_interval = 10min;
  slow.heartbeat_interval = 10s;
  Member& member = join(slow);
  member.node->cache().refresh(kProducts, 1);
  lose();
  CHECK(error_of([&] { member.node->cache().refresh(kProducts, 2); }).replaced());
}

}  // namespace
}  // namespace crier::test
