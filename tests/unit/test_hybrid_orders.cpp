// SPDX-License-Identifier: MIT
// What is said from outside, and in the application's transaction, works on both halves.
#include <crier/admin/store.hpp>
#include <crier/codec.hpp>
#include <crier/error.hpp>
#include <crier/sqlitecpp.hpp>

#include "support/errors.hpp"
#include "unit/hybrid_fixture.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

struct OrderFixture : HybridFixture {
  const std::string guid = kHybrid.to_string();

  void fill() {
    for (const std::string& key : {std::string("42"), guid, std::string("other")}) {
      CHECK(*here.pages.get(key, make(key)) == key);
      CHECK(*there.pages.get(key, make("again")) == key);
    }
  }
  // Of the three, those that are gone in both halves of both nodes; then they are there again.
  std::string gone() {
    std::string gone;
    for (const std::string& key : {std::string("42"), guid, std::string("other")}) {
      const bool is_here = here.pages.get(key) != nullptr;
      CHECK((there.pages.get(key) != nullptr) == is_here);
      gone += is_here ? "" : (key == guid ? "guid" : key) + " ";
    }
    fill();
    return gone;
  }
};

TEST_CASE_FIXTURE(OrderFixture, "Hybrid: every instruction for it works on both halves") {
  fill();
  DistributedCache& cache = there.node.cache();
  settle(cache.refresh(kHybrid, 42));
  CHECK(gone() == "42 ");
  settle(cache.remove(kHybrid, 42));
  CHECK(gone() == "42 ");
  settle(cache.refresh(kHybrid, kHybrid));
  CHECK(gone() == "guid ");
  settle(cache.refresh_by_json(kHybrid, R"([{"key":"other"}])"));
  CHECK(gone() == "other ");
  settle(cache.refresh_by_json(kHybrid, R"([{"later":"b"}])"));
  CHECK(gone() == "42 guid other ");
  settle(cache.refresh_all(kHybrid));
  CHECK(gone() == "42 guid other ");
  settle(there.pages.clear());
  CHECK(gone() == "42 guid other ");
  // As the tool does, without a node.
  const NewEntry entry{"tool", 1, encode({{Instruction::refresh_by_id(kHybrid, 42)}})};
  settle(open_store(store)->connect(Access::read_write)->log().append({&entry, 1}));
  CHECK(gone() == "42 ");
}

TEST_CASE("Hybrid: an entry that nobody has applied counts") {
  TempDir dir;
  const std::string store = "sqlite:" + (dir / "shop.db").string() + "?deadline=20s";
  {
    HybridMember first(store, "first");
    CHECK(*first.pages.get("a", [] { return std::string("old"); }) == "old");
    CHECK(*first.pages.get("b", [] { return std::string("b"); }) == "b");
    CHECK(first.pages.statistics().refused_fills == 0);
  }
  const NewEntry entry{"tool", 1,
                       encode({{Instruction::refresh_by_json(kHybrid, R"([{"key":"a"}])")}})};
  open_store(store)->connect(Access::read_write)->log().append({&entry, 1});
  HybridMember second(store, "second");
  CHECK(second.pages.get("a") == nullptr);
  CHECK(*second.pages.get("b") == "b");
}

