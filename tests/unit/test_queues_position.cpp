// SPDX-License-Identifier: MIT
// How far a node says it is, while one of its refreshers is not well.
#include <crier/error.hpp>

#include "unit/poller_fixture.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

struct UnwellFixture : PollerFixture {
  bool broken = true;

  UnwellFixture() {
    products->before = [this](const std::string&) {
      if (broken) {
        throw std::runtime_error("broken");
      }
    };
  }
};

TEST_CASE_FIXTURE(UnwellFixture, "the position stops before an instruction that is tried again") {
  poller.start(ColdStart::start_at_newest);
  store.write("other", row({Instruction::refresh_by_id(kOrders, 1)}));
  store.write("other", refresh(2));
  store.write("other", row({Instruction::refresh_by_id(kOrders, 3)}));
  CHECK(poll() == Lines{"orders refresh 1", "orders refresh 3"});
  CHECK(position.entry() == EntryId{1});
  broken = false;
  CHECK(poll_after(1s) == Lines{"products refresh 2"});
  CHECK(position.entry() == EntryId{3});
}

TEST_CASE_FIXTURE(UnwellFixture, "what comes later for the same refresher waits its turn") {
  poller.start(ColdStart::start_at_newest);
  store.write("other", refresh(1));
  store.write("other", refresh(2));
  CHECK(poll().empty());
  broken = false;
  CHECK(poll_after(1s) == Lines{"products refresh 1", "products refresh 2"});
  CHECK(position.entry() == EntryId{2});
}

TEST_CASE_FIXTURE(UnwellFixture,
                  "what is given up holds the position until the full refresh in its place") {
  poller.start(ColdStart::start_at_newest);
  store.write("other", refresh(1));
  poll();
  for (int retry = 0; retry < 3; ++retry) {
    CHECK(observer->record.size() == 0);
    CHECK(poll_after(1s).empty());
  }
  CHECK(observer->record.take() == Lines{"failed 1 refresher_threw: broken"});
  CHECK(position.entry() == EntryId{0});
  std::vector<FailureRecord> given_up;
  dispatcher.quarantine().flush([&](const auto& failures) { given_up = failures; });
  REQUIRE(given_up.size() == 1);
  CHECK(given_up[0].entry == EntryId{1});
  CHECK(given_up[0].attempts == 4);
  CHECK(poll_after(1min).empty());
  CHECK(position.entry() == EntryId{0});
  broken = false;
  CHECK(poll_after(1min) == Lines{"products all"});
  CHECK(position.entry() == EntryId{1});
}

TEST_CASE_FIXTURE(UnwellFixture, "a look is a proof only where all that was read is applied") {
  poller.start(ColdStart::start_at_newest);
  store.write("other", refresh(1));
  const auto began = Position::Clock::now();
  poll();
  CHECK(position.state().looked_at >= began);
  CHECK(position.state().proved_at < began);
  broken = false;
  now += 1s;
  poll();
  CHECK(position.state().proved_at >= began);
  CHECK(position.state().proved_at == position.state().looked_at);
}

TEST_CASE_FIXTURE(UnwellFixture, "nor is it a proof before a resync has refreshed everything") {
  store.write("other", refresh(1));
  const auto began = Position::Clock::now();
  poller.start(ColdStart::refresh_all);
  CHECK(record.take() == Lines{"orders all"});
  poll();
  CHECK(position.state().resets == 0);
  CHECK(position.entry() == EntryId{0});
  CHECK(position.state().proved_at < began);
  broken = false;
  CHECK(poll_after(1min) == Lines{"products all"});
  CHECK(position.state().resets == 1);
  CHECK(position.entry() == EntryId{1});
  CHECK(position.state().proved_at >= began);
  CHECK(reporter.counters().resyncs == 1);
}

TEST_CASE_FIXTURE(UnwellFixture, "who waits for an entry is answered when it is applied") {
  poller.start(ColdStart::start_at_newest);
  store.connect(Access::read_write)->nodes().request_position({1}, 1min);
  poll();
  published = 0;
  store.write("other", refresh(1));
  poll();
  CHECK(published == 0);
  broken = false;
  poll_after(1s);
  CHECK(published == 1);
}

TEST_CASE_FIXTURE(UnwellFixture,
                  "what is due runs, and flushes, while the database is out of reach") {
  poller.start(ColdStart::start_at_newest);
  store.write("other", refresh(1));
  poll();
  store.before = [](std::string_view) { throw Error("read", "gone"); };
  broken = false;
  now += 1s;
  CHECK_FALSE(poller.step({}));
  CHECK(record.take() == Lines{"products refresh 1"});
  CHECK(position.entry() == EntryId{1});
}

TEST_CASE_FIXTURE(UnwellFixture, "a position kept at entry 0 can't be told from another log's") {
  broken = false;
  poller.resume(Cursor{});
  CHECK(record.take() == Lines{"orders all", "products all"});
  CHECK(observer->record.take() == Lines{"resync first_start 0"});
}

TEST_CASE_FIXTURE(PollerFixture,
                  "an entry that was begun is gone on with, or missed if it is another one now") {
  poller.start(ColdStart::start_at_newest);
  std::stop_source stop;
  products->before = [&](const std::string&) { stop.request_stop(); };
  store.write("other", row({Instruction::refresh_by_id(kProducts, 1),
                            Instruction::refresh_by_id(kProducts, 2)}));
  poller.poll_once(stop.get_token());
  CHECK(record.take() == Lines{"products refresh 1"});
  std::string stamp = "2026-11-21 09:00:00.000";
  Lines runs;
  SUBCASE("another") {
    runs = {"orders all", "products all"};
    store.put({{1},
               stamp,
               "restored",
               2,
               row({Instruction::refresh_by_id(kProducts, 3),
                    Instruction::refresh_by_id(kProducts, 4)})});
  }
  SUBCASE("the same") { runs = {"products refresh 2"}; }
  CHECK(poll() == runs);
  CHECK(position.entry() == EntryId{1});
}

TEST_CASE_FIXTURE(UnwellFixture,
                  "what is held at a place of a log that was replaced moves nothing") {
  store.restore({105});
  store.write("other", refresh(1));
  poller.start(ColdStart::start_at_newest);
  CHECK(position.entry() == EntryId{105});
  store.clear();
  for (std::int64_t id = 1; id <= 5; ++id) {
    store.write("other", refresh(id));
  }
  broken = false;
  CHECK(poll() == Lines{"orders all", "products all"});
  CHECK(position.entry() == EntryId{5});
  // A publisher's that looked at the position before that.
  broken = true;
  dispatcher.apply(Instruction::refresh_by_id(kProducts, 7), 0, {{}, "me"}, {0, {{105}, {}}});
  CHECK(poll().empty());
  CHECK(position.entry() == EntryId{5});
  store.write("other", row({Instruction::refresh_by_id(kOrders, 6)}));
  CHECK(poll() == Lines{"orders refresh 6"});
  CHECK(position.entry() == EntryId{5});
  broken = false;
  CHECK(poll_after(1s) == Lines{"products refresh 7"});
  CHECK(position.entry() == EntryId{6});
}

}  // namespace
}  // namespace crier::test
