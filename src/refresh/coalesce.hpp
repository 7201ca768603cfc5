// SPDX-License-Identifier: MIT
#pragma once

#include <crier/instruction.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace crier {

// Which of `instructions` need to run, as indices in ascending order: of equal ones the last stays,
// and a refresh_all absorbs what came before it for the same refresher. Order is otherwise kept.
// The last, because what stands between two equal ones may undo the first. Used by a batch before
// it is written and by the poller before it dispatches an entry. Its time is bounded by n log n,
// whatever the instructions are.
[[nodiscard]] std::vector<std::size_t> coalesce(std::span<const Instruction> instructions);
// The same in place of what `kept` held, whose memory is used again.
void coalesce(std::span<const Instruction> instructions, std::vector<std::size_t>& kept);

}  // namespace crier
