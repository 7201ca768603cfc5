// SPDX-License-Identifier: MIT
#include <crier/admin/resync_request.hpp>
#include <crier/codec.hpp>
#include <crier/registry.hpp>

#include "dispatcher_fixture.hpp"
#include "refresh/dispatcher.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace crier::test {

TEST_CASE_FIXTURE(DispatcherFixture, "Dispatcher: each type calls what it asks for") {
  dispatcher.apply(Instruction::refresh_all(kProducts), 0, source, caller);
  dispatcher.apply(Instruction::refresh_by_guid(kProducts, kOrders), 0, source, caller);
  dispatcher.apply(Instruction::refresh_by_id(kProducts, -1), 0, source, caller);
  dispatcher.apply(Instruction::refresh_by_ids(kProducts, {1, 2}), 0, source, caller);
  dispatcher.apply(Instruction::refresh_by_json(kProducts, "[1]"), 0, source, caller);
  dispatcher.apply(Instruction::remove_by_id(kProducts, 3), 0, source, caller);
  CHECK(record.take() == Lines{"products all", "products refresh " + kOrders.to_string(),
                               "products refresh -1", "products refresh 1", "products refresh 2",
                               "products json [1]", "products remove 3"});
  CHECK(reporter.counters().applied == 6);
  CHECK(reporter.counters().failed == 0);
}

TEST_CASE_FIXTURE(DispatcherFixture, "Dispatcher: no ids and an empty payload are nothing to do") {
  dispatcher.apply(Instruction::refresh_by_ids(kProducts, {}), 0, source, caller);
  dispatcher.apply(Instruction::refresh_by_json(kProducts, ""), 0, source, caller);
  CHECK(record.take().empty());
  CHECK(reporter.counters().failed == 0);
}

TEST_CASE_FIXTURE(DispatcherFixture, "Dispatcher: whatever a refresher throws is contained") {
  struct Case {
    Instruction instruction;
    std::string error;
    Lines done;
  };
  products->before = [](const std::string& what) {
    if (what == "refresh 2" || what == "refresh 3") {
      throw std::runtime_error("no row for " + what);
    }
    if (what == "all") {
      throw 7;  // NOLINT: what is no std::exception must be contained too
    }
    if (what == "remove 1") {
      throw std::runtime_error("");
    }
  };
  const auto fails = products->before;
  for (const Case& c :
       {Case{Instruction::refresh_by_ids(kProducts, {1, 2, 3, 4}),
             "2 of 4 calls failed, the first: no row for refresh 2",
             {"products refresh 1", "products refresh 4"}},
        Case{Instruction::refresh_all(kProducts), "threw what is not a std::exception", {}},
        Case{Instruction::remove_by_id(kProducts, 1), "threw without a message", {}},
        Case{Instruction::refresh_by_id(kProducts, 2), "no row for refresh 2", {}}}) {
    products->before = fails;
    apply(c.instruction);
    CHECK(record.take() == c.done);
    CHECK(observer->record.take() ==
          Lines{"retry 7 products refresher_threw #1: " + c.error, "products is retrying"});
    CHECK(log.take().front() ==
          "entry 7: refresher 7c9e6679-7425-40de-944b-e07fc1f90ae7 (products): " + c.error +
              " (it is tried again)");
    products->before = nullptr;
    run_after(std::chrono::seconds(1));
    observer->record.take();
    log.take();
  }
  CHECK(reporter.counters().retries == 4);
  CHECK(reporter.counters().failed == 0);
  CHECK(reporter.counters().applied == 4);
}

TEST_CASE_FIXTURE(DispatcherFixture, "Dispatcher: JSON for a refresher that takes none") {
  const Instruction instruction = Instruction::refresh_by_json(kOrders, "{}");
  dispatcher.apply(instruction, 3, source, caller);
  CHECK(observer->record.take() ==
        Lines{"failed 7 plain wrong_kind #1: is not a JsonCacheRefresher: it takes no JSON"});
  const auto records = quarantined();
  REQUIRE(records.size() == 1);
  CHECK(records[0].kind == FailureKind::wrong_kind);
  CHECK(records[0].index == 3);
  CHECK(records[0].json_instruction == encode({&instruction, 1}));
  CHECK(position_limit() == 6);  // until its full refresh
  run_after({});
  CHECK(position_limit() == -1);
}

TEST_CASE_FIXTURE(DispatcherFixture,
                  "Dispatcher: an unknown refresher is counted each time, said once") {
  for (int i = 0; i < 3; ++i) {
    dispatcher.apply(Instruction::refresh_all(kUnknown), 0, source, caller);
  }
  CHECK(reporter.counters().failed == 3);
  CHECK(observer->record.size() == 3);
  CHECK(quarantined().empty());
  CHECK(position_limit() == -1);  // nothing waits for who will never come
  CHECK(log.take() == Lines{"entry 7: refresher " + kUnknown.to_string() +
                            ": no refresher here bears this GUID (said once for each GUID)"});
}

