// SPDX-License-Identifier: MIT
#include <crier/crier.hpp>

#include "board.hpp"
#include "lines.hpp"
#include "modes.hpp"
#include "product_table.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <thread>

namespace shop {
namespace {

using namespace std::chrono_literals;

constexpr auto kPace = 40ms;
constexpr auto kLook = 1ms;
constexpr unsigned kSeed = 1;  // the same changes in both halves of the demo

}  // namespace

int run_writer(const Arguments& arguments) {
  Board board(arguments.board);
  const auto table = ProductTable::open(arguments.store);
  crier::Registry refreshers;
  crier::CachedRegion<std::int64_t, std::int64_t> prices(refreshers, kProducts, "products");
  std::optional<crier::Node> node;
  if (!arguments.ttl) {
    crier::Options options;
    options.store = arguments.store;
    options.node_name = arguments.name;
    options.application = "shop";
    node.emplace(options, refreshers);
    node->start();
  }
  write_line(arguments.facts, "ready");
  if (arguments.board < 0) {
    board.set_open(true);  // nobody else will
  }
  while (!board.is_open()) {
    std::this_thread::sleep_for(kLook);
  }

  std::mt19937_64 random(kSeed);
  std::uniform_int_distribution<std::int64_t> any_product(1, ProductTable::kCount);
  crier::EntryId last;
  for (auto next = std::chrono::steady_clock::now(); board.is_open(); next += kPace) {
    std::this_thread::sleep_until(next);
    const std::int64_t id = any_product(random);
    const ProductTable::News news{node ? &node->cache() : nullptr,
                                  [&](crier::Collector& batch) { prices.changed(id, batch); }};
    last = table->raise(id, news, [&](std::int64_t price) { board.replaced(id, price); });
  }
  write_line(arguments.facts, "last " + std::to_string(last.value));
  return 0;
}

}  // namespace shop
