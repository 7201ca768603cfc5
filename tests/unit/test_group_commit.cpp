// SPDX-License-Identifier: MIT
#include <crier/error.hpp>

#include "base/own_entries.hpp"
#include "messenger/group_commit.hpp"
#include "support/effort.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "support/memory_store.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

std::vector<NewEntry> entries(const std::string& who, int count = 1) {
  return std::vector<NewEntry>(static_cast<std::size_t>(count), {who, 1, "[]"});
}

/// Holds the first transaction up until `others` callers wait for it.
struct GroupAppendFixture {
  MemoryStore store;
  OwnEntries own{"group"};
  GroupCommit log{store, own};
  std::atomic<int> appends = 0;
  std::function<void(int)> at_append = [](int) {};

  void hold_up_first_until_waiting(std::size_t others) {
    store.before = [this, others](std::string_view operation) {
      if (operation == "append") {
        if (++appends == 1) {
          REQUIRE(eventually([&] { return log.waiting() == others; }));
        }
        at_append(appends);
      }
    };
  }
  std::future<EntryId> append_aside(const std::string& who, int count = 1) {
    return std::async(std::launch::async,
                      [this, who, count] { return log.append(entries(who, count)); });
  }
  // Who wrote the entry.
  std::string writer(EntryId id) {
    for (const Entry& row : store.rows()) {
      if (row.id == id) {
        return row.originated;
      }
    }
    return "nobody";
  }
};

TEST_CASE_FIXTURE(GroupAppendFixture, "one that comes alone has a transaction of its own at once") {
  hold_up_first_until_waiting(0);
  CHECK(log.append(entries("a", 2)) == EntryId{2});
  CHECK(log.append(entries("a")) == EntryId{3});
  CHECK(appends == 2);
  CHECK(store.connects == 1);
}

TEST_CASE_FIXTURE(GroupAppendFixture,
                  "all who wait share the next transaction, and get their own ids") {
  hold_up_first_until_waiting(3);
  auto first = append_aside("first");
  REQUIRE(eventually([&] { return appends == 1; }));
  auto b = append_aside("b", 1);
  auto c = append_aside("c", 5);
  auto d = append_aside("d", 2);
  CHECK(writer(first.get()) == "first");
  const auto wrote = [&](const std::string& who, EntryId last, int count) {
    CAPTURE(who);
    CHECK(writer(last) == who);
    CHECK(writer({last.value - count + 1}) == who);
    CHECK(writer({last.value - count}) != who);
    CHECK(writer({last.value + 1}) != who);
  };
  wrote("b", b.get(), 1);
  wrote("c", c.get(), 5);
  wrote("d", d.get(), 2);
  CHECK(appends == 2);
  CHECK(store.rows().size() == 9);
}

TEST_CASE_FIXTURE(GroupAppendFixture,
                  "one whose entry is refused does not take the others with it") {
  hold_up_first_until_waiting(3);
  bool together = true;
  at_append = [&](int nth) {
    // The group, then each by itself; the second of them is at fault.
    if (nth == 2 || nth == 4) {
      together = false;
      throw Error("append", "an entry is too large", Error::Kind::invalid_argument);
    }
  };
  auto first = append_aside("first");
  REQUIRE(eventually([&] { return appends == 1; }));
  std::vector<std::future<EntryId>> others;
  for (const char* who : {"b", "c", "d"}) {
    others.push_back(append_aside(who));
  }
  first.get();
  int refused = 0;
  for (auto& other : others) {
    try {
      other.get();
    } catch (const Error& error) {
      CHECK(error.invalid_argument());
      ++refused;
    }
  }
  CHECK_FALSE(together);
  CHECK(refused == 1);
  CHECK(store.rows().size() == 3);
  CHECK(appends == 5);
}

