// SPDX-License-Identifier: MIT
// What <crier/testing.hpp> promises of the log, the clock and the steps.
#include <crier/admin/surroundings.hpp>
#include <crier/app_caches.hpp>
#include <crier/cached_region.hpp>
#include <crier/error.hpp>

#include "world_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace crier::test {

using namespace std::chrono_literals;
using testing::World;

TEST_CASE_FIXTURE(WorldFixture, "World: nothing is applied elsewhere until the test says so") {
  const auto begin = world.now();
  const EntryId id = publish();
  CHECK(one.record.take() == Lines{"products refresh 7"});  // as ever, before it returns
  CHECK(two.record.lines().empty());
  CHECK(two.hand->position() < id);
  world.settle();
  CHECK(two.record.take() == Lines{"products refresh 7"});
  CHECK(two.hand->position() == id);
  CHECK(two.node.position() == id);
  CHECK(one.hand->position() == id);
  CHECK(world.now() == begin);
  world.settle();
  CHECK(two.record.lines().empty());
}

TEST_CASE_FIXTURE(WorldFixture, "TestNode: a step is one node's look at the log") {
  Resident three(world, "web-3");
  const EntryId id = publish();
  two.hand->step();
  CHECK(two.hand->position() == id);
  CHECK(three.hand->position() < id);
  two.node.stop();
  CHECK(two.hand->position() == EntryId());
  CHECK_THROWS_WITH_AS(two.hand->step(), "the node web-2 does not run: start it first", Error);
  two.node.start();
  publish(8);
  two.hand->step();
  CHECK(two.record.take() == Lines{"products refresh 7", "products refresh 8"});
}

TEST_CASE_FIXTURE(WorldFixture, "World: what becomes due happens in the order of the clock") {
  int tries = 0;
  std::vector<std::chrono::steady_clock::duration> at;
  const auto begin = world.now();
  two.products->before = [&](const std::string&) {
    at.push_back(world.now() - begin);
    if (++tries < 3) {
      throw std::runtime_error("not yet");
    }
  };
  publish();
  world.settle();
  REQUIRE(at.size() == 1);  // the next try is not due
  CHECK(two.record.lines().empty());
  world.advance(10s);
  REQUIRE(at.size() == 3);
  CHECK(two.record.lines() == Lines{"products refresh 7"});
  CHECK(at[0] == 0s);
  CHECK(at[1] >= 25ms);
  CHECK(at[1] <= 75ms);  // RetryPolicy::first_delay, give or take a half
  CHECK(at[2] - at[1] <= 300ms);
  CHECK(world.now() - begin == 10s);
  CHECK_THROWS_AS(world.advance(-1ms), Error);
}

TEST_CASE_FIXTURE(WorldFixture, "World: an hour of two nodes is beats, polls and a lease") {
  publish();
  world.advance(1h);
  CHECK(two.hand->position() >= world.newest());
  CHECK(two.node.counters().beats >= 3600 / 5 - 1);
  CHECK(two.node.counters().polls >= 3600 * 2 - 10);
  CHECK(two.node.freshness().age <= 500ms);
  const bool one_leads = one.node.role() == Role::scheduling_publisher;
  const bool two_leads = two.node.role() == Role::scheduling_publisher;
  CHECK(one_leads != two_leads);
  for (const NodeRecord& node : one.node.nodes()) {
    CHECK(node.state == NodeState::live);
  }
  CHECK(world.log().size() == 1);  // and no canary
  CHECK(world.newest().value > 1);
}

TEST_CASE("World: the leader prunes by its clock") {
  World world;
  Options options;
  options.retention = 1min;
  options.canary_interval = 0ms;
  Resident one(world, "web-1", options);
  for (std::int64_t id = 1; id <= 3; ++id) {
    one.node.cache().refresh(kProducts, id);
  }
  world.advance(3min);
  CHECK(world.log().size() == 1);
  CHECK(one.node.counters().pruned == 2);
}

TEST_CASE_FIXTURE(WorldFixture, "World: its clock is the caches'") {
  CachedRegion<std::int64_t, int> region("region",
                                         {.keep = {.absolute = 1min}, .clock = world.clock()});
  CHECK(*region.get(1, [] { return 1; }) == 1);
  world.advance(59s);
  CHECK(*region.get(1, [] { return 2; }) == 1);
  world.advance(1s);
  CHECK(*region.get(1, [] { return 3; }) == 3);
  CacheClock clock = world.clock();
  CHECK(clock() == world.now().time_since_epoch());
}

TEST_CASE_FIXTURE(WorldFixture, "World: how fresh a node is goes by its clock") {
  world.settle();
  two.hand->hold();
  world.advance(1min);
  CHECK(two.node.freshness().age >= 1min);
  CHECK(two.node.freshness().age <= 61s);
  CHECK(two.node.health().state == HealthState::bad);
  CHECK(one.node.health().state == HealthState::ok);
}

TEST_CASE("World: a cached value is fresh enough by its clock") {
  World world;
  Registry registry;
  CachedRegion<std::int64_t, int> region(registry, kProducts, "products", {.clock = world.clock()});
  Node node(world.options("web-1"), registry);
  node.start();
  world.settle();
  int loads = 0;
  const auto load = [&] { return ++loads; };
  region.get(1, load);
  CHECK(*region.get(1, load, no_older_than(10s)) == 1);
  world.node("web-1").hold();
  world.advance(11s);
  CHECK(*region.get(1, load, no_older_than(10s)) == 2);
  CHECK(*region.get(1, load, no_older_than(1min)) == 2);
}

