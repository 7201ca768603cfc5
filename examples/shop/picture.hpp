// SPDX-License-Identifier: MIT
#pragma once

#include "board.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace shop {

inline constexpr std::size_t kNodes = 3;

// What the demo shows, as values.
struct Picture {
  struct Counts {
    std::int64_t all = 0;
    std::int64_t stale = 0;
    std::int64_t worst_ns = 0;
    std::int64_t of_database = 0;
  };
  struct Half {
    std::array<Counts, kNodes> nodes;
    // What was in the caches when the load had ended.
    std::int64_t cached = 0;
    std::int64_t wrong = 0;
  };

  std::array<Half, 2> halves;               // with a time limit, with crier
  std::size_t half = 0;                     // the one that runs, or has run last
  double seconds = 0;                       // so long it has run, ...
  double of_seconds = 0;                    // ... of so many
  std::array<std::string, kNodes> remarks;  // on the nodes of that half

  // What the board says of each half and node.
  void count(Board& board);
};

// Where a node of a half counts its reads on the board.
constexpr std::size_t slot_of(std::size_t half, std::size_t node) { return half * kNodes + node; }

// At most 80 columns. With the nodes, and how far it is, while it runs.
[[nodiscard]] std::vector<std::string> lines_of(const Picture& picture, bool runs,
                                                bool has_colours);

}  // namespace shop
