// SPDX-License-Identifier: MIT
#include <crier/error.hpp>

#include "messenger_fixture.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace crier::test {

TEST_CASE_FIXTURE(MessengerFixture, "batch: one entry, coalesced, delivered once; usable again") {
  Batch batch = cache.batch();
  batch.refresh(kProducts, 1);
  batch.refresh(kProducts, 2);
  batch.refresh(kProducts, 1);
  CHECK(record.take().empty());
  CHECK(batch.commit() == EntryId{1});
  CHECK(record.take() == Lines{"products refresh 2", "products refresh 1"});
  CHECK(written() == Lines{"1 refresh_by_ids", "1 refresh_by_ids"});
  CHECK(batch.empty());
  CHECK_FALSE(batch.commit());
  batch.refresh_all(kProducts);
  CHECK(batch.commit() == EntryId{2});
}

TEST_CASE_FIXTURE(MessengerFixture, "batch: dropped, it runs and publishes nothing") {
  {
    Batch batch = cache.batch();
    batch.refresh(kProducts, 1);
  }
  CHECK(record.take().empty());
  CHECK(store.rows().empty());
}

TEST_CASE_FIXTURE(MessengerFixture, "batch: a commit that failed may be tried again") {
  bool fail = true;
  store.before = [&](std::string_view operation) {
    if (operation == "append" && std::exchange(fail, false)) {
      throw Error("append", "locked", Error::Kind::retryable);
    }
  };
  Batch batch = cache.batch();
  batch.refresh(kProducts, 1);
  batch.refresh_by_payload<Price>(kPrices, std::vector<Price>{{7, "1.50"}});
  CHECK_THROWS_AS(batch.commit(), Error);
  CHECK(batch.commit() == EntryId{1});
  CHECK(record.take() ==
        Lines{"products refresh 1", "prices 7=1.50", "products refresh 1", "prices 7=1.50"});
}

TEST_CASE_FIXTURE(MessengerFixture, "batch: is cut into entries by count, all in one append") {
  DatabaseMessenger cutting{store, dispatcher, reporter, own, position, {.max_instructions = 10}};
  DistributedCache limited(registry, cutting);
  int appends = 0;
  store.before = [&](std::string_view operation) { appends += operation == "append" ? 1 : 0; };
  Batch batch = limited.batch();
  for (std::int64_t id = 0; id < 25; ++id) {
    batch.refresh(kProducts, id);
  }
  CHECK(batch.commit() == EntryId{3});
  CHECK(appends == 1);
  CHECK(store.rows().size() == 3);
  CHECK(store.rows()[2].instruction_count == 5);
  CHECK(reporter.counters().published == 3);
  CHECK(observer->record.take() == Lines{"published 1", "published 2", "published 3"});
}

}  // namespace crier::test
