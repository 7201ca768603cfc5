// SPDX-License-Identifier: MIT
#include <crier/crier.hpp>

#include "caches.hpp"
#include "lines.hpp"
#include "modes.hpp"
#include "product_table.hpp"

#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <thread>

namespace shop {
namespace {

constexpr std::chrono::milliseconds kPace{25};
constexpr int kBatchEvery = 5;
constexpr std::size_t kBatchSize = 4;

}  // namespace

int run_writer(const Arguments& arguments) {
  const auto table = ProductTable::open(arguments.store);
  const Caches caches(arguments.store);
  crier::Options options;
  options.store = arguments.store;
  options.node_name = arguments.name;
  options.application = "shop";
  crier::Node node(options, caches.refreshers);
  node.start();

  std::mt19937_64 random(std::random_device{}());
  std::uniform_int_distribution<std::int64_t> any_product(1, ProductTable::kCount);
  std::uniform_int_distribution<std::int64_t> any_price(100, 99'999);
  auto next = std::chrono::steady_clock::now();
  const auto end = next + arguments.seconds;
  for (int turn = 1; next < end; ++turn, next += kPace) {
    std::this_thread::sleep_until(next);
    Prices changes;
    while (changes.size() < (turn % kBatchEvery == 0 ? kBatchSize : 1)) {
      changes[any_product(random)] = any_price(random);
    }
    const std::int64_t published = now_ns();
    const crier::EntryId entry = table->change(changes, node.cache(), [&](crier::Collector& batch) {
      for (const auto& [id, price] : changes) {
        caches.changed(id, batch);
      }
    });
    write_line(arguments.facts, "published " + std::to_string(entry.value) + ' ' +
                                    std::to_string(changes.size()) + ' ' +
                                    std::to_string(published));
  }
  return 0;
}

}  // namespace shop
