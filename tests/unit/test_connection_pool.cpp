// SPDX-License-Identifier: MIT
// A store's connections, shared by callers, as the shared cache and Node::nodes() have them.
#include <crier/error.hpp>

#include "base/connection_pool.hpp"
#include "cache/shared/store_cache.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "support/gate.hpp"
#include "support/memory_store.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Repeats = ConnectionPool::Repeats;

struct ConnectionPoolFixture {
  const std::shared_ptr<MemoryStore> store = std::make_shared<MemoryStore>();
  std::vector<Connection*> used;

  [[nodiscard]] ConnectionPool pool(std::size_t most, std::chrono::milliseconds idle = 1h) const {
    return {store, {.limits = {.most = most, .idle = idle}, .what = "seat", .advice = "wait"}};
  }
  // Fails `times` times, with errors of that kind.
  auto failing(int times, Error::Kind kind) {
    used.clear();
    return [this, times, kind](Connection& connection) mutable {
      used.push_back(&connection);
      if (times-- > 0) {
        throw Error("try", "no", kind);
      }
      return 7;
    };
  }
};

TEST_CASE_FIXTURE(ConnectionPoolFixture,
                  "a connection is opened once for calls that follow each other") {
  ConnectionPool pool = this->pool(4);
  for (int i = 0; i < 3; ++i) {
    CHECK(pool.run("try", [](Connection&) { return 7; }) == 7);
  }
  CHECK(store->connects == 1);
}

TEST_CASE_FIXTURE(ConnectionPoolFixture,
                  "callers at the same time have a connection each, and no more than all") {
  ConnectionPool pool = this->pool(2);
  std::mutex mutex;
  std::set<Connection*> busy;
  std::atomic<bool> shared = false;
  std::atomic<int> done = 0;
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 8; ++i) {
      callers.emplace_back([&] {
        for (int turn = 0; turn < 50; ++turn) {
          pool.run("try", [&](Connection& connection) {
            {
              const std::lock_guard lock(mutex);
              shared = shared || !busy.insert(&connection).second || busy.size() > 2;
            }
            std::this_thread::yield();
            const std::lock_guard lock(mutex);
            busy.erase(&connection);
          });
          ++done;
        }
      });
    }
  }
  CHECK(done == 8 * 50);
  CHECK_FALSE(shared);
  CHECK(store->connects <= 2);
}

TEST_CASE_FIXTURE(ConnectionPoolFixture,
                  "who finds none free within the deadline is told so, and may try again") {
  store->deadline = 20ms;
  ConnectionPool pool = this->pool(1);
  pool.run("try", [](Connection&) {});  // by then the deadline is known
  Gate gate;
  std::jthread holder([&] { pool.run("hold", [&](Connection&) { gate.pass(); }); });
  CHECK(gate.wait_until_entered());
  const Error error = error_of([&] { pool.run("try", [](Connection&) {}); });
  CHECK(error.retryable());
  CHECK(error.operation() == "try");
  CHECK(std::string(error.what()) == "no seat came free in 20ms, of 1: wait");
  gate.open();
  holder.join();
  CHECK_NOTHROW(pool.run("try", [](Connection&) {}));
}

TEST_CASE_FIXTURE(ConnectionPoolFixture,
                  "who had to wait has the rest of its time, and the next all of it") {
  store->deadline = 10s;
  ConnectionPool pool = this->pool(1);
  Gate gate;
  std::jthread holder([&] { pool.run("hold", [&](Connection&) { gate.pass(); }); });
  CHECK(gate.wait_until_entered());
  std::atomic<std::chrono::milliseconds> left = 0ms;
  std::atomic<Clock::time_point> asks = Clock::time_point::max();
  std::jthread waiter([&] {
    asks = Clock::now();
    pool.run("try", [&](Connection& connection) { left = connection.deadline(); });
  });
  CHECK(eventually([&] { return Clock::now() - 1s > asks.load(); }));
  gate.open();
  waiter.join();
  CHECK(left.load() > 0ms);
  CHECK(left.load() < 10s);
  CHECK(pool.run("try", [](Connection& connection) { return connection.deadline(); }) == 10s);
}

