// SPDX-License-Identifier: MIT
#pragma once

#include <crier/instruction.hpp>
#include <crier/messenger.hpp>
#include <crier/observer.hpp>
#include <crier/refresher.hpp>

#include "refresh/claim.hpp"

#include <atomic>
#include <functional>
#include <span>
#include <string>

namespace crier {

class Notifier;

// Makes the calls that `instruction` asks of the refresher, or `local` in their place, and tells
// the application of each; one that throws does not stop the next, but `closed` does. Calls
// `between` before each but the first. Returns what they threw, in words; empty if all went well.
// REQUIRES: a refresher that takes the instruction.
[[nodiscard]] std::string run_instruction(const Claim& claim, const Instruction& instruction,
                                          const Source& source, std::span<const LocalCall> local,
                                          Notifier& notifier, const std::atomic<bool>& closed,
                                          const std::function<void()>& between);

}  // namespace crier
