// SPDX-License-Identifier: MIT
#include <crier/notification.hpp>

#include "dispatcher_fixture.hpp"
#include "refresh/notifier.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <variant>

namespace crier::test {

TEST_CASE_FIXTURE(DispatcherFixture,
                  "CacheUpdated: told after each refresh that went well, of what it did") {
  products->before = [](const std::string& what) {
    if (what == "refresh 2") {
      throw std::runtime_error("broken");
    }
  };
  Record told;
  const Subscription subscription = notifier.subscribe([&](const CacheUpdated& updated) {
    std::string object = "nothing";
    if (const auto* id = std::get_if<std::int64_t>(&updated.object)) {
      object = std::to_string(*id);
    } else if (const auto* guid = std::get_if<Guid>(&updated.object)) {
      object = guid->to_string();
    } else if (const auto* json = std::get_if<std::string_view>(&updated.object)) {
      object = *json;
    }
    told.add(std::string(updated.name) + " " + std::string(to_string(updated.type)) + " " + object +
             " entry " + std::to_string(updated.source.entry.value));
    CHECK(updated.refresher == kProducts);
  });
  dispatcher.apply(Instruction::refresh_all(kProducts), 0, source, caller);
  dispatcher.apply(Instruction::refresh_by_guid(kProducts, kOrders), 0, source, caller);
  dispatcher.apply(Instruction::refresh_by_json(kProducts, "{}"), 0, source, caller);
  dispatcher.apply(Instruction::remove_by_id(kProducts, 9), 0, source, caller);
  dispatcher.apply(Instruction::refresh_by_ids(kProducts, {1, 2, 3}), 0, source, caller);
  CHECK(told.take() == Lines{"products refresh_all nothing entry 7",
                             "products refresh_by_id " + kOrders.to_string() + " entry 7",
                             "products refresh_by_json {} entry 7",
                             "products remove_by_id 9 entry 7", "products refresh_by_id 1 entry 7",
                             "products refresh_by_id 3 entry 7"});
}

TEST_CASE_FIXTURE(DispatcherFixture, "CacheUpdated: a handler that throws stops nobody") {
  Record told;
  const Subscription first =
      notifier.subscribe([](const CacheUpdated&) { throw std::runtime_error("oh"); });
  const Subscription second = notifier.subscribe([](const CacheUpdated&) { throw 7; });  // NOLINT
  const Subscription third = notifier.subscribe([&](const CacheUpdated&) { told.add("told"); });
  dispatcher.apply(Instruction::refresh_all(kProducts), 0, source, caller);
  CHECK(told.size() == 1);
  CHECK(log.take() ==
        Lines{"a function for on_cache_updated failed: oh",
              "a function for on_cache_updated failed: threw what is not a std::exception"});
  CHECK(reporter.counters().applied == 1);
}

TEST_CASE_FIXTURE(DispatcherFixture,
                  "CacheUpdated: a subscription ends with its handle, also from a handler") {
  Record told;
  Subscription subscription;
  subscription = notifier.subscribe([&](const CacheUpdated&) {
    told.add("told");
    subscription.reset();  // no lock is held while a handler runs
  });
  dispatcher.apply(Instruction::refresh_all(kProducts), 0, source, caller);
  dispatcher.apply(Instruction::refresh_all(kProducts), 0, source, caller);
  CHECK(told.size() == 1);
}

TEST_CASE_FIXTURE(DispatcherFixture,
                  "CacheUpdated: handlers may come and go while others are told") {
  Record told;
  Subscription first, second, late;
  first = notifier.subscribe([&](const CacheUpdated&) {
    told.add("first");
    first.reset();
    late = notifier.subscribe([&](const CacheUpdated&) { told.add("late"); });
  });
  second = notifier.subscribe([&](const CacheUpdated&) { told.add("second"); });
  dispatcher.apply(Instruction::refresh_all(kProducts), 0, source, caller);
  CHECK(told.take() == Lines{"first", "second"});
  dispatcher.apply(Instruction::refresh_all(kProducts), 0, source, caller);
  CHECK(told.take() == Lines{"second", "late"});
}

TEST_CASE_FIXTURE(DispatcherFixture,
                  "CacheUpdated: subscribing from several threads during notifications") {
  const Subscription steady = notifier.subscribe([](const CacheUpdated&) {});
  std::atomic<bool> done = false;
  std::jthread subscriber([&] {
    while (!done) {
      const Subscription brief = notifier.subscribe([](const CacheUpdated&) {});
    }
  });
  for (int i = 0; i < 2000; ++i) {
    dispatcher.apply(Instruction::refresh_all(kProducts), 0, source, caller);
  }
  done = true;
}

TEST_CASE("CacheUpdated: a subscription may outlive the node") {
  Reporter reporter(nullptr, [](LogLevel, std::string_view) {});
  auto notifier = std::make_unique<Notifier>(reporter);
  Subscription subscription = notifier->subscribe([](const CacheUpdated&) {});
  notifier.reset();
  subscription.reset();
}

}  // namespace crier::test
