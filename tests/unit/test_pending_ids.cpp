// SPDX-License-Identifier: MIT
// Entries that were committed without ids: who looks claims nothing, and who may gives the ids.
#include "unit/keeper_fixture.hpp"
#include "unit/poller_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <vector>

namespace crier::test {
namespace {

// What the poller tells: whether ids are due for long.
using Told = std::vector<bool>;

TEST_CASE_FIXTURE(PollerFixture,
                  "a look that meets entries without ids proves nothing, and tells") {
  Told told;
  Poller looker(
      store, dispatcher, reporter, position, own, progress,
      {.longest_unasked = 0ms, .ids_are_due = [&](bool for_long) { told.push_back(for_long); }});
  looker.start(ColdStart::start_at_newest);
  looker.poll_once();
  const auto proved = position.state().proved_at;
  store.ids_are_due = true;
  looker.poll_once();
  CHECK(position.state().proved_at == proved);
  CHECK(position.state().looked_at > proved);
  CHECK(told == Told{true});
  store.ids_are_due = false;
  looker.poll_once();
  CHECK(position.state().proved_at > proved);
  CHECK(told.size() == 1);
}

TEST_CASE_FIXTURE(PollerFixture, "ids are due for long once they were due for the longest time") {
  Told told;
  Poller looker(store, dispatcher, reporter, position, own, progress,
                {.longest_unasked = std::chrono::hours(1),
                 .ids_are_due = [&](bool for_long) { told.push_back(for_long); }});
  looker.start(ColdStart::start_at_newest);
  store.ids_are_due = true;
  looker.poll_once();
  looker.poll_once();
  CHECK(told == Told{false, false});
}

TEST_CASE_FIXTURE(KeeperFixture, "who leads gives ids when they are wanted, without a beat") {
  Kept a{*this, "a"};
  a.step();
  Lines calls;
  store.ids_are_due = true;
  store.before = [&](std::string_view operation) { calls.emplace_back(operation); };
  const std::uint64_t mark = store.wakeup().mark();
  a.keeper.want_ids(false);
  CHECK(a.keeper.step(now).well);
  CHECK(calls == Lines{"assign_pending_ids"});
  CHECK_FALSE(store.ids_are_due);
  CHECK(store.wakeup().wait(mark, 0ms));
}

TEST_CASE_FIXTURE(KeeperFixture, "who does not lead gives ids only if nobody has for long") {
  Kept a{*this, "a"};
  Kept b{*this, "b"};
  a.step();
  b.step();
  store.ids_are_due = true;
  pass(1ms);
  b.keeper.want_ids(false);
  b.keeper.step(now);
  CHECK(store.ids_are_due);
  b.keeper.want_ids(true);
  b.keeper.step(now);
  CHECK_FALSE(store.ids_are_due);
}

TEST_CASE_FIXTURE(KeeperFixture, "a node that only reads gives no ids") {
  Keeper::Settings settings = Kept::defaults();
  settings.read_only = true;
  Kept a{*this, "a", settings};
  store.ids_are_due = true;
  a.keeper.want_ids(true);
  a.keeper.step(now);
  CHECK(store.ids_are_due);
}

}  // namespace
}  // namespace crier::test
