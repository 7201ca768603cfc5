// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "support/entries.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>

namespace crier::test {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

TEST_CASE("an empty log has nothing to read") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open()->connect(Access::read_only);
    InstructionLog& log = connection->log();
    CHECK(log.newest() == Cursor{});
    CHECK_FALSE(log.bounds());
    CHECK_FALSE(log.find({1}));
    CHECK(log.read_before({kMost}, 10).empty());
    CHECK(log.backlog({}, 10) == 0);
    const Page page = log.read_after({});
    CHECK_FALSE(page.anchor);
    CHECK(page.entries.empty());
  });
}

TEST_CASE("a read after an id brings that row's fingerprint and the entries that follow") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open()->connect(Access::read_write);
    InstructionLog& log = connection->log();
    log.append(std::vector{new_entry("[1]", 7), new_entry("[2]"), new_entry("[3]")});

    const Page page = log.read_after({1});
    CHECK(page.anchor == log.find({1})->fingerprint());
    CHECK(ids_of(page.entries) == Ids{2, 3});
    CHECK(page.entries.at(0) == log.find({2}));

    const Page last = log.read_after({3});
    CHECK(last.anchor == log.find({3})->fingerprint());
    CHECK(last.entries.empty());

    const Page first = log.read_after({});
    CHECK_FALSE(first.anchor);
    CHECK(ids_of(first.entries) == Ids{1, 2, 3});
  });
}

TEST_CASE("two places in the log are known without what stands there") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open()->connect(Access::read_write);
    InstructionLog& log = connection->log();
    CHECK_FALSE(log.heads({}).here);
    CHECK_FALSE(log.heads({}).next);
    log.append(std::vector{new_entry("[1]", 7), new_entry("[2]"), new_entry("[3]")});
    const auto at = [&](std::int64_t id) { return Cursor{{id}, log.find({id})->fingerprint()}; };
    CHECK_FALSE(log.heads({}).here);
    CHECK(log.heads({}).next == EntryId{1});
    CHECK(log.heads({1}).here == at(1));
    CHECK(log.heads({1}).next == EntryId{2});
    CHECK(log.heads({3}).here == at(3));
    CHECK_FALSE(log.heads({3}).next);
    store.execute("DELETE FROM crierCacheInstruction WHERE id = 1");
    CHECK_FALSE(log.heads({1}).here);
    CHECK(log.heads({1}).next == EntryId{2});
  });
}

TEST_CASE("a read after a row that is gone has no anchor") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open()->connect(Access::read_write);
    connection->log().append(std::vector(4, new_entry("[]")));
    store.execute("DELETE FROM crierCacheInstruction WHERE id = 2");
    const Page page = connection->log().read_after({2});
    CHECK_FALSE(page.anchor);
    CHECK(ids_of(page.entries) == Ids{3, 4});
    CHECK_FALSE(connection->log().read_after({9}).anchor);
  });
}

TEST_CASE("a read stops at the limit of entries") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open()->connect(Access::read_write);
    InstructionLog& log = connection->log();
    log.append(std::vector(5, new_entry("[]")));
    CHECK(ids_of(log.read_after({}, {2}).entries) == Ids{1, 2});
    CHECK(ids_of(log.read_after({2}, {2}).entries) == Ids{3, 4});
    CHECK(log.read_after({2}, {2}).anchor);
    CHECK(ids_of(log.read_after({3}, {0}).entries) == Ids{4});
    CHECK(log.read_after({}, {4}).more);
    CHECK_FALSE(log.read_after({}, {6}).more);
    CHECK_FALSE(log.read_after({5}, {6}).more);
  });
}

TEST_CASE("a page that is filled again holds what was read last, and nothing else") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open()->connect(Access::read_write);
    InstructionLog& log = connection->log();
    log.append(std::vector(5, new_entry("[1]")));
    Page page;
    log.read_after({1}, {3}, page);
    CHECK(page.more);
    CHECK(ids_of(page.entries) == Ids{2, 3, 4});
    log.read_after({4}, {3}, page);
    CHECK(page.anchor == log.find({4})->fingerprint());
    CHECK(page.entries == std::vector{log.find({5}).value()});
    CHECK_FALSE(page.more);
    log.read_after({9}, {3}, page);
    CHECK_FALSE(page.anchor);
    CHECK(page.entries.empty());
  });
}

TEST_CASE("a read stops at the limit of bytes, but brings one entry at the least") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open()->connect(Access::read_write);
    InstructionLog& log = connection->log();
    const std::string ten = "[\"123456\"]";
    log.append(std::vector(5, new_entry(ten)));
    CHECK(ids_of(log.read_after({}, {100, 29}).entries) == Ids{1, 2});
    CHECK(ids_of(log.read_after({}, {100, 30}).entries) == Ids{1, 2, 3});
    CHECK(log.read_after({}, {100, 30}).more);
    CHECK(ids_of(log.read_after({3}, {100, 1}).entries) == Ids{4});
  });
}

TEST_CASE("a read before an id goes back from it") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open()->connect(Access::read_write);
    InstructionLog& log = connection->log();
    log.append(std::vector(5, new_entry("[]")));
    CHECK(ids_of(log.read_before({4}, 2)) == Ids{3, 2});
    CHECK(ids_of(log.read_before({kMost}, SIZE_MAX)) == Ids{5, 4, 3, 2, 1});
    CHECK(log.read_before({1}, 9).empty());
    CHECK(log.read_before({4}, 0).empty());
    CHECK(log.read_before({4}, 1).at(0) == log.find({3}));
  });
}

