// SPDX-License-Identifier: MIT
// What <crier/testing.hpp> promises of what a node reports.
#include <crier/observer.hpp>

#include "world_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace crier::test {

using testing::World;

namespace {

// Notes the name of each event.
struct EachEvent final : Observer {
  Record record;

  void on_published(EntryId) override { record.add("published"); }
  void on_applied(const Instruction&, const Source&) override { record.add("applied"); }
  void on_failure(const Failure&) override { record.add("failure"); }
  void on_retry(const Failure&) override { record.add("retry"); }
  void on_refresher_changed(const RefresherTrouble&) override { record.add("refresher_changed"); }
  void on_missed(const Missed&, ResyncReason) override { record.add("missed"); }
  void on_resync(const Resync&) override { record.add("resync"); }
  void on_poll_failed(const std::string& what) override { record.add("poll_failed " + what); }
  void on_poll_recovered() override { record.add("poll_recovered"); }
  void on_poller_replaced(const std::string& why) override { record.add("poller_replaced " + why); }
  void on_storm(const std::string& what) override { record.add("storm " + what); }
  void on_role_changed(Role, Role) override { record.add("role_changed"); }
  void on_beat_failed(const std::string& what) override { record.add("beat_failed " + what); }
  void on_beat_recovered() override { record.add("beat_recovered"); }
};

}  // namespace

TEST_CASE("World: the application's observer gets each event") {
  World world;
  const auto observer = std::make_shared<EachEvent>();
  Options base;
  base.observer = observer;
  Observer& node = *world.options("web-1", base).observer;
  node.on_published({});
  node.on_applied({}, {});
  node.on_failure({});
  node.on_retry({});
  node.on_refresher_changed({});
  node.on_missed({}, ResyncReason::backlog);
  node.on_resync({});
  node.on_poll_failed("a");
  node.on_poll_recovered();
  node.on_poller_replaced("b");
  node.on_storm("c");
  node.on_role_changed(Role::unknown, Role::single);
  node.on_beat_failed("d");
  node.on_beat_recovered();
  CHECK(observer->record.lines() == Lines{"published", "applied", "failure", "retry",
                                          "refresher_changed", "missed", "resync", "poll_failed a",
                                          "poll_recovered", "poller_replaced b", "storm c",
                                          "role_changed", "beat_failed d", "beat_recovered"});
}

TEST_CASE("TestNode: warnings and errors are kept, and the log gets all") {
  World world;
  Record log;
  Options base;
  base.log = [&](LogLevel, std::string_view text) { log.add(std::string(text)); };
  const Options options = world.options("web-1", base);
  options.log(LogLevel::info, "one");
  options.log(LogLevel::warning, "two");
  options.log(LogLevel::error, "three");
  CHECK(log.lines() == Lines{"one", "two", "three"});
  CHECK(world.node("web-1").messages() == Lines{"two", "three"});
}

TEST_CASE("TestNode: what it reports is passed on") {
  World world;
  Options base;
  const auto observer = std::make_shared<RecordingObserver>();
  Record log;
  base.observer = observer;
  base.log = [&](LogLevel, std::string_view text) { log.add(std::string(text)); };
  Resident one(world, "web-1", base);
  one.node.cache().refresh(kProducts, 1);
  world.append_row("{ no JSON");
  world.settle();
  const Lines observed = observer->record.lines();
  CHECK(std::ranges::find(observed, "published 1") != observed.end());
  CHECK(std::ranges::any_of(observed,
                            [](const std::string& line) { return line.starts_with("failed 2"); }));
  CHECK(log.size() >= one.hand->messages().size());
  CHECK(!one.hand->messages().empty());
}

}  // namespace crier::test
