// SPDX-License-Identifier: MIT
#include <crier/error.hpp>

#include "poller_fixture.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace crier::test {

TEST_CASE_FIXTURE(PollerFixture,
                  "Poller: starts at the newest entry, and runs what comes after it") {
  store.write("other", refresh(1));
  poller.start(ColdStart::start_at_newest);
  CHECK(position.entry() == EntryId{1});
  CHECK(poll().empty());
  store.write("other", refresh(2));
  store.write("other", row({Instruction::remove_by_id(kOrders, 3)}));
  CHECK(poll() == Lines{"products refresh 2", "orders remove 3"});
  CHECK(position.entry() == EntryId{3});
  CHECK(poll().empty());
  CHECK(reporter.counters().entries == 2);
  CHECK(reporter.counters().resyncs == 0);
}

TEST_CASE_FIXTURE(PollerFixture, "Poller: starts on an empty log") {
  poller.start(ColdStart::start_at_newest);
  CHECK(position.entry() == EntryId{0});
  store.write("other", refresh(2));
  CHECK(poll() == Lines{"products refresh 2"});
}

TEST_CASE_FIXTURE(PollerFixture, "Poller: its own entries are passed, by exact comparison") {
  poller.start(ColdStart::start_at_newest);
  publish(refresh(1));
  store.write("ME", refresh(2));
  store.write("me ", refresh(3));
  CHECK(poll() == Lines{"products refresh 2", "products refresh 3"});
  CHECK(position.entry() == EntryId{3});
  CHECK(reporter.counters().own_skipped == 1);
}

TEST_CASE_FIXTURE(PollerFixture,
                  "Poller: advances after each entry, so that an error loses nothing") {
  poller.start(ColdStart::start_at_newest);
  std::vector<std::int64_t> positions;
  products->before = [&](const std::string&) { positions.push_back(position.entry().value); };
  for (std::int64_t id = 1; id <= 3; ++id) {
    store.write("other", refresh(id));
  }
  poll();
  CHECK(positions == std::vector<std::int64_t>{0, 1, 2});
}

TEST_CASE_FIXTURE(PollerFixture, "Poller: a look that finds nothing new shows that it lives") {
  poller.start(ColdStart::start_at_newest);
  const auto before = coarse_now();
  poll();
  CHECK(position.state().alive_at >= before);
}

TEST_CASE_FIXTURE(PollerFixture, "Poller: drains page by page until the log is empty") {
  Poller patient(store, dispatcher, reporter, position, own, progress, {1000, [] {}});
  patient.start(ColdStart::start_at_newest);
  int reads = 0;
  store.before = [&](std::string_view operation) { reads += operation == "read_after" ? 1 : 0; };
  for (std::int64_t id = 0; id < 1200; ++id) {
    store.write("other", refresh(id), 0);
  }
  CHECK(patient.poll_once() == 1200);
  CHECK(reads == 3);  // 512, 512, and the rest, after which there is no more
  CHECK(record.size() == 1200);
}

TEST_CASE_FIXTURE(PollerFixture, "Poller: nothing is held open while a refresher runs") {
  poller.start(ColdStart::start_at_newest);
  store.write("other", refresh(1));
  products->before = [&](const std::string& what) {
    if (what == "refresh 1") {
      store.write("other", refresh(2));  // would block, were the log locked
    }
  };
  CHECK(poll() == Lines{"products refresh 1"});
  CHECK(poll() == Lines{"products refresh 2"});  // which its ring brings about
}

TEST_CASE_FIXTURE(PollerFixture, "Poller: stops between entries when it is asked to") {
  poller.start(ColdStart::start_at_newest);
  std::stop_source stop;
  products->before = [&](const std::string&) { stop.request_stop(); };
  store.write("other", refresh(1));
  store.write("other", refresh(2));
  CHECK(poller.poll_once(stop.get_token()) == 1);
  CHECK(position.entry() == EntryId{1});
  CHECK(record.take() == Lines{"products refresh 1"});
}

TEST_CASE_FIXTURE(PollerFixture,
                  "Poller: stops between instructions; the entry is then not handled") {
  poller.start(ColdStart::start_at_newest);
  std::stop_source stop;
  products->before = [&](const std::string&) { stop.request_stop(); };
  store.write("other", row({Instruction::refresh_by_id(kProducts, 1),
                            Instruction::refresh_by_id(kProducts, 2)}));
  CHECK(poller.poll_once(stop.get_token()) == 0);
  CHECK(position.entry() == EntryId{0});
  CHECK(record.take() == Lines{"products refresh 1"});
}

TEST_CASE_FIXTURE(PollerFixture, "Poller: coalesces within an entry") {
  poller.start(ColdStart::start_at_newest);
  store.write("other",
              row({Instruction::refresh_by_id(kProducts, 1), Instruction::refresh_by_id(kOrders, 1),
                   Instruction::refresh_all(kProducts), Instruction::refresh_by_id(kOrders, 1)}));
  store.write("other", row({Instruction::refresh_by_id(kOrders, 1)}));
  // Not across entries: the first is applied once the cursor has passed it.
  CHECK(poll() == Lines{"products all", "orders refresh 1", "orders refresh 1"});
}

