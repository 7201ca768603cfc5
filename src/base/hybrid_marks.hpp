// SPDX-License-Identifier: MIT
#pragma once

#include <crier/shared_half.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>

namespace crier {

// The marks that several values are asked for with, each once: most have tags in common. And their
// entries, as they come to be known.
class HybridMarks {
 public:
  explicit HybridMarks(std::span<const SharedHalf::Ask> asks) {
    for (const SharedHalf::Ask& ask : asks) {
      for (const std::uint64_t mark : ask.marks) {
        known_.try_emplace(mark);
      }
    }
  }

  [[nodiscard]] std::map<std::uint64_t, EntryId>& known() { return known_; }
  [[nodiscard]] EntryId newest(std::span<const std::uint64_t> marks) const {
    EntryId newest;
    for (const std::uint64_t mark : marks) {
      newest = std::max(newest, known_.at(mark));
    }
    return newest;
  }

 private:
  std::map<std::uint64_t, EntryId> known_;  // 0: not marked
};

}  // namespace crier
