// SPDX-License-Identifier: MIT
#include "product_cache.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

namespace {

std::int64_t no_load(std::int64_t) { throw std::logic_error("this price must be cached"); }

TEST_CASE("a price is loaded once, and again after its eviction") {
  shop::ProductCache cache;
  CHECK(cache.price(1, [](std::int64_t) { return 100; }) == 100);
  CHECK(cache.price(1, no_load) == 100);
  cache.evict(1);
  CHECK(cache.price(1, [](std::int64_t) { return 200; }) == 200);
  cache.evict_all();
  CHECK(cache.cached().empty());
}

TEST_CASE("a price that was read before an eviction is not kept after it") {
  shop::ProductCache cache;
  const auto evicted_meanwhile = [&](std::int64_t id) {
    cache.evict(id);
    return 100;
  };
  CHECK(cache.price(1, evicted_meanwhile) == 100);
  CHECK(cache.cached().empty());

  CHECK(cache.price(1, [&](std::int64_t) {
    cache.evict_all();
    return 100;
  }) == 100);
  CHECK(cache.cached().empty());
}

}  // namespace
