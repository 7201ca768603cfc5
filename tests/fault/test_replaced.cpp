// SPDX-License-Identifier: MIT
// The log is no longer the one that the nodes have read.
#include "fault/crew.hpp"
#include "support/errors.hpp"

#include <SQLiteCpp/Backup.h>

#include <functional>

namespace crier::test {
namespace {

namespace fs = std::filesystem;

constexpr int kBefore = 5;  // entries that stand in the log when it happens

struct ReplacedFixture : Crew {
  const fs::path other = dir / "other.db";

  // Another database, with so many entries.
  void make_other(int entries) const {
    const auto connection = open_store(other.string())->connect(Access::create);
    connection->schema().migrate();
    for (int i = 0; i < entries; ++i) {
      append(*connection, new_entry("[]", 1, "another program"));
    }
  }
  // What stands in the database now.
  void copy_to_other() const { run_sql("VACUUM INTO '" + other.string() + "'"); }
  void remove_database() const {
    for (const char* suffix : {"", "-wal", "-shm"}) {
      fs::remove(file.string() + suffix);
    }
  }
  // As `sqlite3 shop.db '.restore other.db'`: through SQLite, in one transaction.
  void restore_in_place() const {
    SQLite::Database to(file, SQLite::OPEN_READWRITE, 20'000);
    SQLite::Database from(other, SQLite::OPEN_READONLY);
    SQLite::Backup(to, from).executeStep(-1);
  }
  void put_other_in_place() const {
    remove_database();
    fs::rename(other, file);
  }

  // `disaster` befalls a log of kBefore entries that three nodes have read.
  void leads_to_resync(const std::string& reason, const std::function<void()>& prepare,
                       const std::function<void()>& disaster) {
    join_all(3);
    for (int i = 1; i <= kBefore - 2; ++i) {
      write(i);
    }
    prepare();
    REQUIRE(all_have(write(kBefore - 1)));
    REQUIRE(all_have(members[0]->node->cache().refresh(kProducts, kBefore)));
    for (const auto& member : members) {
      member->record.take();
    }
    disaster();
    for (const auto& member : members) {
      CAPTURE(member->node->name());
      CHECK(
          eventually([&] { return has_beginning(member->observer->record, "resync " + reason); }));
      CHECK(has(member->record, "products all"));
    }
    // A connection to what is gone refuses; the next one is to what is there.
    try {
      members[0]->node->cache().refresh(kProducts, 100);
    } catch (const Error& error) {
      CHECK(error.replaced());
    }
    members[2]->record.take();
    CHECK(all_have(members[0]->node->cache().refresh(kProducts, 101)));
    // By itself, or in a full refresh: the log that is there now may have a hole before it.
    CHECK((has(members[2]->record, "products refresh 101") ||
           has(members[2]->record, "products all")));
    CHECK(is_sound());
  }
};

TEST_CASE_FIXTURE(ReplacedFixture, "a database that is moved away, and another put in its place") {
  leads_to_resync(
      "replaced", [&] { make_other(1); },
      [&] {
        fs::rename(file, dir / "moved.db");
        put_other_in_place();
      });
}

TEST_CASE_FIXTURE(ReplacedFixture, "a database that is moved away, and back") {
  leads_to_resync(
      "replaced", [] {},
      [&] {
        fs::rename(file, dir / "moved.db");
        for (const auto& member : members) {
          REQUIRE(
              eventually([&] { return has_beginning(member->observer->record, "poll failed"); }));
        }
        fs::rename(dir / "moved.db", file);
      });
}

TEST_CASE_FIXTURE(ReplacedFixture, "a database that is removed, and made anew") {
  leads_to_resync(
      "replaced", [] {},
      [&] {
        remove_database();
        connect()->schema().migrate();
      });
}

TEST_CASE_FIXTURE(ReplacedFixture, "an older copy is put in the database's place") {
  leads_to_resync(
      "replaced", [&] { copy_to_other(); }, [&] { put_other_in_place(); });
}

TEST_CASE_FIXTURE(ReplacedFixture, "an older copy that has grown past the position since") {
  leads_to_resync(
      "replaced",
      [&] {
        copy_to_other();
        const auto connection = open_store(other.string())->connect(Access::read_write);
        connection->log().append(std::vector<NewEntry>(10, new_entry("[]")));
      },
      [&] { put_other_in_place(); });
}

TEST_CASE_FIXTURE(ReplacedFixture, "an older copy is restored in place, shorter") {
  leads_to_resync(
      "anchor_gone", [&] { copy_to_other(); }, [&] { restore_in_place(); });
}

TEST_CASE_FIXTURE(ReplacedFixture, "an older copy is restored in place, grown past the position") {
  leads_to_resync(
      "anchor_changed",
      [&] {
        copy_to_other();
        const auto connection = open_store(other.string())->connect(Access::read_write);
        connection->log().append(std::vector<NewEntry>(10, new_entry("[]")));
      },
      [&] { restore_in_place(); });
}

TEST_CASE_FIXTURE(ReplacedFixture, "a database file that is cut to nothing, and made anew") {
  leads_to_resync(
      "replaced", [] {},
      [&] {
        fs::resize_file(file, 0);
        for (const auto& member : members) {
          REQUIRE(eventually([&] {
            return has_beginning(member->observer->record, "poll failed") ||
                   has_beginning(member->observer->record, "resync replaced");
          }));
        }
        // Old connections may have written there what they still had.
        remove_database();
        connect()->schema().migrate();
      });
}

TEST_CASE_FIXTURE(ReplacedFixture, "the log is emptied by hand") {
  leads_to_resync(
      "anchor_gone", [] {}, [&] { run_sql("DELETE FROM crierCacheInstruction"); });
}

TEST_CASE_FIXTURE(ReplacedFixture, "the table is dropped and made anew") {
  std::string insert;
  std::string reason = "anchor_gone";
  SUBCASE("empty") {}
  SUBCASE("with more entries than before") {
    reason = "anchor_changed";
    for (int i = 0; i < 2 * kBefore; ++i) {
      insert +=
          "INSERT INTO crierCacheInstruction (jsonInstruction, originated) VALUES ('[]', 'x');";
    }
  }
  leads_to_resync(
      reason, [] {},
      [&] {
        SQLite::Database database(file, SQLite::OPEN_READWRITE, 20'000);
        const std::string ddl =
            database
                .execAndGet("SELECT sql FROM sqlite_schema WHERE name = 'crierCacheInstruction'")
                .getString();
        database.exec("BEGIN IMMEDIATE; DROP TABLE crierCacheInstruction; " + ddl + ";" + insert +
                      "COMMIT");
      });
}

TEST_CASE_FIXTURE(ReplacedFixture,
                  "a publish into a database that was moved is refused, not lost") {
  Member& member = join(quick("node"));
  member.node->cache().refresh(kProducts, 1);
  fs::rename(file, dir / "moved.db");
  const Error refused = error_of([&] { member.node->cache().refresh(kProducts, 2); });
  CHECK(refused.replaced());
  // Nor is it written when the database comes back, before it is said again.
  fs::rename(dir / "moved.db", file);
  CHECK(connect()->log().newest().id == EntryId{1});
  CHECK(member.node->cache().refresh(kProducts, 3) == EntryId{2});
}

}  // namespace
}  // namespace crier::test
