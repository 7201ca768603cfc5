// SPDX-License-Identifier: MIT
#include <crier/error.hpp>

#include "unit/poller_fixture.hpp"

#include <doctest/doctest.h>

namespace crier::test {
namespace {

struct RequestsFixture : PollerFixture {
  std::unique_ptr<Connection> other = store.connect(Access::read_write);

  RequestsFixture() {
    store.write("other", refresh(1));
    poller.start(ColdStart::start_at_newest);
    CHECK(take_published() == 1);  // it has a place now
  }

  std::int64_t request(std::int64_t entry) {
    return other->nodes().request_position({entry}, std::chrono::seconds(60));
  }
  // How often the position was published since the last call.
  int take_published() { return std::exchange(published, 0); }
};

TEST_CASE_FIXTURE(RequestsFixture, "nobody waits: the position is not published") {
  store.write("other", refresh(2));
  poll();
  CHECK(published == 0);
}

TEST_CASE_FIXTURE(RequestsFixture, "who begins to wait has the position published once, at once") {
  request(1);
  poll();
  CHECK(take_published() == 1);
  poll();
  CHECK(published == 0);
  request(1);
  poll();
  CHECK(take_published() == 1);
  store.write("other", refresh(2));
  poll();
  CHECK(published == 0);
}

TEST_CASE_FIXTURE(RequestsFixture, "it is published again with the entry that was waited for") {
  request(3);
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

TEST_CASE_FIXTURE(RequestsFixture, "each of several who wait is served when its entry is handled") {
  request(5);
  request(2);
  request(3);
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

TEST_CASE_FIXTURE(RequestsFixture, "who waits in the middle of a long catch-up is heard") {
  for (int i = 2; i <= 600; ++i) {
    publish(refresh(i));
  }
  store.write("other", refresh(601));
  std::vector<int> at;
  products->before = [&](const std::string&) { at.push_back(published); };
  request(600);
  request(601);
  poll();
  // Heard with the first page; served at 600, in the second; 601 is being handled.
  CHECK(at == std::vector{2});
  CHECK(published == 3);
}

TEST_CASE_FIXTURE(RequestsFixture, "entries alone are no reason to look who waits") {
  int looks = 0;
  store.before = [&](std::string_view operation) {
    looks += operation == "position_requests" ? 1 : 0;
  };
  poll();
  CHECK(looks == 1);  // there was nothing else to do
  store.write("other", refresh(1));
  poll();
  looks = 0;
  store.write("other", refresh(2));
  poll();
  CHECK(looks == 0);
}

TEST_CASE_FIXTURE(RequestsFixture, "who asks together with entries is heard with the next ring") {
  Wakeup& wakeup = store.wakeup();
  store.write("other", refresh(2));
  request(3);
  poll();  // as the poller's thread does when both have rung before it looked
  CHECK(take_published() == 0);
  std::uint64_t mark = wakeup.mark();
  other->nodes().remind();
  CHECK(wakeup.wait(mark, std::chrono::nanoseconds(0)));
  poll();
  CHECK(take_published() == 1);
  store.write("other", refresh(3));
  poll();
  CHECK(take_published() == 1);  // and again when it is there
}

TEST_CASE_FIXTURE(RequestsFixture,
                  "while every look brings entries, who waits is heard after a while") {
  Poller busy(store, dispatcher, reporter, position, own, progress,
              {10, [this] { ++published; }, std::chrono::milliseconds(0)});
  store.write("other", refresh(2));
  request(3);
  busy.poll_once();
  CHECK(take_published() == 1);
}

TEST_CASE_FIXTURE(RequestsFixture, "after a resync the position is published, whoever waits") {
  request(1);
  poll();
  CHECK(take_published() == 1);
  store.put({{1}, "2020-01-01 00:00:00.000", "restored", 1, refresh(1)});
  poll();
  CHECK(take_published() == 1);
}

TEST_CASE_FIXTURE(RequestsFixture, "who has waited in vain does not get in the way of others") {
  for (int i = 0; i < 1500; ++i) {
    const std::int64_t serial = request(1'000'000 + i);
    poll();
    other->nodes().withdraw_request(serial);
  }
  take_published();
  request(3);
  poll();
  CHECK(take_published() == 1);
  store.write("other", refresh(2));
  store.write("other", refresh(3));
  poll();
  CHECK(take_published() == 1);
}

TEST_CASE_FIXTURE(RequestsFixture,
                  "in a restored database, whose serials begin anew, who waits is heard") {
  PositionRequests requests;
  const EntryId here{1};
  const std::int64_t serial = request(5);
  CHECK(requests.look(other->nodes(), here));
  CHECK_FALSE(requests.look(other->nodes(), here));
  other->nodes().withdraw_request(serial);
  CHECK_FALSE(requests.look(other->nodes(), here));
  CHECK_FALSE(requests.reached({5}));  // nobody waits for it any more
  MemoryStore restored;
  const auto connection = restored.connect(Access::read_write);
  CHECK(connection->nodes().request_position({9}, std::chrono::seconds(60)) <= serial);
  CHECK(requests.look(connection->nodes(), here));
  CHECK(requests.reached({9}));
}

TEST_CASE_FIXTURE(RequestsFixture, "trouble with the requests holds up no instruction") {
  store.before = [](std::string_view operation) {
    if (operation == "position_requests") {
      throw Error("read", "the table crierWait is damaged");
    }
  };
  store.write("other", refresh(2));
  CHECK(poll() == Lines{"products refresh 2"});
}

}  // namespace
}  // namespace crier::test
