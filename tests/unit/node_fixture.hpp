// SPDX-License-Identifier: MIT
#pragma once

#include <crier/node.hpp>

#include "support/recording.hpp"
#include "support/temp_dir.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace crier::test {

/// A node with one recording refresher.
struct Member {
  Record record;
  std::shared_ptr<RecordingObserver> observer = std::make_shared<RecordingObserver>();
  std::shared_ptr<RecordingRefresher> products =
      std::make_shared<RecordingRefresher>(kProducts, "products", record);
  std::unique_ptr<Node> node;

  explicit Member(Options options) {
    Registry registry;
    registry.add(products);
    options.observer = observer;
    if (!options.log) {
      options.log = [](LogLevel, std::string_view) {};
    }
    if (options.poll_interval == Options().poll_interval) {
      options.poll_interval = std::chrono::milliseconds(1);
    }
    node = std::make_unique<Node>(std::move(options), std::move(registry));
  }
};

/// A folder for a database that the first node makes.
struct NodeFixture {
  TempDir dir;

  [[nodiscard]] Options options() const {
    Options options;
    options.store = "sqlite:" + (dir / "shop.db").string();
    options.migrate_on_start = true;
    return options;
  }
};

}  // namespace crier::test
