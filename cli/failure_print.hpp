// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/failures.hpp>
#include <crier/instruction.hpp>

#include "print.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace crier::cli {

// What was given up; nothing if the row could not be read.
[[nodiscard]] std::optional<Instruction> instruction_of(const FailureRecord& failure);
// "<guid> (ProductRefresher) refresh_by_id 7"; "unreadable" if the row could not be read.
[[nodiscard]] std::string given_up_text(const FailureRecord& failure);

struct FailureLook {
  bool utc = false;   // else local times
  bool wide = false;  // else lines fit a terminal
};
// A head, and a line for each, with the error beneath it; at its end if the look is wide.
[[nodiscard]] std::vector<std::string> failure_lines(std::span<const FailureRecord> failures,
                                                     const Paint& paint, const FailureLook& look);

}  // namespace crier::cli
