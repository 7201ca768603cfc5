// SPDX-License-Identifier: MIT
#include <crier/crier.hpp>

#include "board.hpp"
#include "lines.hpp"
#include "modes.hpp"
#include "product_table.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <sstream>
#include <stop_token>
#include <string>
#include <thread>

namespace shop {
namespace {

using namespace std::chrono_literals;

constexpr auto kPause = 1ms;
constexpr int kReadsAtOnce = 20;  // a page with so many products
constexpr auto kAuditDeadline = 30s;

// The cache is the same in both halves of the demo. In one its prices expire; in the other they
// stay until crier says that they have changed.
class Shop {
 public:
  explicit Shop(const Arguments& arguments)
      : board_(arguments.board),
        reads_(board_.reads(arguments.slot)),
        store_(arguments.store),
        seed_(std::hash<std::string>()(arguments.name)),
        prices_(refreshers_, kProducts, "products", {.keep = {.absolute = arguments.ttl}}) {
    if (arguments.ttl) {
      fill();
      return;
    }
    crier::Options options;
    options.store = arguments.store;
    options.node_name = arguments.name;
    options.application = "shop";
    options.audit = {prices_.audited(std::identity())};  // a price is as good as a version
    options.fill_caches = [this] { fill(); };
    node_.emplace(options, refreshers_);
    node_->start();
  }

  // The application's work: customers that look at pages.
  void serve(const std::stop_token& stop) {
    const auto table = ProductTable::open(store_);
    std::mt19937_64 random(seed_);
    std::uniform_int_distribution<std::int64_t> any_product(1, ProductTable::kCount);
    while (!stop.stop_requested()) {
      for (int i = 0; i < kReadsAtOnce; ++i) {
        const std::int64_t id = any_product(random);
        const Board::Sight before = board_.look(id);
        const std::int64_t price = read(id, *table);
        board_.judge(reads_, id, before, price);
      }
      std::this_thread::sleep_for(kPause);
    }
  }

  // "audited <cached prices> <wrong ones>", when `through` is applied.
  std::string audit(crier::EntryId through) {
    if (node_) {
      static_cast<void>(node_->wait_applied(through, kAuditDeadline));
    }
    int cached = 0;
    int wrong = 0;
    for (const auto& [id, price] : ProductTable::open(store_)->all()) {
      if (const auto kept = prices_.get(id)) {
        ++cached;
        wrong += *kept == price ? 0 : 1;
      }
    }
    return "audited " + std::to_string(cached) + ' ' + std::to_string(wrong);
  }

 private:
  std::int64_t read(std::int64_t id, ProductTable& table) {
    return *prices_.get(id, [&] {
      reads_.of_database += board_.is_open() ? 1 : 0;
      return table.price(id);
    });
  }
  void fill() {
    const auto table = ProductTable::open(store_);
    for (std::int64_t id = 1; id <= ProductTable::kCount; ++id) {
      read(id, *table);
    }
  }

  Board board_;
  Reads& reads_;
  const std::string store_;
  const std::size_t seed_;  // the same reads in both halves of the demo
  crier::Registry refreshers_;
  crier::CachedRegion<std::int64_t, std::int64_t> prices_;
  std::optional<crier::Node> node_;
};

}  // namespace

int run_node(const Arguments& arguments) {
  Shop shop(arguments);
  write_line(arguments.facts, "ready");

  const std::jthread reader([&](const std::stop_token& stop) { shop.serve(stop); });
  LineReader input(STDIN_FILENO);
  while (input.fill()) {
    while (const auto line = input.next()) {
      crier::EntryId through;
      std::string word;
      if (std::istringstream(*line) >> word >> through.value && word == "audit") {
        write_line(arguments.facts, shop.audit(through));
      }
    }
  }
  return 0;
}

}  // namespace shop