namespace {

// Due at one time, and from then on.
class FixedWorker final : public SteppedWorker {
 public:
  explicit FixedWorker(Time due) : due_(due) {}
  [[nodiscard]] Time next_due() override { return due_; }
  void step() override { ++steps; }

  int steps = 0;

 private:
  const Time due_;
};

}  // namespace

TEST_CASE("TestNode: a poller that has ended takes no step") {
  World world;
  const Options options = world.options("web-1");
  const auto ended = std::make_shared<FixedWorker>(FixedWorker::Time::max());
  options.surroundings->add(WorkerKind::poller, ended);
  CHECK_THROWS_AS(world.node("web-1").step(), Error);
  CHECK(ended->steps == 0);
}

TEST_CASE_FIXTURE(WorldFixture,
                  "World: what is due at the end of an advance happens, and no clock goes back") {
  // Its next step comes an hour later.
  class Hourly final : public SteppedWorker {
   public:
    explicit Hourly(World& world) : world_(world), due_(world.now() + 1h) {}
    [[nodiscard]] Time next_due() override { return due_; }
    void step() override {
      at.push_back(world_.now());
      due_ += 1h;
    }

    std::vector<Time> at;

   private:
    World& world_;
    Time due_;
  };
  const auto begin = world.now();
  const Options options = world.options("web-3");
  const auto hourly = std::make_shared<Hourly>(world);
  options.surroundings->add(WorkerKind::keeper, hourly);
  auto applied_at = begin - 1h;
  two.products->before = [&](const std::string&) { applied_at = world.now(); };
  publish();  // rings: that is due at once
  world.advance(1h);
  CHECK(applied_at == begin);
  CHECK(hourly->at == std::vector{begin + 1h});
  CHECK(world.now() == begin + 1h);
}

TEST_CASE_FIXTURE(WorldFixture, "World: who does not come to rest is told") {
  const Options options = world.options("web-3");
  const auto restless = std::make_shared<FixedWorker>(FixedWorker::Time::min());
  options.surroundings->add(WorkerKind::poller, restless);
  CHECK_THROWS_WITH_AS(world.settle(),
                       "the nodes do not come to rest: after 100001 steps there is still something "
                       "due; does a refresher publish what sets it off again?",
                       Error);
}

TEST_CASE_FIXTURE(WorldFixture, "World: threads may publish and wait while it settles") {
  constexpr int kEach = 50;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      Node& node = i == 0 ? one.node : two.node;
      for (int k = 0; k < kEach; ++k) {
        const EntryId id = node.cache().refresh(kProducts, k);
        if (k % 10 == 0) {
          CHECK(bool(node.wait_everywhere(id, 10s)));
        }
      }
    });
  }
  for (int k = 0; k < kEach; ++k) {
    world.settle();
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  world.settle();
  CHECK(one.hand->position() == world.newest());
  CHECK(two.hand->position() == world.newest());
  CHECK(one.record.size() >= 2 * std::size_t{kEach} - kEach);
}

TEST_CASE("World: options keep what they were given, but for what is the world's") {
  World world;
  Options base;
  base.poll_interval = 7s;
  base.store = "postgresql://elsewhere/";
  base.node_name = "other";
  base.migrate_on_start = true;
  base.password = [] { return std::string("secret"); };
  base.application = "shop";
  const Options options = world.options("web-1", base);
  CHECK(options.poll_interval == 7s);
  CHECK(options.application == "shop");
  CHECK(options.node_name == "web-1");
  CHECK(options.store == "memory");
  CHECK_FALSE(options.migrate_on_start);
  CHECK_FALSE(options.password);
  CHECK_THROWS_AS(static_cast<void>(world.options("")), Error);
  CHECK_THROWS_AS(static_cast<void>(world.node("web-2")), Error);
  CHECK(world.node("web-1").name() == "web-1");
  const testing::TestNode* const first = &world.node("web-1");
  static_cast<void>(world.options("web-1"));
  CHECK(&world.node("web-1") != first);
}

TEST_CASE_FIXTURE(WorldFixture, "World: its log is read as the tool prints it") {
  CHECK(world.newest() == EntryId());
  CHECK(world.log().empty());
  const Instruction instruction = Instruction::remove_by_id(kProducts, 3);
  const EntryId id = world.append(std::vector{instruction});
  CHECK(world.newest() == id);
  const std::vector<std::string> log = world.log();
  REQUIRE(log.size() == 1);
  CHECK(log[0].starts_with(R"({"id":1,"utcStamp":")"));
  CHECK(log[0].ends_with(R"("originated":"another application","instructionCount":1,)"
                         R"("instructions":[{"refresher":"7c9e6679-7425-40de-944b-e07fc1f90ae7",)"
                         R"("type":"remove_by_id","id":3}]})"));
  CHECK_THROWS_AS(world.append({}), Error);
  world.append(std::vector{instruction, instruction});
  CHECK(world.log().at(1).find(R"("instructionCount":2,)") != std::string::npos);
}

}  // namespace crier::test
