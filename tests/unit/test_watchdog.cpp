// SPDX-License-Identifier: MIT
// The watchdog by hand, at times that the test gives.
#include "node/core.hpp"
#include "node/watchdog.hpp"
#include "support/eventually.hpp"
#include "support/gate.hpp"
#include "support/recording.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// What the watchdog tells.
class BeatObserver final : public Observer {
 public:
  Record record;
  std::function<void()> at_change = [] {};  // set before there is a watchdog
  void on_beat_failed(const std::string& what) override { record.add(what); }
  void on_refresher_changed(const RefresherTrouble&) override { at_change(); }
};

struct WatchdogFixture {
  Record record;
  std::shared_ptr<BeatObserver> ears = std::make_shared<BeatObserver>();
  std::shared_ptr<RecordingRefresher> products =
      std::make_shared<RecordingRefresher>(kProducts, "products", record);
  std::shared_ptr<RecordingRefresher> orders =
      std::make_shared<RecordingRefresher>(kOrders, "orders", record);
  Options options;
  Registry registry;
  std::unique_ptr<Core> core;
  Position position;
  std::uint64_t poller = 1;
  Lines replaced;
  // The dispatcher's clock is the real one: so far from it that what the test does takes no time.
  Watchdog::Time began = Watchdog::Time::clock::now();
  std::unique_ptr<Watchdog> watchdog;

  WatchdogFixture() {
    options.observer = ears;
    options.log = [](LogLevel, std::string_view) {};
  }

  // After what the test has set.
  void make() {
    registry.add(products, products_when);
    registry.add(orders, orders_when);
    core = std::make_unique<Core>(options, std::move(registry));
    watchdog = std::make_unique<Watchdog>(*core, position,
                                          Watchdog::Settings{.poller_deadline = 30s,
                                                             .keeper_deadline = 45s,
                                                             .poller = [this] { return poller; },
                                                             .replace_poller =
                                                                 [this](const std::string& why) {
                                                                   ++poller;
                                                                   replaced.push_back(why);
                                                                 }},
                                          began);
  }
  void look(Watchdog::Time::duration after) { watchdog->step(began + after); }
  Lines take_replaced() { return std::exchange(replaced, {}); }
  // Of what is due now.
  Lines run_due() {
    core->dispatcher.run_due(1);
    return record.take();
  }

  WhenStale products_when;
  WhenStale orders_when;
};

TEST_CASE_FIXTURE(WatchdogFixture,
                  "a poller that does not come forward is replaced, and then its successor") {
  make();
  look(29s);
  CHECK(take_replaced().empty());
  look(31s);
  const Lines why = take_replaced();
  REQUIRE(why.size() == 1);
  CHECK(why[0].starts_with("it has not come forward for 3"));
  CHECK(why[0].ends_with(" s: a call on the database hangs"));
  // That one has as long from then on.
  look(60s);
  CHECK(take_replaced().empty());
  look(62s);
  CHECK(take_replaced().size() == 1);
}

TEST_CASE_FIXTURE(WatchdogFixture, "a poller that comes forward, or computes, is left alone") {
  make();
  {
    const Position::Computing computing(position);  // ends by itself, however long it takes
    look(24h);
    CHECK(take_replaced().empty());
  }
  position.still_here();
  const auto alive = Position::Clock::now();
  watchdog->step(alive + 29s);
  CHECK(take_replaced().empty());
  watchdog->step(alive + 30s);
  CHECK(take_replaced().size() == 1);
}

TEST_CASE_FIXTURE(WatchdogFixture, "a poller that hangs in a refresher is replaced once") {
  options.refresher_deadline = 1ms;
  make();
  Gate gate;
  products->before = [&](const std::string&) { gate.pass(); };
  std::jthread hanging([&] {
    core->dispatcher.apply(Instruction::refresh_by_id(kProducts, 7), 0, {{4}, "x"}, {1, {{3}, {}}});
  });
  CHECK(gate.wait_until_entered());
  // The call's age is by the real clock.
  CHECK(eventually([&] {
    look(1s);
    return !take_replaced().empty();
  }));
  CHECK(poller == 2);
  CHECK(core->reporter.counters().stuck == 1);
  for (int i = 2; i < 29; ++i) {
    look(std::chrono::seconds(i));
  }
  CHECK(take_replaced().empty());
  CHECK(core->dispatcher.position_limit()->id == EntryId{3});
  gate.open();
  hanging.join();
  CHECK_FALSE(core->dispatcher.position_limit());
}

TEST_CASE_FIXTURE(WatchdogFixture, "an observer that hangs in being told holds up no replacement") {
  options.refresher_deadline = 1ms;
  Gate told;
  ears->at_change = [&] { told.pass(); };
  make();
  Gate gate;
  products->before = [&](const std::string&) { gate.pass(); };
  std::jthread hanging([&] {
    core->dispatcher.apply(Instruction::refresh_by_id(kProducts, 7), 0, {{4}, "x"}, {1, {}});
  });
  CHECK(gate.wait_until_entered());
  std::jthread watching([&] {
    CHECK(eventually([&] {
      look(1s);
      return poller == 2;
    }));
  });
  CHECK(told.wait_until_entered());
  CHECK(poller == 2);
  told.open();
  gate.open();
}

