// SPDX-License-Identifier: MIT
// Entries are handed over with the ring, across stores and processes; the log is what counts.
#include <crier/admin/store.hpp>

#include "contract/doorbell_fixture.hpp"
#include "support/entries.hpp"
#include "support/eventually.hpp"
#include "support/forked.hpp"
#include "support/unprivileged.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace crier::test {
namespace {

namespace fs = std::filesystem;

struct HandOverFixture : DoorbellFixture {
  std::unique_ptr<Store> listener = open();
  std::unique_ptr<Connection> log = open()->connect(Access::read_write);
  Cursor first;  // the entry that is there
  Entry entry;

  HandOverFixture() {
    publish({new_entry("[]")});
    first = log->log().newest();
    static_cast<void>(listener->wakeup().mark());
  }
  /// As another process, which knows nothing yet of who listens.
  void publish(const std::vector<NewEntry>& entries) const {
    open()->connect(Access::read_write)->log().append(entries);
  }
  [[nodiscard]] bool takes(const Cursor& after) {
    return listener->wakeup().take(after, entry).has_value();
  }
};

TEST_CASE_FIXTURE(HandOverFixture,
                  "ring: what is appended is handed over as it stands in the log") {
  const std::vector<NewEntry> entries{new_entry("[1]"), new_entry(R"([{"a":"\u00e9"}])")};
  publish({entries[0]});
  publish(entries);
  Cursor at = first;
  for (std::int64_t id = 2; id <= 4; ++id) {
    REQUIRE(takes(at));
    CHECK(entry == log->log().find({id}));
    at = {entry.id, entry.fingerprint()};
  }
  CHECK_FALSE(takes(at));
}

TEST_CASE_FIXTURE(DoorbellFixture, "ring: across processes") {
  const auto publish = [&](const std::string& json) {
    return append(*open()->connect(Access::read_write), new_entry(json));
  };
  publish("[]");
  const Cursor first = open()->connect(Access::read_only)->log().newest();
  const auto listener = open();
  static_cast<void>(listener->wakeup().mark());
  Forked other([&] {
    publish("[1]");
    return 0;
  });
  REQUIRE(other.wait() == 0);
  Entry entry;
  REQUIRE(listener->wakeup().take(first, entry).has_value());
  CHECK(entry.json_instruction == "[1]");
}

TEST_CASE_FIXTURE(HandOverFixture,
                  "ring: an entry follows the row that stands before it in the log") {
  publish({new_entry("[1]")});
  REQUIRE(takes(first));
  const Cursor old{entry.id, entry.fingerprint()};
  {
    SQLite::Database database(file.string(), SQLite::OPEN_READWRITE);
    database.exec(
        "DELETE FROM crierCacheInstruction WHERE id = 2; UPDATE sqlite_sequence SET seq = 1 "
        "WHERE name = 'crierCacheInstruction'; INSERT INTO crierCacheInstruction "
        "(jsonInstruction, originated) VALUES ('[2]', 'restored')");
  }
  publish({new_entry("[3]")});
  CHECK_FALSE(takes(old));
  CHECK(takes({{2}, log->log().find({2})->fingerprint()}));
}

TEST_CASE_FIXTURE(HandOverFixture, "ring: what is too large, or too much, is left to the log") {
  publish({new_entry('"' + std::string(2000, 'x') + '"')});
  CHECK_FALSE(takes(first));
  const Cursor end = log->log().newest();
  publish(std::vector<NewEntry>(17, new_entry("[]")));
  CHECK_FALSE(takes(end));
  CHECK(log->log().newest().id == EntryId{19});
}

// Nor is it read back when the next one is appended, which follows it.
TEST_CASE_FIXTURE(HandOverFixture,
                  "ring: what follows a large one by the same publisher is left to the log") {
  const auto publisher = open();
  const auto connection = publisher->connect(Access::read_write);
  const std::jthread sleeper([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      listener->wakeup().wait(listener->wakeup().mark(), std::chrono::milliseconds(10));
    }
  });
  REQUIRE(eventually([&] {  // for some time it takes it that somebody listens
    append(*connection, new_entry("[]"));
    return publisher->wakeup().hands_over();
  }));
  append(*connection, new_entry('"' + std::string(2000, 'x') + '"'));
  const Cursor large = log->log().newest();
  append(*connection, new_entry("[1]"));
  CHECK_FALSE(takes(large));
  const Cursor end = log->log().newest();
  append(*connection, new_entry("[2]"));
  CHECK(takes(end));
}

