// SPDX-License-Identifier: MIT
#include <crier/error.hpp>

#include "messenger/local_delivery.hpp"
#include "messenger/local_messenger.hpp"
#include "messenger_fixture.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace crier::test {

TEST_CASE_FIXTURE(MessengerFixture,
                  "publish: local refreshers run at once, then the entry is appended") {
  store.before = [&](std::string_view operation) { record.add(std::string(operation)); };
  CHECK(cache.refresh(kProducts, 42) == EntryId{1});
  CHECK(record.take() == Lines{"products refresh 42", "connect", "append", "stamps"});
  const Entry row = store.rows().at(0);
  CHECK(row.originated == "me");
  CHECK(row.instruction_count == 1);
  CHECK(decode(row.json_instruction).instructions ==
        std::vector{Instruction::refresh_by_ids(kProducts, {42})});
  CHECK(reporter.counters().published == 1);
  CHECK(observer->record.take() == Lines{"published 1"});
}

TEST_CASE_FIXTURE(MessengerFixture, "publish: each call writes what Umbraco's writes") {
  const std::vector<std::int64_t> ids{1, 2, 3};
  const std::vector<Guid> guids{kOrders, kUnknown};
  cache.refresh(kProducts, ids);
  cache.refresh(kProducts, {4, 5});
  cache.refresh(kProducts, kOrders);
  cache.refresh(kProducts, guids);
  cache.remove(kProducts, 1);
  cache.remove(kProducts, ids);
  cache.remove(kProducts, {8, 9});
  cache.refresh_all(kProducts);
  cache.refresh_by_json(kProducts, R"({"sku":"A-1"})");
  CHECK(written() == Lines{"1 refresh_by_ids", "2 refresh_by_ids", "3 refresh_by_guid",
                           "4 refresh_by_guid", "4 refresh_by_guid", "5 remove_by_id",
                           "6 remove_by_id", "6 remove_by_id", "6 remove_by_id", "7 remove_by_id",
                           "7 remove_by_id", "8 refresh_all", "9 refresh_by_json"});
  CHECK(store.rows()[0].instruction_count == 3);
  CHECK(store.rows()[5].instruction_count == 3);
}

TEST_CASE_FIXTURE(MessengerFixture, "publish: an empty list is nothing to do") {
  CHECK_FALSE(cache.refresh(kProducts, std::vector<std::int64_t>{}));
  CHECK_FALSE(cache.refresh(kProducts, std::vector<Guid>{}));
  CHECK_FALSE(cache.remove(kProducts, std::vector<std::int64_t>{}));
  CHECK_FALSE(cache.refresh_by_payload<Price>(kPrices, std::span<const Price>()));
  CHECK_FALSE(cache.refresh<Thing>(kTyped, &Thing::id, std::span<const Thing>()));
  CHECK_FALSE(cache.batch().commit());
  CHECK(store.rows().empty());
  CHECK(store.connects == 0);
}

TEST_CASE_FIXTURE(MessengerFixture,
                  "publish: an unknown refresher or a wrong kind is refused beforehand") {
  const auto refused = [](auto call, const std::string& what) {
    try {
      call();
      FAIL("not refused");
    } catch (const Error& error) {
      CHECK(error.invalid_argument());
      CHECK(error.what() == what);
    }
  };
  const std::string unknown = "no refresher is registered for " + kUnknown.to_string();
  refused([&] { cache.refresh(kUnknown, 1); }, unknown);
  refused([&] { cache.refresh_all(Guid()); },
          "no refresher is registered for " + Guid().to_string());
  refused([&] { cache.refresh_by_json(kOrders, "{}"); },
          "refresher " + kOrders.to_string() +
              " (plain) is not a JsonCacheRefresher: it takes no JSON");
  refused([&] { cache.refresh_by_json(kProducts, "{"); },
          "what refresh_by_json was given for refresher " + kProducts.to_string() +
              " is not a JSON document");
  refused(
      [&] {
        cache.refresh_by_payload(kProducts, Price{1, "2"});
      },
      "refresher " + kProducts.to_string() +
          " (products) is not a PayloadCacheRefresher of this type");
  refused(
      [&] { cache.refresh_by_payload(kPrices, 7); },
      "refresher " + kPrices.to_string() + " (prices) is not a PayloadCacheRefresher of this type");
  refused([&] { cache.refresh_by_payload(kUnknown, Price{1, "2"}); }, unknown);
  refused(
      [&] {
        cache.refresh<Thing>(kProducts, &Thing::id, Thing{1, {}});
      },
      "refresher " + kProducts.to_string() +
          " (products) is not a TypedCacheRefresher of this type");
  refused(
      [&] {
        cache.remove<Price>(kTyped, &Price::id, Price{1, "2"});
      },
      "refresher " + kTyped.to_string() + " (things) is not a TypedCacheRefresher of this type");
  const std::string broken = "\xff";
  refused(
      [&] {
        cache.refresh_by_payload(kPrices, Price{1, broken});
      },
      "the payload can't be written as JSON: [json.exception.type_error.316] invalid UTF-8 byte "
      "at index 0: 0xFF");
  CHECK(record.take().empty());
  CHECK(store.rows().empty());
}

