// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/failures.hpp>
#include <crier/instruction.hpp>

#include <optional>
#include <string>

namespace crier::cli {

// What was given up; nothing if the row could not be read.
[[nodiscard]] std::optional<Instruction> instruction_of(const FailureRecord& failure);
// "<guid> (ProductRefresher) refresh_by_id 7"; "unreadable" if the row could not be read.
[[nodiscard]] std::string given_up_text(const FailureRecord& failure);

}  // namespace crier::cli
