// SPDX-License-Identifier: MIT
#include "base/delivered.hpp"

#include <doctest/doctest.h>

namespace crier::test {

TEST_CASE(
    "Delivered: tells by origin, for all entries of the write, and forgets it with the last") {
  Delivered delivered;
  CHECK_FALSE(delivered.take("me/1", {7}));
  delivered.add("me/1", {8}, {5});
  CHECK(delivered.take("me/1", {7}));
  CHECK_FALSE(delivered.take("me/2", {8}));
  CHECK_FALSE(delivered.take("me", {8}));
  CHECK(delivered.take("me/1", {8}));
  CHECK_FALSE(delivered.take("me/1", {8}));
}

TEST_CASE("Delivered: forgets what was handled meanwhile, as by a resync") {
  Delivered delivered;
  delivered.add("me/1", {8}, {5});
  delivered.add("me/2", {9}, {5});
  delivered.add("me/3", {10}, {8});
  CHECK_FALSE(delivered.take("me/1", {8}));
  CHECK(delivered.take("me/2", {9}));
  CHECK(delivered.take("me/3", {10}));
}

}  // namespace crier::test
