// SPDX-License-Identifier: MIT
// A row that can't be read, though the rest of the log can: too large for a deadline, or for
// memory.
#include <crier/error.hpp>

#include "poller_fixture.hpp"
#include "takeover_fixture.hpp"

#include <doctest/doctest.h>

#include <new>
#include <string>
#include <string_view>

namespace crier::test {
namespace {

struct UnreadFixture : PollerFixture {
  int reads = 0;

  UnreadFixture() {
    poller.start(ColdStart::start_at_newest);
    store.write("other", refresh(1));
    store.write("other", refresh(2));
  }
  // Every read of what follows the cursor fails, as long as that is before entry 1.
  void fail_to_read(const std::function<void()>& fail) {
    store.before = [this, fail](std::string_view operation) {
      if (operation == "read_after" && position.entry() < EntryId{1}) {
        ++reads;
        fail();
      }
    };
  }
  std::vector<FailureRecord> quarantined() {
    std::vector<FailureRecord> taken;
    dispatcher.quarantine().flush([&](const auto& records) { taken = records; });
    return taken;
  }
};

TEST_CASE_FIXTURE(UnreadFixture,
                  "unread: after a few tries it is passed, and everything refreshed") {
  fail_to_read([] { throw Error("read", "it took too long", Error::Kind::retryable); });
  std::vector<EntryId> seen;
  observer->told = [&] { seen.push_back(position.entry()); };
  int steps = 0;
  while (!poller.step({}) && steps < 20) {
    ++steps;
  }
  CHECK(steps == 4);
  CHECK(reads == 4);
  CHECK(record.take() == Lines{"orders all", "products all"});
  CHECK(position.entry() == EntryId{2});
  const auto failures = quarantined();
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].kind == FailureKind::unreadable);
  CHECK(failures[0].entry == EntryId{1});
  CHECK(failures[0].json_instruction.empty());
  CHECK(failures[0].error.find("it took too long") != std::string::npos);
  const Lines told = observer->record.take();
  REQUIRE(told.size() > 5);
  CHECK(told[4].starts_with("failed 1 unreadable: it could not be read in 3 tries: "));
  CHECK(told[5] == "resync unreadable_entry 2");
  CHECK(seen == std::vector<EntryId>{{0}, {0}});  // the position moves once both are told
  // What follows is read one by one again.
  store.write("other", refresh(3));
  CHECK(poll() == Lines{"products refresh 3"});
}

TEST_CASE_FIXTURE(UnreadFixture, "unread: a row that takes more memory than there is, too") {
  fail_to_read([] { throw std::bad_alloc(); });
  for (int i = 0; i < 4; ++i) {
    CHECK_FALSE(poller.step({}));
  }
  CHECK(poller.step({}));
  CHECK(record.take() == Lines{"orders all", "products all"});
}

TEST_CASE_FIXTURE(UnreadFixture, "unread: a database that is out of reach is no reason to pass") {
  bool out_of_reach = true;
  store.before = [&](std::string_view) {
    if (out_of_reach) {
      throw Error("read", "no connection", Error::Kind::retryable);
    }
  };
  for (int i = 0; i < 20; ++i) {
    CHECK_FALSE(poller.step({}));
  }
  out_of_reach = false;
  CHECK(poller.step({}));
  CHECK(record.take() == Lines{"products refresh 1", "products refresh 2"});
  CHECK(quarantined().empty());
}

TEST_CASE_FIXTURE(UnreadFixture, "unread: failures at an end of the log are none of a row's") {
  poll();
  bool fails = true;
  store.before = [&](std::string_view operation) {
    if (fails && operation == "read_after") {
      throw Error("read", "interrupted", Error::Kind::retryable);
    }
  };
  for (int i = 0; i < 20; ++i) {
    CHECK_FALSE(poller.step({}));
  }
  fails = false;
  store.write("other", refresh(3));
  CHECK(poller.step({}));
  CHECK(record.take() == Lines{"products refresh 3"});
}

TEST_CASE_FIXTURE(UnreadFixture, "unread: tries are counted row by row") {
  int fails = 0;
  store.before = [&](std::string_view operation) {
    if (operation == "read_after" && fails > 0) {
      --fails;
      throw Error("read", "interrupted", Error::Kind::retryable);
    }
  };
  for (std::int64_t id = 10; id < 15; ++id) {
    fails = 3;
    store.write("other", refresh(id));
    while (!poller.step({})) {
    }
    CHECK(record.take().back() == "products refresh " + std::to_string(id));
  }
  CHECK(quarantined().empty());
}

TEST_CASE_FIXTURE(TakeoverFixture,
                  "unread: a read that outlives poller after poller is passed, too") {
  first->start(ColdStart::start_at_newest);
  store.write("other", refresh(1));
  // As a watchdog does it: whoever reads never returns, and another one takes over.
  int reads = 0;
  store.before = [&](std::string_view operation) {
    if (operation == "read_after" && position.entry() < EntryId{1}) {
      ++reads;
      throw std::bad_alloc();  // what becomes of that poller is of no account
    }
  };
  for (int i = 0; i < 10 && position.entry() < EntryId{1}; ++i) {
    next = make();
    try {
      next->poll_once();
    } catch (const std::bad_alloc&) {  // and so it has not noted that it failed
    }
  }
  CHECK(reads == 3);
  CHECK(record.take() == Lines{"orders all", "products all"});
  CHECK(position.entry() == EntryId{1});
}

TEST_CASE_FIXTURE(UnreadFixture, "unread: a node starts beside a row that it can't read") {
  const Cursor kept = store.connect(Access::read_only)->log().heads({1}).here.value();
  store.before = [](std::string_view operation) {
    if (operation == "read_after") {
      throw Error("read", "it took too long", Error::Kind::retryable);
    }
  };
  CHECK_NOTHROW(poller.resume(kept));
  CHECK(position.entry() == EntryId{1});
  CHECK(record.take().empty());
}

}  // namespace
}  // namespace crier::test
