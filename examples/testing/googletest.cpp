// SPDX-License-Identifier: MIT
// The same in GoogleTest: the kit goes with each framework.
#include <crier/testing.hpp>

#include "shop.hpp"

#include <gtest/gtest.h>

namespace {

struct ClusterTest : testing::Test {
  Table table{{42, "12.90"}};
  crier::testing::World world;
  Shop one{table, world.options("web-1"), world.clock()};
  Shop two{table, world.options("web-2"), world.clock()};
};

TEST_F(ClusterTest, OtherNodesDropWhatHasChanged) {
  EXPECT_EQ(two.price(42), "12.90");
  one.change_price(42, "14.90");
  world.settle();
  EXPECT_EQ(two.price(42), "14.90");
}

TEST_F(ClusterTest, ItGoesOnThroughAnOutage) {
  one.price(42);
  world.fail(crier::testing::StoreFault::unreachable);
  EXPECT_EQ(one.price(42), "12.90");
  EXPECT_THROW(one.change_price(42, "14.90"), crier::Error);
  world.mend();
  EXPECT_TRUE(one.is_everywhere(one.change_price(42, "14.90")));
}

}  // namespace
