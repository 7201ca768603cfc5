// SPDX-License-Identifier: MIT
#include "base/pool.hpp"
#include "support/eventually.hpp"
#include "support/forked.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

struct PoolFixture {
  // Counts itself.
  struct Item {
    explicit Item(std::atomic<int>& count) : open(count) { number = ++open; }
    ~Item() { --open; }
    Item(const Item&) = delete;
    Item& operator=(const Item&) = delete;
    std::atomic<int>& open;
    int number = 0;
  };
  using ItemPool = Pool<Item>;

  std::atomic<int> open = 0;

  static ItemPool::Time soon() { return std::chrono::steady_clock::now() + 20s; }
  [[nodiscard]] std::unique_ptr<Item> make() { return std::make_unique<Item>(open); }
  auto take(ItemPool& pool, ItemPool::Time deadline = soon()) {
    return pool.take(deadline, [this] { return make(); });
  }
  void use(ItemPool& pool, int times) {
    std::vector<ItemPool::Loan> loans;
    for (int i = 0; i < times; ++i) {
      loans.push_back(take(pool).value());
      loans.back().keep();
    }
  }
};

TEST_CASE_FIXTURE(PoolFixture,
                  "Pool: an item that was kept is lent again, and any other is closed") {
  ItemPool pool({.most = 2});
  {
    const auto loan = take(pool);
    CHECK_FALSE(loan->used_before());
    CHECK(open == 1);
  }
  CHECK(open == 0);
  for (int i = 0; i < 3; ++i) {
    auto loan = take(pool);
    CHECK(loan->used_before() == (i > 0));
    CHECK(open == 1);
    loan->keep();
  }
  CHECK(open == 1);
}

TEST_CASE_FIXTURE(PoolFixture,
                  "Pool: there are never more than the most, and who comes late waits") {
  ItemPool pool({.most = 2});
  auto first = take(pool);
  const auto second = take(pool);
  CHECK_FALSE(take(pool, std::chrono::steady_clock::now() + 1ms));
  CHECK(open == 2);
  SUBCASE("until one comes back") { first->keep(); }
  SUBCASE("until one is closed") {}
  std::atomic<bool> waits = false;
  std::atomic<int> lent = 0;
  std::jthread waiter([&] {
    waits = true;
    // Far longer than it is looked for below.
    auto loan = take(pool, soon() + 1min);
    lent = loan ? open.load() : -1;
  });
  CHECK(eventually([&] { return waits.load(); }));
  CHECK(lent == 0);
  first.reset();
  CHECK(eventually([&] { return lent != 0; }));
  CHECK(lent == 2);
}

TEST_CASE_FIXTURE(PoolFixture, "Pool: many callers share few items") {
  ItemPool pool({.most = 3});
  std::atomic<int> most = 0;
  std::atomic<int> served = 0;
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 12; ++i) {
      callers.emplace_back([&, i] {
        for (int turn = 0; turn < 200; ++turn) {
          auto loan = take(pool);
          if (!loan) {
            continue;
          }
          ++served;
          for (int seen = most; seen < open && !most.compare_exchange_weak(seen, open);) {
          }
          if ((i + turn) % 3 != 0) {
            loan->keep();
          }
        }
      });
    }
  }
  CHECK(served == 12 * 200);
  CHECK(most <= 3);
}

TEST_CASE_FIXTURE(PoolFixture, "Pool: what could not be made takes nobody's place") {
  ItemPool pool({.most = 1});
  for (int i = 0; i < 3; ++i) {
    CHECK_THROWS_AS(static_cast<void>(pool.take(
                        soon(), []() -> std::unique_ptr<Item> { throw std::runtime_error("no"); })),
                    std::runtime_error);
  }
  CHECK(take(pool, std::chrono::steady_clock::now()));
}

TEST_CASE_FIXTURE(PoolFixture, "Pool: an item can be replaced by a new one") {
  ItemPool pool({.most = 1});
  use(pool, 1);
  auto loan = take(pool);
  CHECK(open == 1);
  loan->renew([&] {
    CHECK(open == 0);  // the old one first
    return make();
  });
  CHECK(open == 1);
}

TEST_CASE_FIXTURE(PoolFixture, "Pool: those that have been idle for as long are closed") {
  ItemPool pool({.most = 3, .idle = 1h});
  use(pool, 3);
  CHECK(open == 3);
  const auto now = std::chrono::steady_clock::now();
  pool.close_idle(now + 59min);
  CHECK(open == 3);
  {
    auto used = take(pool);
    pool.close_idle(now + 61min);
    CHECK(open == 1);  // the one that is lent
    used->keep();
  }
  use(pool, 3);
  CHECK(open == 3);
  pool.drop_idle();
  CHECK(open == 0);
  use(pool, 3);  // there is room for as many again
}

TEST_CASE_FIXTURE(PoolFixture, "Pool: idle items are closed though nobody calls any more") {
  ItemPool pool({.most = 3, .idle = 1ms});
  use(pool, 3);
  CHECK(eventually([&] { return open == 0; }));
}

TEST_CASE_FIXTURE(PoolFixture,
                  "Pool: a child of fork() leaves all as it is, also where one waits") {
  auto pool = std::make_unique<ItemPool>(PoolLimits{.most = 1, .idle = 1h});
  use(*pool, 1);  // the thread that closes sleeps from now on
  auto lent = take(*pool);
  std::atomic<bool> waits = false;
  std::jthread waiter([&] {
    waits = true;
    static_cast<void>(take(*pool));
  });
  CHECK(eventually([&] { return waits.load(); }));
  CHECK(run_forked([&] {
          pool->abandon();
          pool.reset();
          return open == 1 ? 0 : 1;
        }) == 0);
  lent->keep();
  lent.reset();
}

}  // namespace
}  // namespace crier::test
