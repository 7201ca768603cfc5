// SPDX-License-Identifier: MIT
// What a poller does that an operator has paused.
#include "unit/poller_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

struct PausedPoller : PollerFixture {
  std::unique_ptr<Connection> other = store.connect(Access::read_write);

  PausedPoller() {
    store.write("other", refresh(1));
    poller.start(ColdStart::start_at_newest);
    published = 0;
  }
  void pause(std::chrono::milliseconds left = 1h) {
    position.pause().hear({++orders_ * 1s, left, "alice"}, std::chrono::steady_clock::now());
  }
  void resume() { position.pause().hear({0s, 0s, "bob"}, std::chrono::steady_clock::now()); }
  // Each event as "kind: detail".
  Lines events() {
    Lines lines;
    for (const NodeEvent& event : reporter.events().take()) {
      lines.push_back(std::string(event.kind) + ": " + event.detail);
    }
    return lines;
  }
  int take_published() { return std::exchange(published, 0); }
  void fail_once() {
    products->before = [this](const std::string&) {
      products->before = nullptr;
      throw std::runtime_error("not now");
    };
  }

 private:
  int orders_ = 0;
};

TEST_CASE_FIXTURE(PausedPoller,
                  "pause: nothing is read or proved, and the poller says once that it stands") {
  pause();
  store.write("other", refresh(2));
  const auto proved = position.state().proved_at;
  for (int i = 0; i < 3; ++i) {
    CHECK(poll().empty());
  }
  CHECK(position.pause().stands());
  CHECK(position.entry() == EntryId{1});
  CHECK(position.state().proved_at == proved);
  CHECK(position.state().looked_at <= proved);
  CHECK(take_published() == 1);
  const Lines told = events();
  REQUIRE(told.size() == 1);
  CHECK(told[0].starts_with("paused: by alice, for "));
  CHECK(told[0].ends_with("; it stands at entry 1"));
  resume();
  CHECK(poll() == Lines{"products refresh 2"});
  CHECK_FALSE(position.pause().stands());
  CHECK(position.entry() == EntryId{2});
  CHECK(position.state().proved_at > proved);
  CHECK(take_published() == 1);
  CHECK(events() == Lines{"resumed: by bob"});
  CHECK(poll().empty());
  CHECK(take_published() == 0);
}

TEST_CASE_FIXTURE(PausedPoller, "pause: one whose time is over ends by itself") {
  pause(1ms);
  while (position.pause().holds(std::chrono::steady_clock::now())) {
  }
  position.pause().stand(true);  // as it did meanwhile
  store.write("other", refresh(2));
  CHECK(poll() == Lines{"products refresh 2"});
  CHECK(events() == Lines{"resumed: its time is over"});
}

TEST_CASE_FIXTURE(PausedPoller, "pause: the entry that is under way ends, and no other begins") {
  store.write("other", row({Instruction::refresh_by_ids(kProducts, {2, 3}),
                            Instruction::refresh_by_ids(kOrders, {4})}));
  store.write("other", refresh(5));
  products->before = [&](const std::string& what) {
    if (what.find('2') != std::string::npos) {
      pause();
    }
  };
  CHECK(poll() == Lines{"products refresh 2", "products refresh 3", "orders refresh 4"});
  CHECK(position.entry() == EntryId{2});
  CHECK(position.pause().stands());
  resume();
  CHECK(poll() == Lines{"products refresh 5"});
}

TEST_CASE_FIXTURE(PausedPoller, "pause: nothing is tried again") {
  fail_once();
  store.write("other", refresh(2));
  poll();
  CHECK(position.entry() == EntryId{1});
  pause();
  CHECK(poll_after(1h).empty());
  CHECK(poller.next_due() == position.pause().end());
  resume();
  CHECK(poll() == Lines{"products refresh 2"});
  CHECK(position.entry() == EntryId{2});
}

TEST_CASE_FIXTURE(PausedPoller,
                  "pause: no full refresh is begun, and one that was begun ends later") {
  pause();
  store.clear();
  store.write("other", refresh(9));
  CHECK(poll().empty());
  resume();
  products->before = orders->before = [&](const std::string&) { pause(); };
  const Lines some = poll();
  REQUIRE(some.size() == 1);  // of two
  CHECK(reporter.counters().resyncs == 0);
  products->before = orders->before = nullptr;
  resume();
  CHECK(poll().size() == 1);
  CHECK(reporter.counters().resyncs == 1);
}

TEST_CASE_FIXTURE(PausedPoller, "pause: a cache that must not get stale is emptied all the same") {
  fail_once();
  store.write("other", refresh(2));
  poll();
  pause();
  dispatcher.act_on_stale(kOrders, {}, position.state().cursor);
  CHECK(poll_after(1h) == Lines{"orders all"});
  CHECK(position.entry() == EntryId{1});
}

TEST_CASE_FIXTURE(PausedPoller, "pause: who asks for the position gets it") {
  pause();
  poll();
  CHECK(take_published() == 1);
  other->nodes().request_position({}, 1h);
  poll();
  CHECK(take_published() == 1);
  poll();
  CHECK(take_published() == 0);
}

TEST_CASE_FIXTURE(PausedPoller,
                  "pause: a poller that replaces one stands as well, and says so no more") {
  pause();
  poll();
  Poller next(store, dispatcher, reporter, position, own, progress, Poller::Settings{});
  events();
  store.write("other", refresh(2));
  next.poll_once();
  CHECK(record.take().empty());
  CHECK(events().empty());
  poll();  // the one that was replaced says nothing any more
  CHECK(position.pause().stands());
  resume();
  poll();
  CHECK(position.pause().stands());
  next.poll_once();
  CHECK_FALSE(position.pause().stands());
}

TEST_CASE_FIXTURE(PausedPoller, "pause: a start ends whatever it was asked meanwhile") {
  pause();
  Poller starting(store, dispatcher, reporter, position, own, progress, Poller::Settings{});
  starting.start(ColdStart::refresh_all);
  CHECK(record.take().size() == 2);
  CHECK_FALSE(position.pause().stands());
  store.write("other", refresh(2));
  starting.poll_once();
  CHECK(record.take().empty());
  CHECK(position.pause().stands());
}

}  // namespace
}  // namespace crier::test
