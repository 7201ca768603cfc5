// SPDX-License-Identifier: MIT
#pragma once

#include <crier/node.hpp>
#include <crier/testing.hpp>

#include "support/recording.hpp"

#include <memory>
#include <string>
#include <utility>

namespace crier::test {

/// A node of a world, with one recording refresher.
struct Resident {
  Resident(testing::World& world, const std::string& name, Options base = {})
      : hand(nullptr), node(make(world, name, std::move(base)), registry()) {
    hand = &world.node(name);
    node.start();
  }
  static Options make(testing::World& world, const std::string& name, Options base) {
    return world.options(name, std::move(base));
  }
  Registry registry() {
    Registry registry;
    registry.add(products);
    return registry;
  }

  Record record;
  std::shared_ptr<RecordingRefresher> products =
      std::make_shared<RecordingRefresher>(kProducts, "products", record);
  testing::TestNode* hand;
  Node node;
};

/// Two of them.
struct WorldFixture {
  testing::World world;
  Resident one{world, "web-1"};
  Resident two{world, "web-2"};

  EntryId publish(std::int64_t id = 7) { return one.node.cache().refresh(kProducts, id); }
};

}  // namespace crier::test