TEST_CASE_FIXTURE(MessengerFixture,
                  "publish: a refused instruction in a batch leaves the batch as it was") {
  Batch batch = cache.batch();
  batch.refresh(kProducts, 1);
  CHECK_THROWS_AS(batch.refresh(kUnknown, 2), Error);
  batch.refresh(kProducts, 3);
  batch.commit();
  CHECK(record.take() == Lines{"products refresh 1", "products refresh 3"});
}

TEST_CASE_FIXTURE(MessengerFixture, "publish: with a fallback, unknown refreshers are claimed") {
  class Fallback final : public FallbackRefresher {
   public:
    explicit Fallback(Record& record) : record_(record) {}
    void refresh_all() override {}
    void apply(const Instruction&, const Source& source) override {
      record_.add("fallback " + std::to_string(source.entry.value) +
                  std::string(source.originated));
    }

   private:
    Record& record_;
  };
  registry.set_fallback(std::make_shared<Fallback>(record));
  CHECK(cache.refresh_by_json(kUnknown, "1") == EntryId{1});
  CHECK(record.take() == Lines{"fallback 0me"});
}

TEST_CASE_FIXTURE(MessengerFixture,
                  "publish: an instruction over the hard limit is refused before anything runs") {
  DatabaseMessenger small{store, dispatcher, reporter,
                          own,   position,   {.max_instruction_bytes = 200}};
  DistributedCache limited(registry, small);
  Batch batch = limited.batch();
  batch.refresh(kProducts, 1);
  batch.refresh_by_json(kProducts, '"' + std::string(200, 'x') + '"');
  CHECK_THROWS_AS(batch.commit(), Error);
  CHECK(record.take().empty());
  CHECK(store.rows().empty());
}

TEST_CASE_FIXTURE(MessengerFixture, "publish: a local refresher that throws does not stop it") {
  products->before = [](const std::string&) { throw std::runtime_error("broken"); };
  CHECK(cache.refresh(kProducts, 1) == EntryId{1});
  CHECK(observer->record.take() == Lines{"failed 0 refresher_threw: broken", "published 1"});
}

TEST_CASE_FIXTURE(MessengerFixture,
                  "publish: an append that fails is thrown, and the connection opened anew") {
  bool fail = true;
  Error::Kind kind = Error::Kind::failed;
  store.before = [&](std::string_view operation) {
    if (operation == "append" && fail) {
      throw Error("append", "memory: broken", kind);
    }
  };
  CHECK_THROWS_WITH_AS(cache.refresh(kProducts, 1), "memory: broken", Error);
  kind = Error::Kind::retryable;
  CHECK_THROWS_AS(cache.refresh(kProducts, 1), Error);
  CHECK(store.connects == 2);
  fail = false;
  cache.refresh(kProducts, 1);
  CHECK(store.connects == 2);  // a lock that timed out says nothing against the connection
  CHECK(store.rows().size() == 1);
}

TEST_CASE_FIXTURE(MessengerFixture,
                  "re-entrancy: a refresher may publish, here and from another thread") {
  products->before = [&](const std::string& what) {
    if (what == "refresh 1") {
      cache.refresh(kPrices, 5);
      std::jthread([&] { cache.refresh_all(kPrices); }).join();  // would block under a lock
    }
  };
  CHECK(cache.refresh(kProducts, 1) == EntryId{3});
  CHECK(written() == Lines{"1 refresh_by_ids", "2 refresh_all", "3 refresh_by_ids"});
}

TEST_CASE_FIXTURE(MessengerFixture, "re-entrancy: a refresher that sets itself off is stopped") {
  products->before = [&](const std::string&) { cache.refresh(kProducts, 1); };
  cache.refresh(kProducts, 1);
  CHECK(store.rows().size() == kMaxPublishDepth);
  CHECK(decode(store.rows().front().json_instruction).chain ==
        std::vector<Guid>(kMaxPublishDepth - 1, kProducts));
  CHECK(decode(store.rows().back().json_instruction).chain.empty());
  CHECK(reporter.counters().failed == 1);
  std::string rest;
  for (int i = 1; i < 16; ++i) {
    rest += " > products";
  }
  CHECK(observer->record.take().at(0) ==
        "failed 0 refresher_threw: refreshers have published inside one another 16 deep (products" +
            rest + "): does one publish what sets it off again?");
}

TEST_CASE_FIXTURE(MessengerFixture,
                  "single server: the same facade runs the refreshers, with no log") {
  LocalMessenger local(dispatcher, "me", {.max_instruction_bytes = 200});
  DistributedCache single(registry, local);
  CHECK(single.refresh(kProducts, 1) == EntryId{0});
  CHECK(single.refresh(kProducts, {1, 2}) == EntryId{0});
  CHECK_THROWS_AS(single.refresh(kUnknown, 1), Error);
  CHECK_THROWS_AS(single.refresh_by_json(kProducts, '"' + std::string(200, 'x') + '"'), Error);
  CHECK(record.take() == Lines{"products refresh 1", "products refresh 1", "products refresh 2"});
  CHECK(store.connects == 0);
}

TEST_CASE_FIXTURE(MessengerFixture, "publish: from several threads at once") {
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (std::int64_t id = 0; id < 200; ++id) {
        cache.refresh(kProducts, id);
      }
    });
  }
  threads.clear();
  CHECK(store.rows().size() == 800);
  CHECK(record.size() == 800);
}

}  // namespace crier::test
