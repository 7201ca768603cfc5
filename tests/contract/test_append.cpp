// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/memory_store.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

namespace crier::test {
namespace {

TEST_CASE("an append gives back what was put in, under the id that it returned") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open()->connect(Access::read_write);
    const std::string odd = "[\"ünï\\u0000 'q' \\\"{x,NULL}\"]\n";
    const EntryId id = append(*connection, {"host/app [P1/D1] AB", 3, odd});

    const std::optional<Entry> entry = connection->log().find(id);
    REQUIRE(entry);
    CHECK(id == EntryId{1});
    CHECK(entry->id == id);
    CHECK(entry->originated == "host/app [P1/D1] AB");
    CHECK(entry->instruction_count == 3);
    CHECK(entry->json_instruction == odd);
  });
}

TEST_CASE("an entry is stamped by the database, to the millisecond") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open()->connect(Access::read_write);
    const EntryId id = append(*connection, new_entry("[]"));
    const std::string stamp = connection->log().find(id)->utc_stamp;
    const std::string shape = "2000-00-00 00:00:00.000";
    REQUIRE(stamp.size() == shape.size());
    for (std::size_t i = 0; i < shape.size(); ++i) {
      const bool digit = stamp[i] >= '0' && stamp[i] <= '9';
      const bool expected = shape[i] >= '0' && shape[i] <= '9' ? digit : stamp[i] == shape[i];
      CHECK_MESSAGE(expected, stamp);
    }
    CHECK(stamp > "2026");
  });
}

TEST_CASE("entries that are appended together get consecutive ids, and the last is returned") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open()->connect(Access::read_write);
    append(*connection, new_entry("[0]"));
    const std::vector entries = {new_entry("[1]"), new_entry("[2]"), new_entry("[3]")};
    CHECK(connection->log().append(entries) == EntryId{4});
    CHECK(all_ids(*connection) == Ids{1, 2, 3, 4});
    CHECK(connection->log().find({3})->json_instruction == "[2]");
  });
}

TEST_CASE("an append is all or nothing, leaves no hole, and leaves the connection usable") {
  on_each_store([](TestStore& store) {
    store.refuse("nobody");
    const auto connection = store.open()->connect(Access::read_write);
    append(*connection, new_entry("[1]"));

    const std::vector entries = {new_entry("[2]"), new_entry("[3]", 1, "nobody"), new_entry("[4]")};
    const Error error = error_of([&] { connection->log().append(entries); });
    CHECK(error.operation() == "append");
    CHECK_FALSE(error.retryable());
    CHECK(all_ids(*connection) == Ids{1});

    append(*connection, new_entry("[5]"));
    CHECK(all_ids(*connection) == Ids{1, 2});
  });
}

TEST_CASE("an id is never used again, even where the newest entries were deleted") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open()->connect(Access::read_write);
    connection->log().append(std::vector(3, new_entry("[]")));
    store.execute("DELETE FROM crierCacheInstruction WHERE id >= 2");
    CHECK(append(*connection, new_entry("[]")) == EntryId{4});
    store.execute("DELETE FROM crierCacheInstruction");
    CHECK(append(*connection, new_entry("[]")) == EntryId{5});
  });
}

TEST_CASE("appending nothing is refused") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open()->connect(Access::read_write);
    CHECK(error_of([&] { connection->log().append({}); }).invalid_argument());
  });
}

TEST_CASE("a connection for reading only refuses to write, and reads") {
  on_each_store([](TestStore& store) {
    const auto opened = store.open();
    append(*opened->connect(Access::read_write), new_entry("[]"));
    const auto reader = opened->connect(Access::read_only);
    CHECK(error_of([&] { append(*reader, new_entry("[]")); }).operation() == "append");
    CHECK(all_ids(*reader) == Ids{1});
  });
}

TEST_CASE("a store without transactions of applications refuses them") {
  MemoryStore store;
  const Error error =
      error_of([&] { store.append_in(ApplicationConnection(), std::vector{new_entry("[]")}); });
  CHECK(error.invalid_argument());
  CHECK(error.operation() == "append");
  CHECK(store.rows().empty());
}

TEST_CASE("a migrated database is current, and migrating again finds nothing to do") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open()->connect(Access::read_write);
    const SchemaStatus status = connection->schema().status();
    CHECK(status.state == SchemaState::current);
    CHECK(status.version == status.understood);
    CHECK(status.advice.empty());
    CHECK(connection->schema().pending().empty());
    CHECK(connection->schema().migrate().empty());
  });
}

}  // namespace
}  // namespace crier::test
