// SPDX-License-Identifier: MIT
// Two keepers of one incarnation, as after a snapshot of memory that was started twice.
#include <crier/codec.hpp>
#include <crier/error.hpp>

#include "unit/keeper_fixture.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace crier::test {
namespace {

struct TwinsFixture : KeeperFixture {
  std::vector<std::chrono::milliseconds> found;
  Kept one{*this, "a", counting()};
  Keeper twin{store, one.reporter, one.position, one.dispatcher, one.own, one.settings};

  Keeper::Settings counting() {
    Keeper::Settings settings = Kept::defaults();
    settings.cloned = [this](std::chrono::milliseconds at) { found.push_back(at); };
    settings.canary_interval = 60s;
    return settings;
  }
  void beat_both() {
    pass(5s);
    one.step();
    pass(1s);
    twin.step(now);
  }
};

TEST_CASE_FIXTURE(TwinsFixture, "clone: each notices the other's beats") {
  one.step();
  pass(5s);
  one.step();
  CHECK(found.empty());
  pass(1s);
  twin.step(now);  // its first: whatever stands there may be its own
  CHECK(found.empty());
  beat_both();
  REQUIRE(found.size() == 2);
  CHECK(found[0] != found[1]);
  CHECK(nodes().size() == 1);

  one.keeper.rename(Guid::random());
  twin.rename(Guid::random());
  beat_both();
  beat_both();
  CHECK(found.size() == 2);
  // The row of the name that both have given up stays until it is old.
  CHECK(nodes().size() == 3);
}

TEST_CASE_FIXTURE(TwinsFixture, "clone: a beat whose answer was lost is not another's") {
  one.step();
  pass(5s);
  store.after = [](std::string_view operation) {
    if (operation == "beat") {
      throw Error("beat", "memory: the answer was lost");
    }
  };
  one.step();
  store.after = {};
  pass(5s);
  one.step();
  pass(5s);
  one.step();
  CHECK(found.empty());
}

TEST_CASE_FIXTURE(TwinsFixture, "clone: the canaries that a node sends are its own") {
  for (int i = 0; i <= 12; ++i) {
    one.step();
    pass(5s);
  }
  REQUIRE(store.rows().size() == 1);
  Entry canary = store.rows()[0];
  CHECK(one.own.contains(canary));
  canary.id = {2};
  one.step();  // it is yet too early for the next
  const auto clone = one.own.find_break({}, {}, std::vector{canary});
  REQUIRE(clone);
  CHECK(clone->kind == OwnEntries::Break::Kind::cloned);
}

TEST_CASE_FIXTURE(TwinsFixture,
                  "clone: under its new name a node leads when the lease is free again") {
  one.step();
  CHECK(one.role() == Role::single);
  one.keeper.rename(Guid::random());
  one.step();
  CHECK(one.role() == Role::subscriber);
  pass(16s);
  one.step();
  CHECK(one.role() == Role::single);
}

}  // namespace
}  // namespace crier::test
