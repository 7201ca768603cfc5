// SPDX-License-Identifier: MIT
#include <crier/payload_refresher.hpp>
#include <crier/registry.hpp>

#include "base/reporter.hpp"
#include "refresh/dispatcher.hpp"
#include "refresh/notifier.hpp"
#include "support/recording.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace crier::test {

namespace {

class RecordingFallback final : public FallbackRefresher {
 public:
  explicit RecordingFallback(Record& record) : record_(record) {}
  void refresh_all() override { record_.add("fallback all"); }
  void apply(const Instruction& instruction, const Source& source) override {
    record_.add("fallback " + std::string(to_string(instruction.type)) + " of entry " +
                std::to_string(source.entry.value) + " by " + std::string(source.originated));
  }

 private:
  Record& record_;
};

struct Fixture {
  Record record;
  std::shared_ptr<RecordingObserver> observer = std::make_shared<RecordingObserver>();
  Record log;
  std::shared_ptr<RecordingRefresher> products =
      std::make_shared<RecordingRefresher>(kProducts, "products", record);
  Registry registry;
  Reporter reporter{observer,
                    [this](LogLevel, std::string_view text) { log.add(std::string(text)); }};
  Notifier notifier{reporter};
  Dispatcher dispatcher{registry, notifier, reporter};
  const Source source{{7}, "other"};

