// SPDX-License-Identifier: MIT
// Refreshers that set each other off, by hand: what they publish bears a chain.
#include <crier/error.hpp>

#include "dispatcher_fixture.hpp"
#include "refresh/applying.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

class StormObserver final : public Observer {
 public:
  Record record;
  void on_storm(const std::string& what) override { record.add(what); }
  void on_failure(const Failure& failure) override {
    record.add("failed #" + std::to_string(failure.attempts) + ": " + std::string(failure.what));
  }
};

struct GuardFixture {
  Record calls;
  std::shared_ptr<RecordingRefresher> products =
      std::make_shared<RecordingRefresher>(kProducts, "products", calls);
  Registry registry;
  std::shared_ptr<StormObserver> observer = std::make_shared<StormObserver>();
  Record log;
  Reporter reporter{observer,
                    [this](LogLevel, std::string_view text) { log.add(std::string(text)); }};
  Notifier notifier{reporter};
  Dispatcher::Time now = std::chrono::steady_clock::now();
  Dispatcher dispatcher{
      registry, notifier, reporter, {.retry = {}, .clock = [this] { return now; }}};
  std::vector<Guid> seen;  // the chain of what the refresher published last

  GuardFixture() {
    registry.add(products);
    products->before = [this](const std::string&) { seen = dispatcher.publish_chain(); };
  }
  // As a poller does with an entry that bears such a chain.
  void apply(const std::vector<Guid>& chain) {
    dispatcher.apply(Instruction::refresh_by_id(kProducts, 1), 0, {{7}, "other", chain},
                     {1, {{6}, {}}});
  }
  void run_after(std::chrono::milliseconds pause) {
    now += pause;
    dispatcher.run_due(1);
  }
  // A chain that long.
  static std::vector<Guid> chain_of(std::size_t length) {
    return std::vector<Guid>(length, kOrders);
  }
};

TEST_CASE_FIXTURE(GuardFixture,
                  "chain: what nobody led to has none, and each refresher adds itself") {
  CHECK(dispatcher.publish_chain().empty());
  apply({});
  CHECK(seen == std::vector{kProducts});
  apply({kOrders, kUnknown});
  CHECK(seen == std::vector{kOrders, kUnknown, kProducts});
  CHECK(dispatcher.publish_chain().empty());
}

TEST_CASE_FIXTURE(GuardFixture, "chain: a retry and a full refresh go on with it") {
  int fails = 1;
  products->before = [&](const std::string& what) {
    if (what != "all" && fails-- > 0) {
      throw std::runtime_error("not yet");
    }
    seen = dispatcher.publish_chain();
  };
  apply({kOrders});
  SUBCASE("the retry") {}
  SUBCASE("the full refresh") { fails = 100; }
  for (int i = 0; i < 6; ++i) {
    run_after(1min);
  }
  CHECK(seen == std::vector{kOrders, kProducts});
}

TEST_CASE_FIXTURE(GuardFixture, "chain: another thread's publishes are the application's") {
  products->before = [this](const std::string&) {
    std::thread([this] { seen = dispatcher.publish_chain(); }).join();
  };
  seen = chain_of(3);
  apply({kOrders});
  CHECK(seen.empty());
}

TEST_CASE_FIXTURE(GuardFixture,
                  "chain: beyond 16 it is refused, told with its names, not retried") {
  apply(chain_of(14));
  CHECK(seen.size() == 15);
  seen.clear();
  apply(chain_of(15));
  CHECK(seen.empty());
  const Lines told = observer->record.take();
  REQUIRE(told.size() == 2);
  CHECK(
      told[0].starts_with("publishing was refused: refreshers have published inside one another "
                          "16 deep (11111111-"));
  CHECK(told[0].ends_with("> products): does one publish what sets it off again?"));
  CHECK(told[1].starts_with("failed #1: "));
  CHECK(log.lines().at(0) == told[0]);
  CHECK(dispatcher.publish_troubles() == Lines{told[0]});
  // A full refresh stands for it, whose publish is refused as well; then it is over.
  for (int i = 0; i < 10; ++i) {
    run_after(1min);
  }
  CHECK(dispatcher.is_idle());
  CHECK(reporter.counters().applied == 1);
  run_after(10min);
  CHECK(dispatcher.publish_troubles().empty());
}

TEST_CASE_FIXTURE(GuardFixture,
                  "chain: a refresher that minds no refusal is passed, and it is told") {
  products->before = [this](const std::string&) {
    try {
      seen = dispatcher.publish_chain();
    } catch (const Error& error) {
      CHECK(error.invalid_argument());
    }
  };
  apply(chain_of(15));
  CHECK(observer->record.take().size() == 1);
  CHECK(dispatcher.is_idle());
  CHECK(dispatcher.publish_troubles().size() == 1);
}

TEST_CASE_FIXTURE(GuardFixture,
                  "chain: of deep ones so many are published in a while, and no more") {
  const auto publish = [this](std::size_t length) {
    seen.clear();
    apply(chain_of(length - 1));
    const bool published = !seen.empty();
    run_after(0ms);
    return published;
  };
  for (std::uint64_t i = 0; i < PublishGuard::kMostDeep; ++i) {
    CHECK(publish(PublishGuard::kDeep));
  }
  CHECK_FALSE(publish(PublishGuard::kDeep));
  CHECK(publish(PublishGuard::kDeep - 1));  // one that is not deep is none of them
  CHECK(observer->record.take().size() >= 1);
  now += PublishRate::kWindow;
  CHECK(publish(PublishGuard::kDeep));
}

TEST_CASE_FIXTURE(GuardFixture,
                  "rate: far more than usual is told once, and shown while it lasts") {
  for (int i = 0; i < 20; ++i) {
    dispatcher.published(10);
    now += PublishRate::kWindow;
  }
  CHECK(dispatcher.publish_troubles().empty());
  for (int i = 0; i < 2000; ++i) {
    dispatcher.published(1);
  }
  const std::string what =
      "far more is published here than usual: 1001 entries in 10 s, and about 10 are usual";
  CHECK(observer->record.take() == Lines{what});
  REQUIRE(dispatcher.publish_troubles().size() == 1);
  CHECK(
      dispatcher.publish_troubles()[0].starts_with("far more is published here than usual: 2000"));
  now += 2 * PublishRate::kWindow;
  CHECK(dispatcher.publish_troubles().empty());
}

}  // namespace
}  // namespace crier::test
