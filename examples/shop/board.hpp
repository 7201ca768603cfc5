// SPDX-License-Identifier: MIT
#pragma once

#include "product_table.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace shop {

// What a node has read, as numbers that outlive it if it is killed.
struct Reads {
  std::atomic<std::int64_t> all = 0;
  std::atomic<std::int64_t> stale = 0;
  std::atomic<std::int64_t> worst_ns = 0;  // the oldest of them: for so long it had been replaced
  std::atomic<std::int64_t> of_database = 0;  // what the cache had to load
};

// Memory that the demo and its processes share, by which each read is judged: a read is stale if it
// returns a price that had been replaced before the read began. Neither crier nor a cache sees it.
// Thread-safe.
class Board {
 public:
  static constexpr std::size_t kSlots = 8;

  // What a reader knows before it reads.
  struct Sight {
    std::int64_t price;  // committed before that
    std::int64_t began_ns;
  };

  // The demo's, by the descriptor that its processes inherit. A negative one makes a new board.
  explicit Board(int descriptor);
  ~Board();
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }

  // Reads count while this is set, and the writer works.
  [[nodiscard]] bool is_open() const { return shared_->open; }
  void set_open(bool open) { shared_->open = open; }
  [[nodiscard]] Reads& reads(std::size_t slot) { return shared_->reads.at(slot); }

  // By the writer, right after its COMMIT.
  void replaced(std::int64_t id, std::int64_t new_price);
  [[nodiscard]] Sight look(std::int64_t id) const;
  void judge(Reads& reads, std::int64_t id, const Sight& before, std::int64_t price) const;

 private:
  static constexpr std::size_t kKept = 256;  // of the prices of a product

  struct Product {
    std::atomic<std::int64_t> newest = ProductTable::kFirstPrice;
    std::array<std::atomic<std::int64_t>, kKept>
        since_ns{};  // by price: each is a cent above the last
  };
  struct Shared {
    std::atomic<bool> open = false;
    std::array<Reads, kSlots> reads;
    std::array<Product, ProductTable::kCount> products;
  };

  [[nodiscard]] Product& product(std::int64_t id) const {
    return shared_->products.at(static_cast<std::size_t>(id - 1));
  }
  static std::size_t place(std::int64_t price) { return static_cast<std::size_t>(price) % kKept; }

  int descriptor_;
  Shared* shared_;
};

}  // namespace shop