TEST_CASE_FIXTURE(DispatcherFixture,
                  "Dispatcher: a refresher that throws from name() is contained, too") {
  class Nameless final : public CacheRefresher {
   public:
    [[nodiscard]] Guid id() const override { return kUnknown; }
    [[nodiscard]] std::string_view name() const override { throw 7; }  // NOLINT
    void refresh_all() override {}
    void refresh(std::int64_t) override {}
    void refresh(const Guid&) override {}
    void remove(std::int64_t) override {}
  };
  registry.add(std::make_shared<Nameless>());
  const Subscription asks_for_names = notifier.subscribe([](const CacheUpdated&) {});
  dispatcher.apply(Instruction::refresh_all(kUnknown), 0, source, caller);
  CHECK(observer->record.take() ==
        Lines{"retry 7  refresher_threw #1: threw what is not a std::exception", " is retrying"});
}

TEST_CASE_FIXTURE(DispatcherFixture,
                  "Dispatcher: the fallback takes what nobody claims, with its source") {
  registry.set_fallback(std::make_shared<RecordingFallback>(record));
  dispatcher.apply(Instruction::remove_by_id(kUnknown, 1), 0, source, caller);
  dispatcher.apply(Instruction::remove_by_id(kProducts, 1), 0, source, caller);
  CHECK(record.take() == Lines{"fallback remove_by_id of entry 7 by other", "products remove 1"});
  dispatcher.refresh_everything(source, {});
  CHECK(record.take().empty());  // not before its time
  CHECK(run_after({}) == Lines{"fallback all", "products all"});
  CHECK(position_limit() == -1);
}

TEST_CASE_FIXTURE(DispatcherFixture,
                  "Dispatcher: refresh_everything goes on behind one that throws") {
  const auto fallback = std::make_shared<RecordingFallback>(record);
  registry.set_fallback(fallback);
  SUBCASE("a refresher") {
    products_fail("broken");
    dispatcher.refresh_everything(source, caller.position_limit);
    CHECK(run_after({}) == Lines{"fallback all"});
    CHECK(observer->record.take() ==
          Lines{"retry 7 products refresher_threw #1: broken", "products is stale"});
  }
  SUBCASE("the fallback, which is the first") {
    fallback->before = [] { throw std::runtime_error("broken"); };
    dispatcher.refresh_everything(source, caller.position_limit);
    CHECK(run_after({}) == Lines{"products all"});
    CHECK(observer->record.take() ==
          Lines{"retry 7 fallback refresher_threw #1: broken", "fallback is stale"});
  }
  CHECK(position_limit() == 6);
  CHECK(reporter.counters().retries == 1);
}

TEST_CASE_FIXTURE(DispatcherFixture,
                  "Dispatcher: what is crier's own is passed, and nobody hears of it") {
  registry.set_fallback(std::make_shared<RecordingFallback>(record));
  dispatcher.apply(Instruction::refresh_all(kCanary), 0, source, caller);
  dispatcher.apply(to_instruction(ResyncRequest{}), 0, source, caller);
  CHECK(record.take().empty());
  CHECK(observer->record.take().empty());
  CHECK(reporter.counters().applied == 0);
}

TEST_CASE_FIXTURE(DispatcherFixture, "Dispatcher: alone, what fails is reported and passed") {
  products_fail();
  const CallContext alone{.poller = 0, .position_limit = {}, .alone = true};
  dispatcher.apply(Instruction::refresh_by_id(kProducts, 1), 0, source, alone);
  CHECK(observer->record.take() == Lines{"failed 7 products refresher_threw #1: no row"});
  products->before = nullptr;
  dispatcher.apply(Instruction::refresh_by_id(kProducts, 2), 0, source, alone);
  CHECK(record.take() == Lines{"products refresh 2"});
  CHECK(reporter.counters().failed == 1);
  CHECK(reporter.counters().applied == 1);
  CHECK(position_limit() == -1);
  CHECK(quarantined().empty());
}

TEST_CASE_FIXTURE(DispatcherFixture, "Dispatcher: closing stops the rest of an instruction") {
  products->before = [&](const std::string& what) {
    if (what == "refresh 2") {
      dispatcher.close();
    }
  };
  int told = 0;
  const Subscription subscription = notifier.subscribe([&](const CacheUpdated&) { ++told; });
  apply(Instruction::refresh_by_ids(kProducts, {1, 2, 3, 4}));
  CHECK(record.take() == Lines{"products refresh 1", "products refresh 2"});
  CHECK(told == 1);
  CHECK(reporter.counters().applied == 0);
  apply(Instruction::refresh_all(kProducts));
  dispatcher.refresh_everything(source, {});
  CHECK(run_after({}).empty());
}

}  // namespace crier::test