TEST_CASE_FIXTURE(HandOverFixture, "ring: it can be switched off") {
  const auto off = open_store("sqlite:" + file.string() + "?ring=off");
  append(*off->connect(Access::read_write), new_entry("[1]"));
  CHECK_FALSE(off->wakeup().hands_over());
  CHECK_FALSE(takes(first));
  const Cursor end = log->log().newest();
  publish({new_entry("[2]")});
  CHECK(takes(end));
  CHECK_FALSE(off->wakeup().take(end, entry).has_value());
}

TEST_CASE_FIXTURE(HandOverFixture, "ring: who may only read the database takes from it") {
  publish({new_entry("[1]")});
  fs::permissions(dir.path(), fs::perms(0755));
  fs::permissions(file, fs::perms(0644));
  fs::permissions(bell, fs::perms(0644));
  const Unprivileged user;
  const auto reader = open();
  static_cast<void>(reader->wakeup().mark());
  CHECK(reader->wakeup().trouble().find("wakes nobody") != std::string::npos);
  CHECK(reader->wakeup().take(first, entry).has_value());
}

TEST_CASE_FIXTURE(HandOverFixture, "ring: rings are told apart by whether they bring entries") {
  auto came = [&, last = listener->wakeup().rings()]() mutable {
    const Wakeup::Rings before = std::exchange(last, listener->wakeup().rings());
    return std::pair(last.with_entries - before.with_entries, last.without - before.without);
  };
  using Pair = std::pair<std::uint32_t, std::uint32_t>;
  publish({new_entry("[1]")});
  publish({new_entry("[1]"), new_entry("[2]")});
  CHECK(came() == Pair{2, 0});
  publish({new_entry('"' + std::string(2000, 'x') + '"')});
  CHECK(came() == Pair{0, 1});
  open()->wakeup().ring();
  CHECK(came() == Pair{0, 1});
}

// What an application commits with its own data is handed over once that is done.
TEST_CASE_FIXTURE(HandOverFixture, "ring: what was committed by other means can be handed over") {
  SQLite::Database database(file.string(), SQLite::OPEN_READWRITE);
  database.exec(
      "INSERT INTO crierCacheInstruction (jsonInstruction, originated) VALUES ('[1]', 'mine')");
  CHECK(open()->connect(Access::read_write)->log().hand_over({2}, 1));
  REQUIRE(takes(first));
  CHECK(entry == log->log().find({2}));
}

// As if the database had been closed to others after it was made, or the file been made by others.
TEST_CASE_FIXTURE(HandOverFixture,
                  "ring: no entry is laid where more may read or write than may the database") {
  fs::permissions(file, fs::perms(0640));
  for (const unsigned mode : {0660U, 0644U, 0642U}) {
    CAPTURE(mode);
    fs::permissions(bell, fs::perms(mode));
    const Cursor end = log->log().newest();
    publish({new_entry("[1]")});
    listener = open();
    static_cast<void>(listener->wakeup().mark());
    CHECK_FALSE(takes(end));
    fs::permissions(bell, fs::perms(0640));
    listener = open();
    static_cast<void>(listener->wakeup().mark());
    CHECK_FALSE(takes(end));  // nobody has laid it there
    publish({new_entry("[1]")});
    CHECK(takes(log->log().heads({end.id.value + 1}).here.value()));
  }
}

TEST_CASE_FIXTURE(HandOverFixture, "ring: nothing is handed over for long if nobody is woken") {
  const auto publisher = open();
  const auto connection = publisher->connect(Access::read_write);
  CHECK(publisher->wakeup().hands_over());
  append(*connection, new_entry("[1]"));
  CHECK(takes(first));
  CHECK_FALSE(publisher->wakeup().hands_over());
  publisher->wakeup().ring();  // which wakes who looks, perhaps itself alone
  CHECK_FALSE(publisher->wakeup().hands_over());
  const Cursor end = log->log().newest();
  append(*connection, new_entry("[2]"));
  CHECK_FALSE(takes(end));
}

}  // namespace
}  // namespace crier::test
