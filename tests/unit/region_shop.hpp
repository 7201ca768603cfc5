// SPDX-License-Identifier: MIT
#pragma once

#include <crier/cached_region.hpp>
#include <crier/node.hpp>

#include "node_fixture.hpp"

#include <chrono>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace crier::test {

/// A node with a region, declared in one line.
template <class Key>
struct Shop {
  Registry refreshers;
  CachedRegion<Key, std::string> region;
  std::unique_ptr<Node> node;

  explicit Shop(Options options, RegionOptions<Key, std::string> region_options = {})
      : region(refreshers, kProducts, "products", std::move(region_options)) {
    options.log = [](LogLevel, std::string_view) {};
    options.poll_interval = std::chrono::milliseconds(1);
    node = std::make_unique<Node>(std::move(options), refreshers);
    node->start();
  }
  /// From the cache, or "loaded".
  std::string get(const Key& key) {
    return *region.get(key, [] { return std::string("loaded"); });
  }
  void fill(std::initializer_list<Key> keys) {
    for (const Key& key : keys) {
      region.insert(key, "kept " + std::to_string(std::hash<Key>{}(key)));
    }
  }
};

}  // namespace crier::test
