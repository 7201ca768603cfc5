// SPDX-License-Identifier: MIT
#include "contract/hybrid_half.hpp"
#include "contract/shared_cache.hpp"

#include <atomic>
#include <thread>

namespace crier::test {
namespace {

TEST_CASE("a hybrid cache's record is changed with its marks and a value at once, or not at all") {
  on_each_store([](TestStore& store) { check_half(*cache_of(store)); });
}

TEST_CASE("many values of a hybrid cache are read together as one by one") {
  on_each_store([](TestStore& store) { check_half_of_many(*cache_of(store)); });
}

TEST_CASE("a hybrid cache's record keeps so many marks, and raises its floor for the others") {
  on_each_store([](TestStore& store) {
    const auto cache = cache_of(store);
    check_bound(dynamic_cast<SharedHalf&>(*cache));
  });
}

TEST_CASE("a sweep takes off what nobody may serve of a hybrid cache, and nothing else") {
  on_each_store([](TestStore& store) { check_sweep(*cache_of(store)); });
}

TEST_CASE("a fill beside a sweep of a hybrid cache survives it") {
  on_each_store([](TestStore& store) { check_fill_beside_sweep(*cache_of(store)); });
}

TEST_CASE("of many who write a hybrid cache's record from what they have seen one does") {
  on_each_store([](TestStore& store) {
    const auto cache = cache_of(store);
    auto& half = dynamic_cast<SharedHalf&>(*cache);
    for (std::int64_t round = 0; round < 20; ++round) {
      const HybridRecord before = half.read("r", {}, {}).record;
      std::atomic<int> done = 0;
      std::vector<std::thread> threads;
      for (std::uint64_t i = 1; i <= 4; ++i) {
        threads.emplace_back([&, i] {
          const HybridRecord mine{i, {{round + 1}, {i}}, {0}};
          done += half.write({.cache = "r", .expected = before, .next = mine}).done ? 1 : 0;
        });
      }
      for (std::thread& thread : threads) {
        thread.join();
      }
      CHECK(done == 1);
    }
  });
}

TEST_CASE("a database's own number stays") {
  on_each_store([](TestStore& store) {
    const Fingerprint first = store.open()->connect(Access::read_only)->hybrid().origin();
    CHECK(first.value != 0);
    CHECK(store.open()->connect(Access::read_only)->hybrid().origin() == first);
  });
}

}  // namespace
}  // namespace crier::test
