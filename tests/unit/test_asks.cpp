// SPDX-License-Identifier: MIT
#include <crier/error.hpp>

#include "unit/poller_fixture.hpp"

#include <doctest/doctest.h>

namespace crier::test {
namespace {

struct AsksFixture : PollerFixture {
  std::unique_ptr<Connection> other = store.connect(Access::read_write);

  AsksFixture() {
    store.write("other", refresh(1));
    poller.start(ColdStart::start_at_newest);
    CHECK(take_published() == 1);  // it has a place now
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
  CHECK(take_published() == 1);
  store.write("other", refresh(2));
  poll();
  CHECK(published == 0);
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
  for (int i = 2; i <= 600; ++i) {
    store.write("me", refresh(i));
  }
  store.write("other", refresh(601));
  std::vector<int> at;
  products->before = [&](const std::string&) { at.push_back(published); };
  ask(600);
  ask(601);
  poll();
  // Heard with the first page; served at 600, in the second; 601 is being handled.
  CHECK(at == std::vector{2});
  CHECK(published == 3);
}

TEST_CASE_FIXTURE(AsksFixture, "entries alone are no reason to look who waits") {
  int looks = 0;
  store.before = [&](std::string_view operation) { looks += operation == "asks" ? 1 : 0; };
  poll();
  CHECK(looks == 1);  // there was nothing else to do
  store.write("other", refresh(1));
  poll();
  looks = 0;
  store.write("other", refresh(2));
  poll();
  CHECK(looks == 0);
  take_published();
  ask(4);
  store.write("other", refresh(3));
  poll();
  CHECK(looks == 1);
  CHECK(take_published() == 1);
}

TEST_CASE_FIXTURE(AsksFixture, "after a resync the position is published, whoever waits") {
  ask(1);
  poll();
  CHECK(take_published() == 1);
  store.put({{1}, "2020-01-01 00:00:00.000", "restored", 1, refresh(1)});
  poll();
  CHECK(take_published() == 1);
}

TEST_CASE_FIXTURE(AsksFixture, "who has waited in vain does not get in the way of others") {
  for (int i = 0; i < 1500; ++i) {
    const std::int64_t serial = ask(1'000'000 + i);
    poll();
    other->nodes().answered(serial);
  }
  take_published();
  ask(3);
  poll();
  CHECK(take_published() == 1);
  store.write("other", refresh(2));
  store.write("other", refresh(3));
  poll();
  CHECK(take_published() == 1);
}

TEST_CASE_FIXTURE(AsksFixture,
                  "in a restored database, whose serials begin anew, who waits is heard") {
  Asks asks;
  const EntryId here{1};
  const std::int64_t serial = ask(5);
  CHECK(asks.look(other->nodes(), here));
  CHECK_FALSE(asks.look(other->nodes(), here));
  other->nodes().answered(serial);
  CHECK_FALSE(asks.look(other->nodes(), here));
  CHECK_FALSE(asks.reached({5}));  // nobody waits for it any more
  MemoryStore restored;
  const auto connection = restored.connect(Access::read_write);
  CHECK(connection->nodes().ask({9}, std::chrono::seconds(60)) <= serial);
  CHECK(asks.look(connection->nodes(), here));
  CHECK(asks.reached({9}));
}

TEST_CASE_FIXTURE(AsksFixture, "trouble with the asks holds up no instruction") {
  store.before = [](std::string_view operation) {
    if (operation == "asks") {
      throw Error("read", "the table crierWait is damaged");
    }
  };
  store.write("other", refresh(2));
  CHECK(poll() == Lines{"products refresh 2"});
}

}  // namespace
}  // namespace crier::test
