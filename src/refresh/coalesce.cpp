// SPDX-License-Identifier: MIT
#include "refresh/coalesce.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace crier {

namespace {

// An order in which equal instructions stand side by side, those of one refresher too, and its
// refresh_all before the others. Not a hash: whoever writes rows could make all of them collide.
bool comes_before(const Instruction& a, const Instruction& b) {
  const auto rough = [](const Instruction& instruction) {
    return std::tuple(instruction.refresher, instruction.type, instruction.id, instruction.guid,
                      instruction.ids.size(), instruction.payload.size());
  };
  if (const auto of_a = rough(a), of_b = rough(b); of_a != of_b) {
    return of_a < of_b;
  }
  return std::tie(a.ids, a.payload) < std::tie(b.ids, b.payload);
}

}  // namespace

std::vector<std::size_t> coalesce(std::span<const Instruction> instructions) {
  std::vector<std::size_t> kept;
  coalesce(instructions, kept);
  return kept;
}

void coalesce(std::span<const Instruction> instructions, std::vector<std::size_t>& kept) {
  kept.resize(instructions.size());
  std::iota(kept.begin(), kept.end(), std::size_t{0});
  if (instructions.size() < 2) {
    return;
  }
  // Stable: of equal ones the last in order is the last of all.
  std::stable_sort(kept.begin(), kept.end(), [&](std::size_t a, std::size_t b) {
    return comes_before(instructions[a], instructions[b]);
  });
  std::vector<bool> stays(instructions.size());
  const Instruction* all = nullptr;  // the last refresh_all of the refresher that is looked at
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const Instruction& one = instructions[kept[i]];
    if (i + 1 < kept.size() && instructions[kept[i + 1]] == one) {
      continue;
    }
    if (one.type == RefreshType::refresh_all) {
      all = &one;
    }
    stays[kept[i]] = all == nullptr || all->refresher != one.refresher || all <= &one;
  }
  kept.clear();
  for (std::size_t i = 0; i < stays.size(); ++i) {
    if (stays[i]) {
      kept.push_back(i);
    }
  }
}

}  // namespace crier
