// SPDX-License-Identifier: MIT
#include "unit/poller_fixture.hpp"

#include <doctest/doctest.h>

namespace crier::test {
namespace {

struct AsksFixture : PollerFixture {
  std::unique_ptr<Connection> other = store.connect(Access::read_write);

  AsksFixture() {
    store.write("other", refresh(1));
    poller.start(ColdStart::start_at_newest);
  }

  std::int64_t ask(std::int64_t entry) {
    return other->nodes().ask({entry}, std::chrono::seconds(60));
  }
  // How often the position was published since the last call.
  int take_published() { return std::exchange(published, 0); }
};

TEST_CASE_FIXTURE(AsksFixture, "nobody asks: the position is not published") {
  store.write("other", refresh(2));
  poll();
  CHECK(published == 0);
}

TEST_CASE_FIXTURE(AsksFixture, "who begins to wait has the position published once, at once") {
  ask(1);
  poll();
  CHECK(take_published() == 1);
  poll();
  CHECK(published == 0);
  ask(1);
  poll();
  CHECK(published == 1);
}

TEST_CASE_FIXTURE(AsksFixture, "it is published again with the entry that was waited for") {
  ask(3);
  poll();
  CHECK(take_published() == 1);
  store.write("other", refresh(2));
  poll();
  CHECK(published == 0);
  store.write("other", refresh(3));
  store.write("other", refresh(4));
  poll();
  CHECK(take_published() == 1);
  store.write("other", refresh(5));
  poll();
  CHECK(published == 0);
}

TEST_CASE_FIXTURE(AsksFixture, "each of several who wait is served when its entry is handled") {
  ask(5);
  ask(2);
  ask(3);
  poll();
  CHECK(take_published() == 1);
  std::vector<std::int64_t> at;
  products->before = [&](const std::string&) { at.push_back(take_published()); };
  for (int i = 2; i <= 6; ++i) {
    store.write("other", refresh(i));
  }
  poll();
  // What was published before the entry's own refresh ran: after 2, after 3, after 5.
  CHECK(at == std::vector<std::int64_t>{0, 1, 1, 0, 1});
}

TEST_CASE_FIXTURE(AsksFixture, "who waits in the middle of a long catch-up is heard") {
  for (int i = 2; i <= 150; ++i) {
    store.write("me", refresh(i));
  }
  store.write("other", refresh(151));
  std::vector<int> at;
  products->before = [&](const std::string&) { at.push_back(published); };
  ask(150);
  ask(151);
  poll();
  // Heard with the first page; served at 150, in the second; 151 is being handled.
  CHECK(at == std::vector{2});
  CHECK(published == 3);
}

TEST_CASE_FIXTURE(AsksFixture, "after a resync, who waits is heard again") {
  ask(1);
  poll();
  CHECK(take_published() == 1);
  store.put({{1}, "2020-01-01 00:00:00.000", "restored", 1, refresh(1)});
  poll();
  CHECK(take_published() == 1);
}

TEST_CASE_FIXTURE(AsksFixture, "a thousand who wait for what never comes don't pile up") {
  for (int i = 0; i < 1500; ++i) {
    ask(1'000'000 + i);
  }
  poll();
  poll();
  Asks asks;
  EntryId here{1};
  while (asks.look(other->nodes(), here)) {
  }
  // The first thousand are remembered; the rest is answered with the next beat.
  CHECK(asks.reached({1'000'999}));
  CHECK_FALSE(asks.reached({2'000'000}));
}

}  // namespace
}  // namespace crier::test
