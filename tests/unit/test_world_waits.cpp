// SPDX-License-Identifier: MIT
// What <crier/testing.hpp> promises of waits.
#include <crier/wait.hpp>

#include "world_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

namespace crier::test {

using namespace std::chrono_literals;

TEST_CASE_FIXTURE(WorldFixture, "World: a wait has the nodes settle, and takes no time") {
  const auto begin = world.now();
  const EntryId id = publish();
  CHECK(two.node.wait_applied(id, 5s).end == WaitEnd::applied);
  CHECK(world.now() == begin);
  CHECK(bool(one.node.wait_everywhere(publish(8), 5s)));  // asks, and looks some ms later
  CHECK(world.now() - begin < 1s);
}

TEST_CASE_FIXTURE(WorldFixture, "World: a wait brings what becomes due meanwhile, and no more") {
  int tries = 0;
  two.products->before = [&](const std::string&) {
    if (++tries < 2) {
      throw std::runtime_error("not yet");
    }
  };
  const auto begin = world.now();
  CHECK(two.node.wait_applied(publish(), 5s).end == WaitEnd::applied);
  CHECK(tries == 2);
  CHECK(world.now() - begin >= 25ms);
  CHECK(world.now() - begin < 1s);
}

TEST_CASE_FIXTURE(WorldFixture, "World: a wait that does not end sets the clock on") {
  world.settle();
  two.hand->hold();
  const EntryId id = publish();
  const auto begin = world.now();
  CHECK(two.node.wait_applied(id, 3ms).end == WaitEnd::timed_out);
  CHECK(world.now() - begin == 3ms);
  CHECK(two.node.wait_applied(id, 4997ms).end == WaitEnd::timed_out);
  CHECK(world.now() - begin == 5s);
  const WaitResult result = one.node.wait_everywhere(id, 5s);
  CHECK(result.end == WaitEnd::timed_out);
  REQUIRE(result.waiting.size() == 1);
  CHECK(result.waiting[0].name == "web-2");
  CHECK(world.now() - begin == 10s);
}

TEST_CASE_FIXTURE(WorldFixture, "World: a handler of a wait is called by its steps") {
  std::vector<std::string> ends;
  const auto note = [&](WaitApplied applied) { ends.emplace_back(to_string(applied.end)); };
  const EntryId id = publish();
  two.node.on_applied(id, 5s, note);
  CHECK(ends.empty());
  world.settle();
  CHECK(ends == std::vector<std::string>{"applied"});
  two.node.on_applied(publish(7), 5s, note);
  two.hand->step();
  CHECK(ends.size() == 2);
  ends.pop_back();
  two.hand->hold();
  two.node.on_applied(publish(8), 5s, note);
  world.advance(6s);
  CHECK(ends.size() == 1);
  two.hand->release();
  world.settle();
  CHECK(ends.size() == 2);
  two.node.on_applied(EntryId{100}, 5s, note);
  two.node.on_applied(EntryId{101}, 5s, note);
  two.node.stop();
  CHECK(ends.size() == 4);
}

}  // namespace crier::test
