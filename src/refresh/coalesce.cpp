// SPDX-License-Identifier: MIT
#include "refresh/coalesce.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <unordered_set>

namespace crier {

namespace {

struct InstructionHash {
  std::size_t operator()(const Instruction* instruction) const noexcept {
    std::size_t hash = std::hash<Guid>()(instruction->refresher);
    const auto mix = [&hash](std::size_t part) { hash = hash * 1000003 + part; };
    mix(static_cast<std::size_t>(instruction->type));
    mix(std::hash<Guid>()(instruction->guid));
    mix(std::hash<std::int64_t>()(instruction->id));
    for (const std::int64_t id : instruction->ids) {
      mix(std::hash<std::int64_t>()(id));
    }
    mix(std::hash<std::string_view>()(instruction->payload));
    return hash;
  }
};

struct SameInstruction {
  bool operator()(const Instruction* a, const Instruction* b) const noexcept { return *a == *b; }
};

}  // namespace

std::vector<std::size_t> coalesce(std::span<const Instruction> instructions) {
  std::vector<std::size_t> kept;
  coalesce(instructions, kept);
  return kept;
}

[[gnu::hot]] void coalesce(std::span<const Instruction> instructions,
                           std::vector<std::size_t>& kept) {
  kept.clear();
  if (instructions.size() == 1) {
    kept.push_back(0);
    return;
  }
  // From the back: what was seen already comes later, and stands for what is met now.
  std::unordered_set<const Instruction*, InstructionHash, SameInstruction> seen;
  std::unordered_set<Guid> refreshed;
  for (std::size_t i = instructions.size(); i-- > 0;) {
    const Instruction& instruction = instructions[i];
    if (refreshed.contains(instruction.refresher) || !seen.insert(&instruction).second) {
      continue;
    }
    if (instruction.type == RefreshType::refresh_all) {
      refreshed.insert(instruction.refresher);
    }
    kept.push_back(i);
  }
  std::reverse(kept.begin(), kept.end());
}

}  // namespace crier
