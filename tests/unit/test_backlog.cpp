// SPDX-License-Identifier: MIT
// What a node does that is too far behind to catch up: the fixture's limit is 10 instructions.
#include "poller_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crier::test {
namespace {

using std::chrono::milliseconds;

// What was missed, and why; besides resyncs.
class MissedObserver final : public Observer {
 public:
  Record record;
  void on_missed(const Missed& missed, ResyncReason reason) override {
    record.add("missed " + missed.after.to_string() + " to " + missed.through.to_string() + " " +
               std::string(to_string(reason)));
  }
  void on_resync(const Resync& resync) override { record.add("resync: " + resync.detail); }
};

struct BacklogFixture : PollerFixture {
  std::shared_ptr<MissedObserver> ears = std::make_shared<MissedObserver>();
  Reporter ear{ears, [](LogLevel, std::string_view) {}};

  Poller make(const BacklogLimits& limits) {
    Poller::Settings settings{10};
    settings.backlog = limits;
    return {store, dispatcher, ear, position, own, progress, std::move(settings)};
  }
  // More pages than one, all of products.
  void write_pages() {
    for (std::int64_t id = 0; id < 1300; ++id) {
      store.write("other", refresh(id));
    }
  }
  static std::string of(const Guid& refresher, std::int64_t id) {
    return row({Instruction::refresh_by_id(refresher, id)});
  }
};

TEST_CASE_FIXTURE(BacklogFixture, "backlog: those whom it names are refreshed, and no others") {
  Poller reader = make({});
  reader.start(ColdStart::start_at_newest);
  write_pages();
  reader.poll_once();
  CHECK(record.take() == Lines{"products all"});
  CHECK(ears->record.take() == Lines{"missed 0 to 1300 backlog"});
  CHECK(position.entry() == EntryId{1300});
  CHECK(reporter.counters().resyncs == 0);
  store.write("other", of(kOrders, 1));
  reader.poll_once();
  CHECK(record.take() == Lines{"orders refresh 1"});
}

TEST_CASE_FIXTURE(BacklogFixture, "backlog: what stands anywhere in it counts") {
  Poller reader = make({});
  reader.start(ColdStart::start_at_newest);
  write_pages();
  std::uint64_t unreadable = 0;
  SUBCASE("another refresher, at the end of the last page") {
    store.write("other", of(kOrders, 1));
  }
  SUBCASE("a part that can't be read, which names it") {
    store.write("other", R"([{"RefreshType":9,"RefresherId":")" + kOrders.to_string() + R"("}])");
    unreadable = 1;
  }
  reader.poll_once();
  CHECK(record.take() == Lines{"orders all", "products all"});
  CHECK(ears->record.take() == Lines{"missed 0 to 1301 backlog"});
  CHECK(reporter.counters().failed == unreadable);
}

TEST_CASE_FIXTURE(BacklogFixture, "backlog: what concerns nobody here names nobody") {
  Poller reader = make({});
  reader.start(ColdStart::start_at_newest);
  write_pages();
  publish(of(kOrders, 1));
  store.write("me/1", of(kOrders, 2));
  own.add("me/1", std::vector{EntryId{1302}});
  store.write("other", of(kUnknown, 3));
  store.write("other", make_canary("other").json_instruction, 0);
  reader.poll_once();
  CHECK(record.take() == Lines{"products all"});
  CHECK(position.entry() == EntryId{1304});
  CHECK(position.state().canary == EntryId{1304});
}

TEST_CASE_FIXTURE(BacklogFixture, "backlog: what can't be known refreshes everything") {
  BacklogLimits limits;
  std::string why;
  int reads = 0;
  SUBCASE("more entries than the limit") {
    limits.entries = 1299;
    why = "to read whom they name would take more than the limits allow";
  }
  SUBCASE("more bytes") {
    limits.bytes = 20'000;
    why = "to read whom they name would take more than the limits allow";
  }
  SUBCASE("more time") {
    limits.time = milliseconds(-1);
    why = "to read whom they name would take more than the limits allow";
  }
  SUBCASE("nothing is to be read") {
    limits.entries = 0;
    why = "to read whom they name would take more than the limits allow";
  }
  Poller reader = make(limits);
  reader.start(ColdStart::start_at_newest);
  write_pages();
  SUBCASE("an entry that says nothing") {
    store.write("other", "{");
    why = "entry 1301 can't be read: ";
  }
  SUBCASE("an entry that can't be read at all") {
    store.before = [&](std::string_view operation) {
      if (operation == "read_after" && ++reads == 2) {
        throw Error("read", "it took too long", Error::Kind::retryable);
      }
    };
    why = "the entry after 512 can't be read: it took too long";
  }
  SUBCASE("more names than are remembered") {
    std::vector<Instruction> many;
    for (int i = 0; i <= 10'000; ++i) {
      many.push_back(Instruction::refresh_all(Guid::random()));
    }
    store.write("other", encode(many));
    why = "they name more than 10000 refreshers";
  }
  const EntryId newest = store.rows().back().id;
  reader.poll_once();
  CHECK(record.take() == Lines{"orders all", "products all"});
  const Lines told = ears->record.take();
  REQUIRE(told.size() == 2);
  CHECK(told[0] == "missed 0 to " + newest.to_string() + " backlog");
  CHECK(told[1].starts_with("resync: more than 10 instructions were waiting after entry 0, and " +
                            why));
  CHECK(position.entry() == newest);
}

TEST_CASE_FIXTURE(BacklogFixture, "backlog: the position waits for the refreshes") {
  Poller reader = make({});
  reader.start(ColdStart::start_at_newest);
  write_pages();
  EntryId meanwhile{-1};
  products->before = [&](const std::string&) { meanwhile = position.entry(); };
  reader.poll_once();
  CHECK(meanwhile == EntryId{0});
  CHECK(position.entry() == EntryId{1300});
}

TEST_CASE_FIXTURE(BacklogFixture, "backlog: a log that breaks off meanwhile is noticed") {
  Poller reader = make({});
  reader.start(ColdStart::start_at_newest);
  write_pages();
  int reads = 0;
  store.before = [&](std::string_view operation) {
    if (operation == "read_after" && ++reads == 2) {
      store.drop({513});
    }
  };
  reader.poll_once();
  CHECK(record.take() == Lines{"products all", "orders all", "products all"});
  CHECK(ears->record.take().back() == "resync: entry 513 is missing before entry 514");
}

TEST_CASE_FIXTURE(BacklogFixture, "backlog: a stop in the middle leaves it as it was") {
  Poller reader = make({});
  reader.start(ColdStart::start_at_newest);
  write_pages();
  std::stop_source stop;
  int reads = 0;
  store.before = [&](std::string_view operation) {
    if (operation == "read_after" && ++reads == 2) {
      stop.request_stop();
    }
  };
  CHECK(reader.poll_once(stop.get_token()) == 0);
  CHECK(record.take().empty());
  CHECK(position.entry() == EntryId{0});
  reader.poll_once();
  CHECK(record.take() == Lines{"products all"});
}

}  // namespace
}  // namespace crier::test
