// SPDX-License-Identifier: MIT
#include <crier/error.hpp>
#include <crier/sqlitecpp.hpp>

#include "messenger/local_delivery.hpp"
#include "messenger/local_messenger.hpp"
#include "messenger_fixture.hpp"
#include "support/errors.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

namespace crier::test {
namespace {

// The facade over a log in SQLite, and a connection of the application's. The poller is the test.
struct TransactionFixture : MessengerFixture {
  TempDir dir;
  std::unique_ptr<Store> sqlite = open_store((dir / "shop.db").string());
  std::unique_ptr<Connection> connection = migrated();
  SQLite::Database app{dir / "shop.db", SQLite::OPEN_READWRITE};
  DatabaseMessenger riding = with({});
  DistributedCache riders{registry, riding};
  TransactionBatch batch = riders.batch_in(app);

  std::unique_ptr<Connection> migrated() const {
    auto created = sqlite->connect(Access::create);
    created->schema().migrate();
    return created;
  }
  DatabaseMessenger with(EntryLimits limits) {
    return {*sqlite, dispatcher, reporter, own, position, limits};
  }
  // Whether the poller would pass it.
  bool has_run(const std::string& originated, EntryId id) const {
    Entry entry;
    entry.id = id;
    entry.originated = originated;
    return own.contains(entry);
  }
  std::vector<Entry> rows() const { return connection->log().read_after({}).entries; }
};

}  // namespace

TEST_CASE_FIXTURE(TransactionFixture,
                  "transaction: nothing runs with the write, and all of it with committed()") {
  app.exec("BEGIN");
  batch.refresh(kProducts, 1);
  batch.refresh(kProducts, 2);
  batch.refresh(kProducts, 1);
  batch.refresh_by_payload<Price>(kPrices, std::vector<Price>{{7, "1.50"}});
  CHECK(batch.write() == EntryId{1});
  CHECK(batch.empty());
  CHECK_FALSE(batch.write());
  app.exec("COMMIT");
  CHECK(record.take().empty());
  CHECK(observer->record.take().empty());
  REQUIRE(rows().size() == 1);
  CHECK(rows()[0].instruction_count == 3);

  const std::uint64_t mark = sqlite->wakeup().mark();
  batch.committed();
  CHECK(record.take() == Lines{"products refresh 2", "products refresh 1", "prices 7=1.50"});
  CHECK(observer->record.take() == Lines{"published 1"});
  CHECK(sqlite->wakeup().mark() != mark);
  CHECK(message_of([&] { batch.committed(); }) ==
        "committed() was called already for what this batch has written");
  CHECK(record.take().empty());
}

TEST_CASE_FIXTURE(TransactionFixture,
                  "transaction: the poller passes what committed() has run, and that alone") {
  app.exec("BEGIN");
  batch.refresh(kProducts, 1);
  batch.write();
  batch.refresh(kProducts, 2);
  CHECK(batch.write() == EntryId{2});
  app.exec("COMMIT");
  // Each write has an origin of its own, and none is the node's.
  CHECK(rows()[0].originated == "me/1");
  CHECK(rows()[1].originated == "me/2");
  CHECK_FALSE(has_run("me/1", {1}));
  // Not before they have run: whoever looks meanwhile runs them, too.
  products->before = [&](const std::string& what) {
    CHECK_FALSE(has_run(what == "refresh 1" ? "me/1" : "me/2", {2}));
  };
  batch.committed();
  CHECK(record.take() == Lines{"products refresh 1", "products refresh 2"});
  CHECK(has_run("me/1", {1}));
  CHECK(has_run("me/2", {2}));
}

TEST_CASE_FIXTURE(TransactionFixture,
                  "transaction: committed() runs nothing that the poller has handled") {
  app.exec("BEGIN");
  batch.refresh(kProducts, 1);
  batch.write();
  app.exec("COMMIT");
  position.advance({{1}, {}});
  batch.committed();
  CHECK(record.take().empty());
  CHECK_FALSE(has_run("me/1", {1}));
  CHECK(reporter.counters().published == 1);
}

// The poller has yet to notice: meanwhile this node reads what it has written.
TEST_CASE_FIXTURE(TransactionFixture,
                  "transaction: in a log that was restored an old position says nothing") {
  position.advance({{7}, {}});
  app.exec("BEGIN");
  batch.refresh(kProducts, 1);
  CHECK(batch.write() == EntryId{1});
  app.exec("COMMIT");
  batch.committed();
  CHECK(record.take() == Lines{"products refresh 1"});
}

TEST_CASE_FIXTURE(TransactionFixture,
                  "transaction: committed() after a rollback says so, and runs nothing") {
  app.exec("BEGIN");
  batch.refresh(kProducts, 1);
  CHECK(batch.write() == EntryId{1});
  app.exec("ROLLBACK");
  const Error error = error_of([&] { batch.committed(); });
  CHECK(error.invalid_argument());
  CHECK(std::string(error.what()).find("was rolled back") != std::string::npos);
  CHECK(record.take().empty());
  batch.refresh(kProducts, 2);
  app.exec("BEGIN");
  CHECK(batch.write() == EntryId{1});
  app.exec("COMMIT");
  CHECK_FALSE(has_run(rows().at(0).originated, {1}));
  CHECK(batch.committed() == EntryId{1});
}

TEST_CASE_FIXTURE(TransactionFixture,
                  "transaction: committed() before the COMMIT says so, and may follow it") {
  app.exec("BEGIN");
  batch.refresh(kProducts, 1);
  batch.write();
  CHECK(message_of([&] { batch.committed(); }) ==
        "committed() was called before COMMIT: call it again after that");
  CHECK(record.take().empty());
  app.exec("COMMIT");
  CHECK(batch.committed()->check != 0);
  CHECK(record.take() == Lines{"products refresh 1"});
}

TEST_CASE_FIXTURE(TransactionFixture,
                  "transaction: a write() that was forgotten is named, and can be made up for") {
  app.exec("BEGIN");
  batch.refresh(kProducts, 1);
  batch.write();
  batch.refresh(kProducts, 2);
  app.exec("COMMIT");
  CHECK(message_of([&] { batch.committed(); }).starts_with("write() is missing: "));
  CHECK(record.take() == Lines{"products refresh 1"});  // what was written is told all the same
  app.exec("BEGIN");
  batch.write();
  app.exec("COMMIT");
  CHECK(batch.committed() == EntryId{2});
  CHECK(record.take() == Lines{"products refresh 2"});
}

TEST_CASE_FIXTURE(TransactionFixture,
                  "transaction: what a savepoint took back does not run, and the rest does") {
  app.exec("BEGIN");
  batch.refresh(kProducts, 1);
  batch.write();
  app.exec("SAVEPOINT part");
  batch.refresh(kProducts, 2);
  batch.write();
  app.exec("ROLLBACK TO part");
  SUBCASE("also if another has its id") {
    batch.refresh(kProducts, 3);
    CHECK(batch.write() == EntryId{2});
    app.exec("COMMIT");
    CHECK(batch.committed() == EntryId{2});
    CHECK(record.take() == Lines{"products refresh 1", "products refresh 3"});
  }
  SUBCASE("of several") {
    app.exec("COMMIT");
    CHECK(batch.committed() == EntryId{1});
    CHECK(record.take() == Lines{"products refresh 1"});
  }
}

TEST_CASE_FIXTURE(TransactionFixture, "transaction: dropped, a batch writes and runs nothing") {
  app.exec("BEGIN");
  {
    TransactionBatch dropped = riders.batch_in(app);
    dropped.refresh(kProducts, 1);
  }
  app.exec("COMMIT");
  CHECK(rows().empty());
  CHECK(record.take().empty());
}

TEST_CASE_FIXTURE(TransactionFixture, "transaction: a write that failed may be tried again") {
  batch.refresh(kProducts, 1);
  CHECK(error_of([&] { batch.write(); }).invalid_argument());
  CHECK(error_of([&] { batch.committed(); }).invalid_argument());
  CHECK(record.take().empty());
  app.exec("BEGIN");
  CHECK(batch.write() == EntryId{1});
  app.exec("COMMIT");
  batch.committed();
  CHECK(record.take() == Lines{"products refresh 1"});
}

TEST_CASE_FIXTURE(TransactionFixture, "transaction: the limits are those of any batch") {
  DatabaseMessenger cutting = with({.max_instructions = 1, .max_instruction_bytes = 200});
  DistributedCache limited(registry, cutting);
  app.exec("BEGIN");
  TransactionBatch several = limited.batch_in(app);
  several.refresh(kProducts, 1);
  several.refresh(kProducts, 2);
  CHECK(several.write() == EntryId{2});
  several.refresh_by_json(kProducts, '"' + std::string(200, 'x') + '"');
  CHECK(error_of([&] { several.write(); }).invalid_argument());
  app.exec("COMMIT");
  CHECK(rows().size() == 2);
  CHECK(error_of([&] { several.committed(); }).invalid_argument());  // for what was not written
  CHECK(observer->record.take() == Lines{"published 1", "published 2"});
  CHECK(rows()[0].originated == rows()[1].originated);
  CHECK(has_run(rows()[0].originated, {1}));
  CHECK(has_run(rows()[0].originated, {2}));
}

TEST_CASE_FIXTURE(TransactionFixture, "transaction: very many entries are warned of, once") {
  Lines said;
  Reporter telling{observer, [&](LogLevel level, std::string_view text) {
                     said.push_back(std::to_string(static_cast<int>(level)) + std::string(text));
                   }};
  DatabaseMessenger cutting{*sqlite, dispatcher, telling,
                            own,     position,   EntryLimits{.max_instructions = 1}};
  DistributedCache many(registry, cutting);
  std::vector<std::int64_t> ids(TransactionBatch::kManyInTransaction);
  std::iota(ids.begin(), ids.end(), 1);
  for (int i = 0; i < 2; ++i) {
    TransactionBatch large = many.batch_in(app);
    app.exec("BEGIN");
    for (const std::int64_t id : ids) {
      large.refresh(kProducts, id);
    }
    large.write();
    CHECK(said.size() == static_cast<std::size_t>(i));
    large.refresh(kProducts, 1);
    large.write();
    app.exec("ROLLBACK");
    REQUIRE(said.size() == 1);
  }
  CHECK(said.front() ==
        std::to_string(static_cast<int>(LogLevel::warning)) +
            "a transaction has written 10001 entries: its commit takes long, and others who "
            "publish wait for it; collect more instructions before each write(), or refresh all "
            "(said once)");
}

TEST_CASE_FIXTURE(TransactionFixture,
                  "transaction: many small transactions are none of very many") {
  Lines said;
  Reporter telling{observer, [&](LogLevel, std::string_view text) { said.emplace_back(text); }};
  DatabaseMessenger cutting{*sqlite, dispatcher, telling,
                            own,     position,   EntryLimits{.max_instructions = 1}};
  DistributedCache many(registry, cutting);
  TransactionBatch half = many.batch_in(app);
  for (int i = 0; i < 3; ++i) {
    app.exec("BEGIN");
    for (std::size_t j = 1; j <= TransactionBatch::kManyInTransaction / 2; ++j) {
      half.refresh(kProducts, static_cast<std::int64_t>(j));
      if (j == 1 || j == TransactionBatch::kManyInTransaction / 2) {
        half.write();
      }
    }
    app.exec("COMMIT");
    half.committed();
  }
  CHECK(said.empty());
}

TEST_CASE_FIXTURE(TransactionFixture,
                  "transaction: a refresher that writes and commits what sets it off is stopped") {
  products->before = [&](const std::string&) {
    TransactionBatch inner = riders.batch_in(app);
    inner.refresh(kProducts, 1);
    app.exec("BEGIN");
    inner.write();
    app.exec("COMMIT");
    inner.committed();
  };
  riders.refresh(kProducts, 1);
  CHECK(reporter.counters().published == kMaxPublishDepth);
  CHECK(decode(rows().at(kMaxPublishDepth - 2).json_instruction).chain ==
        std::vector<Guid>(kMaxPublishDepth - 1, kProducts));
}

TEST_CASE_FIXTURE(MessengerFixture, "transaction: a store that can't refuses it") {
  TransactionBatch batch = cache.batch_in(static_cast<sqlite3*>(nullptr));
  batch.refresh(kProducts, 1);
  const Error error = error_of([&] { batch.write(); });
  CHECK(error.invalid_argument());
  CHECK(error.what() ==
        std::string("the store memory writes in no transaction of an application's"));
  CHECK(record.take().empty());
}

TEST_CASE_FIXTURE(MessengerFixture,
                  "transaction: on a single server nothing is written, and committed() runs it") {
  LocalMessenger local(dispatcher, "me", {.max_instruction_bytes = 200});
  DistributedCache single(registry, local);
  TransactionBatch batch = single.batch_in(static_cast<sqlite3*>(nullptr));
  batch.refresh(kProducts, 1);
  CHECK(batch.write() == EntryId{0});
  CHECK(record.take().empty());
  CHECK(batch.committed() == EntryId{0});
  CHECK(record.take() == Lines{"products refresh 1"});
  batch.refresh_by_json(kProducts, '"' + std::string(200, 'x') + '"');
  CHECK(error_of([&] { batch.write(); }).invalid_argument());
}

}  // namespace crier::test
