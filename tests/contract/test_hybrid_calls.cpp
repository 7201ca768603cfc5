// SPDX-License-Identifier: MIT
// What hybrid caches do over the shared half that a store has.
#include "contract/hybrid_calls.hpp"
#include "contract/shared_cache.hpp"

namespace crier::test {
namespace {

TEST_CASE("a hybrid cache reads many of a shared half, and makes the rest in one call") {
  on_each_store([](TestStore& store) { check_many([&] { return cache_of(store); }); });
}

TEST_CASE("a hybrid cache's values may be any bytes") {
  on_each_store([](TestStore& store) { check_bytes([&] { return cache_of(store); }); });
}

TEST_CASE("two versions of a hybrid cache share its invalidations, and not its entries") {
  on_each_store([](TestStore& store) { check_versions([&] { return cache_of(store); }); });
}

TEST_CASE("what a hybrid cache has cleared goes from the shared half") {
  on_each_store([](TestStore& store) { check_cleared([&] { return cache_of(store); }); });
}

TEST_CASE("a factory of a hybrid cache runs once, however many nodes ask at once") {
  on_each_store([](TestStore& store) { check_one_load([&] { return cache_of(store); }); });
}

}  // namespace
}  // namespace crier::test