  Fixture() {
    registry.add(products);
    registry.add(std::make_shared<PlainRefresher>());
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "Dispatcher: each type calls what it asks for") {
  dispatcher.apply(Instruction::refresh_all(kProducts), 0, source);
  dispatcher.apply(Instruction::refresh_by_guid(kProducts, kOrders), 0, source);
  dispatcher.apply(Instruction::refresh_by_id(kProducts, -1), 0, source);
  dispatcher.apply(Instruction::refresh_by_ids(kProducts, {1, 2}), 0, source);
  dispatcher.apply(Instruction::refresh_by_json(kProducts, "[1]"), 0, source);
  dispatcher.apply(Instruction::remove_by_id(kProducts, 3), 0, source);
  CHECK(record.take() == Lines{"products all", "products refresh " + kOrders.to_string(),
                               "products refresh -1", "products refresh 1", "products refresh 2",
                               "products json [1]", "products remove 3"});
  CHECK(reporter.counters().applied == 6);
  CHECK(reporter.counters().failed == 0);
}

TEST_CASE_FIXTURE(Fixture, "Dispatcher: no ids and an empty payload are nothing to do") {
  dispatcher.apply(Instruction::refresh_by_ids(kProducts, {}), 0, source);
  dispatcher.apply(Instruction::refresh_by_json(kProducts, ""), 0, source);
  CHECK(record.take().empty());
  CHECK(reporter.counters().failed == 0);
}

TEST_CASE_FIXTURE(Fixture, "Dispatcher: a refresher that throws is reported, counted and passed") {
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
  dispatcher.apply(Instruction::refresh_by_ids(kProducts, {1, 2, 3, 4}), 0, source);
  dispatcher.apply(Instruction::refresh_all(kProducts), 1, source);
  dispatcher.apply(Instruction::remove_by_id(kProducts, 1), 2, source);
  dispatcher.apply(Instruction::refresh_by_id(kProducts, 2), 3, source);
  CHECK(record.take() == Lines{"products refresh 1", "products refresh 4"});
  CHECK(observer->record.take() ==
        Lines{"failed 7 refresher_threw: 2 of 4 calls failed, the first: no row for refresh 2",
              "failed 7 refresher_threw: threw what is not a std::exception",
              "failed 7 refresher_threw: threw without a message",
              "failed 7 refresher_threw: no row for refresh 2"});
  CHECK(log.take().front() ==
        "entry 7: refresher 7c9e6679-7425-40de-944b-e07fc1f90ae7 (products): "
        "2 of 4 calls failed, the first: no row for refresh 2");
  CHECK(reporter.counters().failed == 4);
  CHECK(reporter.counters().applied == 0);
}

TEST_CASE_FIXTURE(Fixture, "Dispatcher: JSON for a refresher that takes none") {
  dispatcher.apply(Instruction::refresh_by_json(kOrders, "{}"), 0, source);
  CHECK(observer->record.take() ==
        Lines{"failed 7 wrong_kind: is not a JsonCacheRefresher: it takes no JSON"});
}

TEST_CASE_FIXTURE(Fixture, "Dispatcher: an unknown refresher is counted each time, said once") {
  for (int i = 0; i < 3; ++i) {
    dispatcher.apply(Instruction::refresh_all(kUnknown), 0, source);
  }
  CHECK(reporter.counters().failed == 3);
  CHECK(observer->record.size() == 3);
  CHECK(log.take() == Lines{"entry 7: refresher " + kUnknown.to_string() +
                            ": no refresher here bears this GUID (said once for each GUID)"});
}

TEST_CASE_FIXTURE(Fixture, "Dispatcher: a refresher that throws from name() is contained, too") {
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
  dispatcher.apply(Instruction::refresh_all(kUnknown), 0, source);
  CHECK(observer->record.take() ==
        Lines{"failed 7 refresher_threw: threw what is not a std::exception"});
}

TEST_CASE_FIXTURE(Fixture, "Reporter: what it remembers of unknown refreshers is bounded") {
  for (std::uint8_t high = 1; high <= 5; ++high) {
    for (int low = 0; low < 256; ++low) {
      dispatcher.apply(
          Instruction::refresh_all(Guid(Guid::Bytes{high, static_cast<std::uint8_t>(low)})), 0,
          source);
    }
  }
  CHECK(reporter.counters().failed == 5 * 256);
  CHECK(log.size() == 1000);
}

TEST_CASE_FIXTURE(Fixture, "Dispatcher: the fallback takes what nobody claims, with its source") {
  registry.set_fallback(std::make_shared<RecordingFallback>(record));
  dispatcher.apply(Instruction::remove_by_id(kUnknown, 1), 0, source);
  dispatcher.apply(Instruction::remove_by_id(kProducts, 1), 0, source);
  dispatcher.refresh_everything(source);
  CHECK(record.take() == Lines{"fallback remove_by_id of entry 7 by other", "products remove 1",
                               "products all", "fallback all"});
}

TEST_CASE_FIXTURE(Fixture, "Dispatcher: refresh_everything goes on behind one that throws") {
  registry.set_fallback(std::make_shared<RecordingFallback>(record));
  products->before = [](const std::string&) { throw std::runtime_error("broken"); };
  dispatcher.refresh_everything(source);
  CHECK(record.take() == Lines{"fallback all"});
  CHECK(reporter.counters().failed == 1);
}

TEST_CASE_FIXTURE(Fixture, "CacheUpdated: told after each refresh that went well, of what it did") {
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
  dispatcher.apply(Instruction::refresh_all(kProducts), 0, source);
  dispatcher.apply(Instruction::refresh_by_ids(kProducts, {1, 2, 3}), 0, source);
  dispatcher.apply(Instruction::refresh_by_guid(kProducts, kOrders), 0, source);
  dispatcher.apply(Instruction::refresh_by_json(kProducts, "{}"), 0, source);
  dispatcher.apply(Instruction::remove_by_id(kProducts, 9), 0, source);
  CHECK(told.take() == Lines{"products refresh_all nothing entry 7",
                             "products refresh_by_id 1 entry 7", "products refresh_by_id 3 entry 7",
                             "products refresh_by_id " + kOrders.to_string() + " entry 7",
                             "products refresh_by_json {} entry 7",
                             "products remove_by_id 9 entry 7"});
}

TEST_CASE_FIXTURE(Fixture, "CacheUpdated: a handler that throws stops nobody") {
  Record told;
  const Subscription first =
      notifier.subscribe([](const CacheUpdated&) { throw std::runtime_error("oh"); });
  const Subscription second = notifier.subscribe([](const CacheUpdated&) { throw 7; });  // NOLINT
  const Subscription third = notifier.subscribe([&](const CacheUpdated&) { told.add("told"); });
  dispatcher.apply(Instruction::refresh_all(kProducts), 0, source);
  CHECK(told.size() == 1);
  CHECK(log.take() == Lines{"a CacheUpdated handler threw: oh",
                            "a CacheUpdated handler threw what is no std::exception"});
  CHECK(reporter.counters().applied == 1);
}

TEST_CASE_FIXTURE(Fixture,
                  "CacheUpdated: a subscription ends with its handle, also from a handler") {
  Record told;
  Subscription subscription;
  subscription = notifier.subscribe([&](const CacheUpdated&) {
    told.add("told");
    subscription.reset();  // no lock is held while a handler runs
  });
  dispatcher.apply(Instruction::refresh_all(kProducts), 0, source);
  dispatcher.apply(Instruction::refresh_all(kProducts), 0, source);
  CHECK(told.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "CacheUpdated: handlers may come and go while others are told") {
  Record told;
  Subscription first, second, late;
  first = notifier.subscribe([&](const CacheUpdated&) {
    told.add("first");
    first.reset();
    late = notifier.subscribe([&](const CacheUpdated&) { told.add("late"); });
  });
  second = notifier.subscribe([&](const CacheUpdated&) { told.add("second"); });
  dispatcher.apply(Instruction::refresh_all(kProducts), 0, source);
  CHECK(told.take() == Lines{"first", "second"});
  dispatcher.apply(Instruction::refresh_all(kProducts), 0, source);
  CHECK(told.take() == Lines{"second", "late"});
}

TEST_CASE_FIXTURE(Fixture, "CacheUpdated: subscribing from several threads during notifications") {
  const Subscription steady = notifier.subscribe([](const CacheUpdated&) {});
  std::atomic<bool> done = false;
  std::jthread subscriber([&] {
    while (!done) {
      const Subscription brief = notifier.subscribe([](const CacheUpdated&) {});
    }
  });
  for (int i = 0; i < 2000; ++i) {
    dispatcher.apply(Instruction::refresh_all(kProducts), 0, source);
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

TEST_CASE_FIXTURE(Fixture, "Reporter: an observer that throws is logged, and the work goes on") {
  class Throwing final : public Observer {
   public:
    void on_applied(const Instruction&, const Source&) override { throw std::runtime_error("oh"); }
    void on_failure(const Failure&) override { throw 7; }  // NOLINT
  };
  Reporter throwing(std::make_shared<Throwing>(),
                    [this](LogLevel, std::string_view text) { log.add(std::string(text)); });
  throwing.applied(Instruction::refresh_all(kProducts), source);
  throwing.failed({FailureKind::unreadable, source, 0, {}, {}, "no JSON"});
  CHECK(throwing.counters().applied == 1);
  CHECK(throwing.counters().failed == 1);
  CHECK(log.take() == Lines{"an observer threw: oh", "entry 7: no JSON",
                            "an observer threw what is not a std::exception"});
}

TEST_CASE("Reporter: a log sink that throws is swallowed") {
  const Reporter reporter(nullptr, [](LogLevel, std::string_view) { throw 7; });  // NOLINT
  CHECK_NOTHROW(reporter.log(LogLevel::error, "x"));
}

TEST_CASE_FIXTURE(Fixture, "Reporter: failing polls are logged once, and their end once") {
  reporter.poll_failed("locked");
  reporter.poll_failed("locked");
  reporter.polled();
  reporter.polled();
  CHECK(log.take() == Lines{"polling failed and is tried again: locked", "polling works again"});
  CHECK(observer->record.take() ==
        Lines{"poll failed: locked", "poll failed: locked", "poll recovered"});
  CHECK(reporter.counters().polls == 2);
  CHECK(reporter.counters().polls_failed == 2);
}

}  // namespace crier::test
