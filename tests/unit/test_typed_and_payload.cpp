// SPDX-License-Identifier: MIT
#include <crier/error.hpp>

#include "messenger_fixture.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace crier::test {

TEST_CASE_FIXTURE(MessengerFixture,
                  "payload: typed here, JSON for the others, in one instruction") {
  Record told;
  const Subscription subscription = notifier.subscribe([&](const CacheUpdated& updated) {
    CHECK(updated.type == MessageType::refresh_by_payload);
    told.add(payload_of<Price>(updated).at(0).amount);
  });
  const std::vector<Price> prices{{1, "9.90"}, {2, "8.80"}};
  cache.refresh_by_payload<Price>(kPrices, prices);
  CHECK(record.take() == Lines{"prices 1=9.90", "prices 2=8.80"});
  const Decoded decoded = decode(store.rows().at(0).json_instruction);
  CHECK(decoded.instructions.at(0).payload ==
        R"([{"amount":"9.90","id":1},{"amount":"8.80","id":2}])");
  // What the other nodes do with it.
  dispatcher.apply(decoded.instructions[0], 0, {{1}, "other"}, {});
  CHECK(record.take() == Lines{"prices 1=9.90", "prices 2=8.80"});
  CHECK(told.take() == Lines{"9.90", "9.90"});
  dispatcher.apply(Instruction::refresh_by_json(kPrices, R"([{"id":"x"}])"), 0, {{2}, "other"}, {});
  CHECK(reporter.counters().failed == 1);
}

TEST_CASE_FIXTURE(MessengerFixture, "typed: by instance here, by id for the others") {
  Record told;
  const Subscription subscription = notifier.subscribe([&](const CacheUpdated& updated) {
    const Thing* thing = std::get<Instance>(updated.object).as<Thing>();
    REQUIRE(thing != nullptr);
    CHECK(std::get<Instance>(updated.object).as<Price>() == nullptr);
    told.add(std::string(to_string(updated.type)) + " " + std::to_string(thing->id));
  });
  const std::vector<Thing> things{{1, kOrders}, {2, kUnknown}};
  cache.refresh<Thing>(kTyped, &Thing::id, things);
  cache.refresh<Thing>(
      kTyped, [](const Thing& thing) { return thing.key; }, things);
  cache.refresh<Thing>(kTyped, &Thing::id, things[0]);
  cache.remove<Thing>(kTyped, &Thing::id, things);
  cache.remove<Thing>(kTyped, &Thing::id, things[1]);
  CHECK(record.take() == Lines{"thing 1", "thing 2", "thing 1", "thing 2", "thing 1", "no thing 1",
                               "no thing 2", "no thing 2"});
  CHECK(written() == Lines{"1 refresh_by_ids", "2 refresh_by_guid", "2 refresh_by_guid",
                           "3 refresh_by_ids", "4 remove_by_id", "4 remove_by_id",
                           "5 remove_by_id"});
  CHECK(decode(store.rows()[0].json_instruction).instructions[0].ids ==
        std::vector<std::int64_t>{1, 2});
  CHECK(told.size() == 8);
  CHECK(told.take().back() == "remove_by_instance 2");
}

}  // namespace crier::test
