// SPDX-License-Identifier: MIT
#include "failure_print.hpp"

#include <crier/codec.hpp>

#include "print.hpp"
#include "printable.hpp"

#include <cstddef>
#include <string_view>

namespace crier::cli {

std::optional<Instruction> instruction_of(const FailureRecord& failure) {
  const Decoded decoded = decode(failure.json_instruction);
  return failure.json_instruction.empty() || decoded.instructions.empty()
             ? std::nullopt
             : std::optional(decoded.instructions.front());
}

std::string given_up_text(const FailureRecord& failure) {
  constexpr std::size_t kNameColumn = 100;
  constexpr std::string_view kFallback = "fallback";  // says nothing of the refresher
  std::string text = failure.refresher.empty() ? "" : failure.refresher.to_string() + " ";
  if (!failure.name.empty() && failure.name != kFallback) {
    text += "(" + printable(failure.name, kNameColumn) + ") ";
  }
  const std::optional<Instruction> instruction = instruction_of(failure);
  return text + (instruction ? order_text(*instruction) : std::string("unreadable"));
}

}  // namespace crier::cli
