// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "contract/asleep.hpp"
#include "contract/long_wait.hpp"
#include "support/entries.hpp"
#include "support/eventually.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <thread>
#include <unistd.h>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a wait ends without a ring when its time is up") {
  on_each_store([](TestStore& store) {
    const auto opened = store.open();
    CHECK_FALSE(opened->wakeup().wait(opened->wakeup().mark(), 1ms));
    CHECK(opened->wakeup().trouble().empty());
  });
}

TEST_CASE("a ring after the mark is not missed, whoever rings") {
  on_each_store([](TestStore& store) {
    const auto mine = store.open();
    const auto others = store.open();
    for (Store* ringer : {mine.get(), others.get()}) {
      const std::uint64_t mark = mine->wakeup().mark();
      ringer->wakeup().ring();
      CHECK(mine->wakeup().wait(mark, kLong));
      CHECK(mine->wakeup().mark() != mark);
    }
  });
}

TEST_CASE("each append rings, and one that fails need not") {
  on_each_store([](TestStore& store) {
    const auto mine = store.open();
    const auto connection = store.open()->connect(Access::read_write);
    std::uint64_t mark = mine->wakeup().mark();
    append(*connection, new_entry("[]"));
    CHECK(mine->wakeup().wait(mark, kLong));

    if (mine->name().starts_with("postgresql:")) {
      return;  // the ring travels with the append, whatever becomes of that
    }
    store.refuse("bad");
    mark = mine->wakeup().mark();
    CHECK_THROWS(append(*connection, new_entry("[]", 1, "bad")));
    CHECK(mine->wakeup().mark() == mark);
  });
}

TEST_CASE("an append wakes its own sleeper, too, if that one wants to hear of it") {
  on_each_store([](TestStore& store) {
    const auto mine = store.open();
    const auto connection = mine->connect(Access::read_write);
    mine->wakeup().hear_own();
    std::atomic<pid_t> sleeper = 0;
    std::atomic<bool> woken = false;
    std::jthread thread([&] {
      const std::uint64_t before = mine->wakeup().mark();
      sleeper = gettid();
      woken = mine->wakeup().wait(before, 900ms);  // sooner than it would notice by itself
    });
    REQUIRE(eventually([&] { return sleeper != 0 && sleeps(sleeper); }));
    append(*connection, new_entry("[]"));
    thread.join();
    CHECK(woken);
  });
}

TEST_CASE("an append wakes the others who sleep, and is not missed by its own") {
  on_each_store([](TestStore& store) {
    const auto mine = store.open();
    const auto connection = mine->connect(Access::read_write);
    const std::uint64_t mark = mine->wakeup().mark();
    // Of a doorbell it is sooner than who was forgotten would notice by himself.
    const auto patience = mine->name().starts_with("postgresql:") ? kLong : 900ms;
    std::vector<std::unique_ptr<Store>> others;
    for (int i = 0; i < 6; ++i) {
      others.push_back(store.open());
    }
    const auto wakes_all = [&] {
      std::latch asleep(7);
      std::atomic<int> woken = 0;
      std::vector<std::jthread> sleepers;
      for (const auto& other : others) {
        sleepers.emplace_back([&, wakeup = &other->wakeup()] {
          const std::uint64_t before = wakeup->mark();
          asleep.arrive_and_wait();
          woken += wakeup->wait(before, patience) ? 1 : 0;
        });
      }
      asleep.arrive_and_wait();
      append(*connection, new_entry("[]"));
      sleepers.clear();
      return woken == 6;
    };
    CHECK(eventually(wakes_all));  // a busy machine may take longer to append than one round lasts
    CHECK(mine->wakeup().wait(mark, kLong));
  });
}

TEST_CASE("one ring wakes all who sleep") {
  on_each_store([](TestStore& store) {
    const auto mine = store.open();
    const auto others = store.open();
    std::atomic<int> asleep = 0;
    std::atomic<int> woken = 0;
    std::vector<std::jthread> sleepers;
    for (int i = 0; i < 6; ++i) {
      sleepers.emplace_back([&, wakeup = i % 2 == 0 ? &mine->wakeup() : &others->wakeup()] {
        const std::uint64_t mark = wakeup->mark();
        ++asleep;
        woken += wakeup->wait(mark, kLong) ? 1 : 0;
      });
    }
    while (asleep < 6) {
      std::this_thread::yield();
    }
    store.open()->wakeup().ring();
    sleepers.clear();
    CHECK(woken == 6);
  });
}

}  // namespace
}  // namespace crier::test