TEST_CASE_FIXTURE(GroupAppendFixture, "a lock that lasts is told to all who wait, after one try") {
  hold_up_first_until_waiting(2);
  at_append = [](int nth) {
    if (nth == 2) {
      throw Error("append", "locked", Error::Kind::retryable);
    }
  };
  auto first = append_aside("first");
  REQUIRE(eventually([&] { return appends == 1; }));
  auto b = append_aside("b");
  auto c = append_aside("c");
  first.get();
  CHECK(error_of([&] { b.get(); }).retryable());
  CHECK(error_of([&] { c.get(); }).retryable());
  CHECK(appends == 2);
  CHECK(log.append(entries("later")) == EntryId{2});
}

TEST_CASE_FIXTURE(GroupAppendFixture, "whatever is thrown, nobody waits for ever") {
  hold_up_first_until_waiting(2);
  at_append = [](int nth) {
    if (nth <= 4) {
      throw 7;  // NOLINT(hicpp-exception-baseclass)
    }
  };
  auto first = append_aside("first");
  REQUIRE(eventually([&] { return appends == 1; }));
  auto b = append_aside("b");
  auto c = append_aside("c");
  CHECK_THROWS_AS(first.get(), int);
  CHECK_THROWS_AS(b.get(), int);
  CHECK_THROWS_AS(c.get(), int);
  CHECK(log.append(entries("later")) == EntryId{1});
}

TEST_CASE_FIXTURE(GroupAppendFixture,
                  "after an error the connection is opened anew, but not after a lock") {
  log.append(entries("a"));
  for (const Error::Kind kind : {Error::Kind::retryable, Error::Kind::failed}) {
    store.before = [&](std::string_view operation) {
      if (operation == "append") {
        throw Error("append", "no", kind);
      }
    };
    CHECK_THROWS_AS(log.append(entries("a")), Error);
    store.before = nullptr;
    log.append(entries("a"));
    CHECK(store.connects == (kind == Error::Kind::retryable ? 1 : 2));
  }
}

// A transaction here takes until all threads have come. Those that it holds come again at once: the
// next one waits for them, or is left to whoever was left out, and both are half empty at the best.
TEST_CASE_FIXTURE(GroupAppendFixture, "those who come again at once share the next transaction") {
  constexpr int kThreads = 4, kEach = 100;
  std::atomic<int> away = 0;
  store.before = [&](std::string_view operation) {
    if (operation == "append") {
      ++appends;
      while (away > 0) {
        std::this_thread::yield();
      }
    }
  };
  const auto round = [&] {
    appends = 0;
    away = kThreads;
    std::vector<std::future<void>> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.push_back(std::async(std::launch::async, [this, &away] {
        for (int i = 0; i < kEach; ++i) {
          --away;
          log.append(entries("a"));
          away += i + 1 < kEach ? 1 : 0;  // at its end it counts as one that has come
        }
      }));
    }
    for (auto& thread : threads) {
      thread.get();
    }
    return appends.load();
  };
  // On a busy machine a thread may not come for long: one round of many that goes well shows it.
  bool shared = false;
  for (int i = 0; i < 50 && !shared; ++i) {
    shared = round() < kThreads * kEach * 3 / 8;
  }
  CHECK(shared);
}

TEST_CASE_FIXTURE(GroupAppendFixture,
                  "many threads: every id is given once, and leads to its writer") {
  constexpr int kThreads = 8, kEach = kSanitized ? 50 : 200;
  std::vector<std::future<bool>> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.push_back(std::async(std::launch::async, [this, t] {
      const std::string who = std::to_string(t);
      std::vector<EntryId> ids;
      for (int i = 0; i < kEach; ++i) {
        ids.push_back(log.append(entries(who)));
      }
      return std::all_of(ids.begin(), ids.end(), [&](EntryId id) { return writer(id) == who; });
    }));
  }
  for (auto& thread : threads) {
    CHECK(thread.get());
  }
  CHECK(store.rows().size() == kThreads * kEach);
}

}  // namespace
}  // namespace crier::test