TEST_CASE_FIXTURE(PollerFixture,
                  "Poller: a refresher that throws stops neither its row nor the next") {
  poller.start(ColdStart::start_at_newest);
  products->before = [](const std::string&) { throw std::runtime_error("broken"); };
  store.write("other", row({Instruction::refresh_by_id(kProducts, 1),
                            Instruction::refresh_by_id(kOrders, 1)}));
  store.write("other",
              row({Instruction::refresh_all(kUnknown), Instruction::refresh_by_id(kOrders, 2)}));
  CHECK(poll() == Lines{"orders refresh 1", "orders refresh 2"});
  CHECK(observer->record.take() ==
        Lines{"failed 2 unknown_refresher: no refresher here bears this GUID"});
  CHECK(reporter.counters().retries == 1);
  CHECK(reporter.counters().entries == 2);
}

TEST_CASE_FIXTURE(PollerFixture,
                  "Poller: a part that can't be read: the rest runs, then its refresher is full") {
  poller.start(ColdStart::start_at_newest);
  store.write("other", R"([{"RefreshType":2,"RefresherId":")" + kProducts.to_string() +
                           R"(","IntId":1},{"RefreshType":9,"RefresherId":")" +
                           kProducts.to_string() + R"("},{"RefreshType":2,"RefresherId":")" +
                           kOrders.to_string() + R"(","IntId":2}])");
  CHECK(poll() == Lines{"products refresh 1", "orders refresh 2", "products all"});
  CHECK(reporter.counters().failed == 1);
  CHECK(reporter.counters().resyncs == 0);
  CHECK(observer->record.take().at(0).starts_with("failed 1 unreadable: "));
}

TEST_CASE_FIXTURE(PollerFixture, "Poller: a canary is noted, and runs nothing") {
  poller.start(ColdStart::start_at_newest);
  store.write("other", make_canary("other").json_instruction);
  CHECK(poll().empty());
  CHECK(position.state().canary == EntryId{1});
  store.write("other", refresh(1));
  CHECK(poll() == Lines{"products refresh 1"});
  CHECK(position.state().canary == EntryId{1});
}

TEST_CASE_FIXTURE(PollerFixture, "Poller: parts that can't be read: each one's refresher is full") {
  poller.start(ColdStart::start_at_newest);
  store.write("other", R"([{"RefreshType":9,"RefresherId":")" + kProducts.to_string() +
                           R"("},{"RefreshType":9,"RefresherId":")" + kOrders.to_string() +
                           R"("}])");
  CHECK(poll() == Lines{"orders all", "products all"});
  CHECK(reporter.counters().resyncs == 0);
}

TEST_CASE_FIXTURE(PollerFixture, "Poller: a row that can't be read may concern anyone") {
  poller.start(ColdStart::start_at_newest);
  for (const std::string text : {"", "{", "null", "{}", "[1]", "\xff"}) {
    CAPTURE(text);
    store.write("other", text);
    store.write("other", refresh(1));
    CHECK(poll() == Lines{"orders all", "products all", "products refresh 1"});
    const Lines told = observer->record.take();
    REQUIRE(told.size() == 2);
    CHECK(told[0].find(" unreadable: ") != std::string::npos);
    CHECK(told[1].starts_with("resync unreadable_entry "));
  }
  CHECK(reporter.counters().failed == 6);
}

TEST_CASE_FIXTURE(PollerFixture,
                  "step: an error is reported, the connection opened anew, nothing is lost") {
  poller.start(ColdStart::start_at_newest);
  store.write("other", refresh(1));
  bool fail = true;
  store.before = [&](std::string_view operation) {
    if (fail && operation == "read_after") {
      throw Error("read", "memory: broken");
    }
  };
  CHECK_FALSE(poller.step({}));
  CHECK_FALSE(poller.step({}));
  fail = false;
  CHECK(poller.step({}));
  CHECK(record.take() == Lines{"products refresh 1"});
  CHECK(store.connects == 3);
  CHECK(observer->record.take() ==
        Lines{"poll failed: memory: broken", "poll failed: memory: broken", "poll recovered"});
}

TEST_CASE_FIXTURE(PollerFixture,
                  "step: whichever call fails, polling on loses nothing and repeats nothing") {
  poller.start(ColdStart::start_at_newest);
  for (int nth = 1; nth <= 12; ++nth) {
    CAPTURE(nth);
    store.write("other", refresh(nth));
    store.write("other", refresh(100 + nth));
    int calls = 0;
    store.before = [&](std::string_view) {
      if (++calls == nth) {
        throw Error("any", "fails once");
      }
    };
    while (position.entry() < EntryId{2 * nth}) {
      poller.step({});
    }
    CHECK(record.take() == Lines{"products refresh " + std::to_string(nth),
                                 "products refresh " + std::to_string(100 + nth)});
  }
}

}  // namespace crier::test