TEST_CASE_FIXTURE(ConnectionPoolFixture,
                  "a connection is kept or not by how the call on it failed") {
  ConnectionPool pool = this->pool(4);
  for (const auto& [kind, connects] :
       {std::pair(Error::Kind::retryable, 1), std::pair(Error::Kind::invalid_argument, 1),
        std::pair(Error::Kind::failed, 2)}) {
    CHECK_THROWS_AS(pool.run("try", failing(1, kind)), Error);
    CHECK(used.size() == 1);
    pool.run("try", failing(0, kind));
    CHECK(store->connects == connects);
  }
  CHECK_THROWS_AS(pool.run("try", [](Connection&) { throw std::bad_alloc(); }), std::bad_alloc);
  pool.run("try", [](Connection&) {});
  CHECK(store->connects == 3);
}

TEST_CASE_FIXTURE(ConnectionPoolFixture,
                  "where the database was replaced the call is made on what is there now") {
  ConnectionPool pool = this->pool(4);
  pool.run("try", [](Connection&) {});
  CHECK(pool.run("try", failing(1, Error::Kind::replaced)) == 7);
  CHECK(used.size() == 2);
  CHECK(store->connects == 2);
  CHECK(error_of([&] { pool.run("try", failing(2, Error::Kind::replaced)); }).replaced());
}

TEST_CASE_FIXTURE(ConnectionPoolFixture,
                  "a kept connection that died costs a call that may be repeated nothing") {
  for (const Error::Kind kind : {Error::Kind::retryable, Error::Kind::failed}) {
    ConnectionPool pool = this->pool(4);
    pool.run("try", [](Connection&) {});
    CHECK_THROWS_AS(pool.run("try", failing(1, kind)), Error);
    pool.run("try", [](Connection&) {});
    CHECK(pool.run("try", failing(1, kind), Repeats::everything) == 7);
    CHECK(used.size() == 2);
    CHECK_THROWS_AS(pool.run("try", failing(2, kind), Repeats::everything), Error);
    CHECK(used.size() == 2);
    // On a new one it is no death of an idle one.
    ConnectionPool fresh = this->pool(4);
    CHECK_THROWS_AS(fresh.run("try", failing(1, kind), Repeats::everything), Error);
  }
}

TEST_CASE_FIXTURE(ConnectionPoolFixture,
                  "a connection that can't be opened is the caller's error, each time") {
  ConnectionPool pool = this->pool(1);
  store->before = [](std::string_view operation) {
    if (operation == "connect") {
      throw Error("open", "it is not there");
    }
  };
  for (int i = 0; i < 3; ++i) {
    CHECK(message_of([&] { pool.run("try", [](Connection&) {}); }) == "it is not there");
  }
  store->before = nullptr;
  CHECK_NOTHROW(pool.run("try", [](Connection&) {}));
}

TEST_CASE_FIXTURE(ConnectionPoolFixture,
                  "the shared cache uses no more sessions than it may, and says so") {
  store->deadline = 20ms;
  StoreCache sessions(store, Access::read_write, {.max_sessions = 2});
  SharedCache& cache = sessions;
  cache.set("a", "1");
  Gate gate;
  std::atomic<int> held = 0;
  store->before = [&](std::string_view operation) {
    if (operation == "cache get") {
      ++held;
      gate.pass();
    }
  };
  std::vector<std::jthread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] { static_cast<void>(cache.get("a")); });
  }
  CHECK(eventually([&] { return held == 2; }));
  const Error error = error_of([&] { cache.set("a", "2"); });
  CHECK(error.retryable());
  CHECK(error.operation() == "set");
  CHECK(std::string(error.what()) ==
        "no session of the shared cache in memory came free in 20ms, of 2: try again, or raise "
        "shared_cache.max_sessions");
  gate.open();
  readers.clear();
  CHECK(store->connects == 2);
  CHECK_NOTHROW(cache.set("a", "2"));
}

}  // namespace
}  // namespace crier::test