TEST_CASE("the newest place and the bounds follow the log") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open()->connect(Access::read_write);
    InstructionLog& log = connection->log();
    log.append(std::vector(3, new_entry("[]")));
    store.execute("DELETE FROM crierCacheInstruction WHERE id = 1");
    CHECK(log.newest() == Cursor{{3}, log.find({3})->fingerprint()});
    REQUIRE(log.bounds());
    CHECK(log.bounds()->oldest == EntryId{2});
    CHECK(log.bounds()->newest == EntryId{3});
  });
}

TEST_CASE("the backlog counts instructions, no count for none, and an absurd one as one") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open()->connect(Access::read_write);
    InstructionLog& log = connection->log();
    log.append(std::vector{new_entry("[]", 5), new_entry("[]", 0), new_entry("[]", -9)});
    CHECK(log.backlog({}, 100) == 6);
    CHECK(log.backlog({1}, 100) == 1);
    CHECK(log.backlog({2}, 100) == 1);
    CHECK(log.backlog({3}, 100) == 0);
  });
}

TEST_CASE("the backlog stops above its limit") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open()->connect(Access::read_write);
    InstructionLog& log = connection->log();
    log.append(std::vector(50, new_entry("[]")));
    CHECK(log.backlog({}, 10) == 11);
    CHECK(log.backlog({}, 49) == 50);
    CHECK(log.backlog({}, 50) == 50);
    log.append(std::vector(2, new_entry("[]", kMost)));
    CHECK(log.backlog({}, kMost) == kMost);
  });
}

TEST_CASE("the backlog leaves out one origin, and looks at no more rows for that") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open()->connect(Access::read_write);
    InstructionLog& log = connection->log();
    log.append(std::vector{new_entry("[]", 1, "me"), new_entry("[]", 1, "Me"),
                           new_entry("[]", 1, "me "), new_entry("[]", 1, "")});
    CHECK(log.backlog({}, 100, "me") == 3);
    CHECK(log.backlog({}, 100) == 4);
    log.append(std::vector(20, new_entry("[]", 1, "me")));
    append(*connection, new_entry("[]"));
    CHECK(log.backlog({}, 100, "me") == 4);
    CHECK(log.backlog({4}, 10, "me") == 0);
  });
}

TEST_CASE("the backlog leaves out what one origin wrote in transactions, and no other's") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open()->connect(Access::read_write);
    InstructionLog& log = connection->log();
    log.append(std::vector{new_entry("[]", 1, "me/1"), new_entry("[]", 1, "me/"),
                           new_entry("[]", 1, "mex"), new_entry("[]", 1, "mex/1"),
                           new_entry("[]", 1, "Me/1"), new_entry("[]", 1, "/1")});
    CHECK(log.backlog({}, 100, "me") == 4);
    CHECK(log.backlog({}, 100, "me/1") == 5);
    CHECK(log.backlog({}, 100) == 6);
  });
}

TEST_CASE("what an entry says is part of its fingerprint, however long it is") {
  on_each_store([](TestStore& store) {
    for (const std::size_t size : {10U, 100'000U}) {
      CAPTURE(size);
      const auto connection = store.open()->connect(Access::read_write);
      InstructionLog& log = connection->log();
      std::string json = '"' + std::string(size, 'a') + '"';
      const EntryId id = append(*connection, new_entry(json));
      const auto first = log.read_after(id).anchor;
      CHECK(first == log.find(id)->fingerprint());
      CHECK(log.newest() == Cursor{id, *first});
      store.execute("UPDATE crierCacheInstruction SET originated = originated WHERE id = 1");
      CHECK(log.read_after(id).anchor == first);
      CHECK(log.read_after(id).anchor == first);
      json[size / 2] = 'b';
      store.execute("UPDATE crierCacheInstruction SET jsonInstruction = '" + json +
                    "' WHERE id = " + id.to_string());
      const auto changed = log.read_after(id).anchor;
      CHECK(changed);
      CHECK(changed != first);
      CHECK(changed == log.find(id)->fingerprint());
      CHECK(log.read_after(id).anchor == changed);
      // Of several that are read in turns, each has its own.
      append(*connection, new_entry("[]"));
      CHECK(log.read_after({id.value + 1}).anchor != changed);
      CHECK(log.read_after(id).anchor == changed);
    }
  });
}

TEST_CASE("a log's lineage is the same for as long as its table is") {
  on_each_store([](TestStore& store) {
    const auto opened = store.open();
    const auto connection = opened->connect(Access::read_only);
    InstructionLog& log = connection->log();
    const auto writer = opened->connect(Access::read_write);
    append(*writer, new_entry("[1]"));
    const std::uint64_t lineage = log.read_after({}).lineage;
    CHECK(lineage != 0);
    append(*writer, new_entry("[2]"));
    CHECK(log.read_after({1}).lineage == lineage);
    CHECK(log.read_after({2}).lineage == lineage);
    CHECK(opened->connect(Access::read_only)->log().read_after({2}).lineage == lineage);
    store.execute(
        "BEGIN; CREATE TABLE kept AS SELECT * FROM crierCacheInstruction;"
        "ALTER TABLE crierCacheInstruction RENAME TO gone; ALTER TABLE kept RENAME TO "
        "crierCacheInstruction; COMMIT");
    const Page page = opened->connect(Access::read_only)->log().read_after({2});
    CHECK(page.anchor == log.read_after({2}).anchor);
    CHECK(page.lineage != lineage);
    CHECK(page.lineage != 0);
    CHECK(log.read_after({2}).lineage == page.lineage);
  });
}

}  // namespace
}  // namespace crier::test
