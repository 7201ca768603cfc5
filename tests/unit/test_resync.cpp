// SPDX-License-Identifier: MIT
#include <crier/error.hpp>

#include "poller_fixture.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace crier::test {

TEST_CASE_FIXTURE(PollerFixture,
                  "resync: a cold start that asks for it, the newest id taken first") {
  store.write("other", refresh(1));
  products->before = [&](const std::string& what) {
    if (what == "all") {
      store.write("other", refresh(2));
    }
  };
  poller.start(ColdStart::refresh_all);
  CHECK(record.take() == Lines{"orders all", "products all"});
  CHECK(observer->record.take() == Lines{"resync first_start 1"});
  // What was written during the refresh is read after it.
  CHECK(poll() == Lines{"products refresh 2"});
}

TEST_CASE_FIXTURE(PollerFixture, "resync: it is counted and told before the position moves") {
  poller.start(ColdStart::start_at_newest);
  store.write("other", refresh(1));
  poll();
  publish(refresh(2));
  store.write("me", refresh(3));  // of a clone
  std::vector<EntryId> seen;
  observer->told = [&] { seen.push_back(position.entry()); };
  poll();
  CHECK(observer->record.take().back() == "resync cloned 3");
  CHECK(seen == std::vector<EntryId>{{1}});
  CHECK(position.entry() == EntryId{3});
}

TEST_CASE_FIXTURE(PollerFixture, "resync: a backlog above the limit, counted in instructions") {
  poller.start(ColdStart::start_at_newest);
  store.write("other", row({Instruction::refresh_by_ids(kProducts, {1, 2, 3, 4, 5, 6})}), 6);
  store.write("other", row({Instruction::refresh_by_ids(kProducts, {1, 2, 3, 4})}), 4);
  CHECK(poll().size() == 10);  // as many as the limit are still worth reading
  store.write("other", row({Instruction::refresh_by_ids(kProducts, {1, 2, 3, 4, 5, 6})}), 6);
  store.write("other", row({Instruction::refresh_by_ids(kProducts, {1, 2, 3, 4, 5})}), 5);
  CHECK(poll() == Lines{"products all"});
  CHECK(observer->record.take().empty());  // not everything was refreshed
  CHECK(position.entry() == EntryId{4});
}

TEST_CASE_FIXTURE(PollerFixture, "resync: a node that falls behind while it catches up") {
  poller.start(ColdStart::start_at_newest);
  // Ever more is written while one entry is handled: catching up would never end.
  std::int64_t written = 0;
  products->before = [&](const std::string& what) {
    for (int i = 0; what != "all" && i < 30; ++i) {
      store.write("other", refresh(++written));
    }
  };
  store.write("other", refresh(0));
  poller.poll_once();
  poller.poll_once();
  CHECK(record.take().back() == "products all");
}

TEST_CASE_FIXTURE(PollerFixture, "resync: what this node wrote itself is no backlog") {
  poller.start(ColdStart::start_at_newest);
  for (std::int64_t id = 0; id < 30; ++id) {
    publish(refresh(id));
  }
  store.write("other", refresh(1));
  CHECK(poll() == Lines{"products refresh 1"});
}