TEST_CASE_FIXTURE(WatchdogFixture, "a poller in a refresher within its deadline is not silent") {
  options.refresher_deadline = 1h;
  make();
  Gate gate;
  products->before = [&](const std::string&) { gate.pass(); };
  std::jthread busy([&] {
    core->dispatcher.apply(Instruction::refresh_by_id(kProducts, 7), 0, {{4}, "x"}, {1, {}});
  });
  CHECK(gate.wait_until_entered());
  look(10min);
  CHECK(take_replaced().empty());
  gate.open();
}

TEST_CASE_FIXTURE(WatchdogFixture, "a publisher that hangs in a refresher replaces no poller") {
  options.refresher_deadline = 1ms;
  make();
  Gate gate;
  products->before = [&](const std::string&) { gate.pass(); };
  std::jthread hanging([&] {
    core->dispatcher.apply(Instruction::refresh_by_id(kProducts, 7), 0, {{}, "me"}, {0, {}});
  });
  CHECK(gate.wait_until_entered());
  CHECK(eventually([&] {
    look(1s);
    return core->reporter.counters().stuck == 1;
  }));
  CHECK(take_replaced().empty());
  CHECK(core->dispatcher.troubles().at(0).state == RefresherState::stuck);
  gate.open();
}

TEST_CASE_FIXTURE(WatchdogFixture,
                  "a keeper that does not come forward is told once, and again anew") {
  make();
  const auto at = [&](Watchdog::Time::duration after) {
    poller = 1;
    look(after);
    return ears->record.take();
  };
  CHECK(at(44s).empty());
  CHECK(at(45s) ==
        Lines{"the keeper's thread failed: it has not come forward for 45.0 s: a call on the "
              "database hangs"});
  CHECK(at(46s).empty());
  watchdog->keeper_stepped(began + 50s);
  CHECK(at(51s).empty());
  CHECK(at(95s).size() == 1);
}

TEST_CASE_FIXTURE(WatchdogFixture,
                  "a cache is flushed once it could not be proved for so long, and again") {
  products_when = WhenStale::flush(10s);
  make();
  look(9s);
  CHECK(run_due().empty());
  look(10s);
  CHECK(run_due() == Lines{"products all"});
  look(19s);
  CHECK(run_due().empty());
  look(20s);
  CHECK(run_due() == Lines{"products all"});
  position.looked(began + 25s, true);
  look(34s);
  CHECK(run_due().empty());
  look(35s);
  CHECK(run_due() == Lines{"products all"});
}

TEST_CASE_FIXTURE(WatchdogFixture,
                  "a callback is told how fresh the node is, and runs as a refresher does") {
  Record told;
  products_when = WhenStale::callback(10s, [&](const Freshness& freshness) {
    told.add(freshness.applied_through.to_string() + ", " + std::to_string(freshness.age.count()));
    throw std::runtime_error("contained");
  });
  make();
  position.reset({{5}, {}});
  position.looked(began, true);
  look(12s);
  CHECK(told.size() == 0);
  CHECK(run_due().empty());
  CHECK(told.lines() == Lines{"5, 12000"});
  CHECK(core->dispatcher.troubles().empty());
}

TEST_CASE_FIXTURE(WatchdogFixture, "another refresher's trouble is none of a cache's own") {
  products_when = WhenStale::flush(10s);
  orders_when = WhenStale::flush(10s);
  make();
  products->before = [](const std::string& what) {
    if (what != "all") {
      throw std::runtime_error("broken");
    }
  };
  core->dispatcher.apply(Instruction::refresh_by_id(kProducts, 7), 0, {{4}, "x"}, {1, {}});
  position.looked(began, true);
  position.looked(began + 9s, false);  // all of the log was read, and not all of it applied
  look(10s);
  CHECK(run_due() == Lines{"products all"});
  look(19s);
  CHECK(run_due() == Lines{"orders all"});
}

TEST_CASE_FIXTURE(WatchdogFixture, "by default nothing happens to a cache") {
  make();
  look(24h);
  CHECK(run_due().empty());
}

TEST_CASE_FIXTURE(WatchdogFixture, "it looks often enough for the shortest of what it looks for") {
  SUBCASE("a second at the most") {
    make();
    CHECK(watchdog->period() == 1s);
  }
  SUBCASE("a refresher's deadline") {
    options.refresher_deadline = 100ms;
    make();
    CHECK(watchdog->period() == 25ms);
  }
  SUBCASE("a cache's") {
    products_when = WhenStale::flush(40ms);
    make();
    CHECK(watchdog->period() == 10ms);
  }
  SUBCASE("a millisecond at the least") {
    options.refresher_deadline = 1ms;
    make();
    CHECK(watchdog->period() == 1ms);
  }
}

}  // namespace
}  // namespace crier::test