struct TransactionFixture : OrderFixture {
  SQLite::Database app{dir / "shop.db", SQLite::OPEN_READWRITE, 20'000};

  // Writes what `collect` collects in a transaction; the batch.
  template <class Collect>
  TransactionBatch in_transaction(Collect collect) {
    app.exec("BEGIN IMMEDIATE");
    TransactionBatch batch = here.node.cache().batch_in(app);
    collect(batch);
    batch.write();
    return batch;
  }
  EntryId newest() { return open_store(store)->connect(Access::read_only)->log().newest().id; }
};

TEST_CASE_FIXTURE(TransactionFixture,
                  "Hybrid: nothing in a transaction waits for its lock in the shared half") {
  const int calls = here.shared->calls;
  const auto batch = in_transaction([&](Collector& b) {
    here.pages.set("a", "first", b);
    here.pages.remove("b", b);
    here.pages.remove_by_tag("t", b);
  });
  CHECK(here.shared->calls == calls);
  app.exec("COMMIT");
}

TEST_CASE_FIXTURE(TransactionFixture,
                  "Hybrid: what is removed in a transaction is removed by its commit") {
  for (const bool told : {true, false}) {
    CAPTURE(told);
    fill();
    auto batch = in_transaction([&](Collector& b) { here.pages.remove("42", b); });
    CHECK(*there.pages.get("42") == "42");
    app.exec("COMMIT");
    if (told) {
      CHECK(batch.committed() == newest());
      CHECK(here.pages.get("42") == nullptr);
    }
    settle(newest());
    CHECK(gone() == "42 ");
  }
  const auto clear = in_transaction([&](Collector& b) { here.pages.clear(b); });
  app.exec("COMMIT");
  settle(newest());
  CHECK(gone() == "42 guid other ");
  const auto rolled_back = in_transaction([&](Collector& b) { here.pages.clear(b); });
  app.exec("ROLLBACK");
  CHECK(gone().empty());
  CHECK(*here.pages.get("tagged", make("1"), {.tags = {"t"}}) == "1");
  const auto tag = in_transaction([&](Collector& b) { here.pages.remove_by_tag("t", b); });
  app.exec("COMMIT");
  settle(newest());
  CHECK(here.pages.get("tagged") == nullptr);
}

TEST_CASE_FIXTURE(TransactionFixture,
                  "Hybrid: what is set in a transaction is there once it was committed") {
  fill();
  auto batch =
      in_transaction([&](Collector& b) { here.pages.set("42", "new", b, {.tags = {"t"}}); });
  app.exec("COMMIT");
  settle(batch.committed().value());
  made = 0;
  CHECK(*there.pages.get("42", make("x")) == "new");
  CHECK(*here.pages.get("42", make("x")) == "new");
  CHECK(made == 0);
  settle(there.pages.remove_by_tag("t"));
  CHECK(here.pages.get("42") == nullptr);
  // Without committed() it is removed.
  fill();
  static_cast<void>(in_transaction([&](Collector& b) { here.pages.set("42", "lost", b); }));
  app.exec("COMMIT");
  settle(newest());
  CHECK(gone() == "42 ");
  // Rolled back: nothing has changed, whoever says so.
  auto undone = in_transaction([&](Collector& b) { here.pages.set("42", "undone", b); });
  app.exec("ROLLBACK");
  CHECK(*here.pages.get("42") == "42");
}

TEST_CASE_FIXTURE(TransactionFixture,
                  "Hybrid: a batch of this node's, too; of what it says of a key the last holds") {
  fill();
  Batch batch = here.node.cache().batch();
  here.pages.set("42", "new", batch, {.tags = {"t"}});
  here.pages.set("other", "newer", batch);
  here.pages.remove("other", batch);
  here.pages.remove("x", batch);
  here.pages.set("x", "x", batch);
  settle(batch.commit().value());
  CHECK(*there.pages.get("42") == "new");
  CHECK(there.pages.get("other") == nullptr);
  CHECK(*there.pages.get("x") == "x");
  here.pages.set("42", "newest", batch, {.tags = {"t"}});
  here.pages.remove_by_tag("t", batch);
  settle(batch.commit().value());
  CHECK(there.pages.get("42") == nullptr);
  here.pages.set("42", "newest", batch);
  here.pages.clear(batch);
  settle(batch.commit().value());
  CHECK(there.pages.get("42") == nullptr);
  CHECK(error_of([&] { here.pages.set("", "x", batch); }).invalid_argument());
  CHECK(error_of([&] { here.pages.remove_by_tag("", batch); }).invalid_argument());
  CHECK(batch.empty());
}

TEST_CASE_FIXTURE(OrderFixture, "Hybrid: who publishes reads no longer what he had, at once") {
  fill();
  here.shared->after_read = [&](const std::string&) { here.pages.remove("42"); };
  static_cast<void>(here.pages.get("42"));
  here.pages.remove("42");
  CHECK(here.pages.get("42") == nullptr);
}

}  // namespace
}  // namespace crier::test