TEST_CASE_FIXTURE(PollerFixture, "resync: the largest limit means never") {
  Poller patient(store, dispatcher, reporter, position, own, progress,
                 {static_cast<std::size_t>(-1), [] {}});
  patient.start(ColdStart::start_at_newest);
  store.before = [](std::string_view operation) { CHECK(operation != "backlog"); };
  store.write("other", refresh(1), 1'000'000'000);
  CHECK(patient.poll_once() == 1);
}

TEST_CASE_FIXTURE(PollerFixture, "resync: a short log is not counted, it was read") {
  poller.start(ColdStart::start_at_newest);
  int counts = 0;
  store.before = [&](std::string_view operation) { counts += operation == "backlog" ? 1 : 0; };
  for (std::int64_t id = 0; id < 9; ++id) {
    store.write("other", refresh(id));
  }
  store.write("other", refresh(9), -5);  // counts for 1, whatever it says
  CHECK(poller.poll_once() == 10);
  CHECK(counts == 0);
  store.write("other", refresh(1), 11);
  poller.poll_once();
  CHECK(counts == 1);
  CHECK(record.take().back() == "products all");
}

TEST_CASE_FIXTURE(PollerFixture,
                  "resync: in another log the position is nowhere until all is refreshed") {
  store.write("other", refresh(1));
  store.write("other", refresh(2));
  store.write("other", refresh(3));
  poller.start(ColdStart::start_at_newest);
  store.drop({3});
  EntryId meanwhile{-1};
  products->before = [&](const std::string&) { meanwhile = position.entry(); };
  CHECK(poll() == Lines{"orders all", "products all"});
  CHECK(meanwhile == EntryId{0});
  CHECK(position.entry() == EntryId{2});
}

TEST_CASE_FIXTURE(PollerFixture, "resync: the anchor is gone") {
  for (std::int64_t id = 1; id <= 3; ++id) {
    store.write("other", refresh(id));
  }
  poller.start(ColdStart::start_at_newest);
  SUBCASE("truncated: the log ends before it") {
    store.drop({3});
    CHECK(poll() == Lines{"orders all", "products all"});
    CHECK(observer->record.take() == Lines{"resync anchor_gone 2"});
    CHECK(position.entry() == EntryId{2});
  }
  SUBCASE("pruned past this node") {
    store.write("other", refresh(4));
    for (std::int64_t id = 1; id <= 3; ++id) {
      store.drop({id});
    }
    CHECK(poll() == Lines{"orders all", "products all"});
    CHECK(observer->record.take() == Lines{"resync anchor_gone 4"});
  }
  SUBCASE("the table was made anew, and is empty") {
    store.clear();
    CHECK(poll() == Lines{"orders all", "products all"});
    CHECK(observer->record.take() == Lines{"resync anchor_gone 0"});
    store.write("other", refresh(9));
    CHECK(poll() == Lines{"products refresh 9"});
  }
}

TEST_CASE_FIXTURE(PollerFixture,
                  "resync: the log was restored and has grown past the old position again") {
  store.write("other", refresh(1));
  store.write("other", refresh(2));
  poller.start(ColdStart::start_at_newest);
  Entry another = store.rows()[1];
  another.utc_stamp = "2026-11-21 11:00:00.000";
  store.put(another);
  store.write("other", refresh(3));
  CHECK(poll() == Lines{"orders all", "products all"});
  CHECK(observer->record.take() == Lines{"resync anchor_changed 3"});
  CHECK(poll().empty());
}

TEST_CASE_FIXTURE(PollerFixture, "resync: a hole, at the start of a page and inside it") {
  poller.start(ColdStart::start_at_newest);
  std::vector<std::int64_t> dropped;
  SUBCASE("at the start") { dropped = {1}; }
  SUBCASE("inside") { dropped = {2}; }
  for (std::int64_t id = 1; id <= 3; ++id) {
    store.write("other", refresh(id));
  }
  store.drop({dropped[0]});
  CHECK(poll() == Lines{"orders all", "products all"});
  CHECK(observer->record.take() == Lines{"resync hole 3"});
  CHECK(position.entry() == EntryId{3});
}

TEST_CASE_FIXTURE(PollerFixture, "resync: the database was replaced: in the same step") {
  for (std::int64_t id = 1; id <= 3; ++id) {
    store.write("other", refresh(id));
  }
  poller.start(ColdStart::start_at_newest);
  bool moved = true;
  bool gone = false;
  SUBCASE("and is there at once") {}
  SUBCASE("and is there with the next step only") { gone = true; }
  store.before = [&](std::string_view operation) {
    if (operation == "read_after" && std::exchange(moved, false)) {
      throw Error("read", "memory: it was moved", Error::Kind::replaced);
    }
    if (operation == "connect" && std::exchange(gone, false)) {
      throw Error("open", "memory: it is not there");
    }
  };
  const bool at_once = !gone;
  CHECK(poller.step({}) == at_once);
  CHECK(record.take() == (at_once ? Lines{"orders all", "products all"} : Lines{}));
  CHECK(poller.step({}));
  CHECK(record.take() == (at_once ? Lines{} : Lines{"orders all", "products all"}));
  CHECK(observer->record.take() == (at_once ? Lines{"resync replaced 3"}
                                            : Lines{"poll failed: memory: it is not there",
                                                    "resync replaced 3", "poll recovered"}));
  CHECK(reporter.counters().resyncs == 1);
  CHECK(position.entry() == EntryId{3});
}

TEST_CASE_FIXTURE(PollerFixture, "resync: a refresher that throws in it does not stop the others") {
  store.write("other", refresh(1));
  orders->before = [](const std::string&) { throw std::runtime_error("broken"); };
  poller.start(ColdStart::refresh_all);
  CHECK(record.take() == Lines{"products all"});
  CHECK(observer->record.take() == Lines{"resync first_start 1"});
  CHECK(reporter.counters().retries == 1);
}

}  // namespace crier::test
