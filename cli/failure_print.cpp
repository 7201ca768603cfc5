// SPDX-License-Identifier: MIT
#include "failure_print.hpp"

#include <crier/codec.hpp>

#include "base/secrets.hpp"
#include "printable.hpp"
#include "table.hpp"
#include "times.hpp"

#include <cstddef>
#include <string_view>

namespace crier::cli {

namespace {

// Empty if it says nothing of the refresher.
std::string name_given(const FailureRecord& failure) {
  constexpr std::size_t kLongestName = 255;
  return failure.name == "fallback" ? "" : printable(failure.name, kLongestName);
}

std::string order_in(const FailureRecord& failure) {
  const std::optional<Instruction> instruction = instruction_of(failure);
  return instruction ? order_text(*instruction) : "unreadable";
}

std::string shown_error(const FailureRecord& failure) {
  constexpr std::size_t kLongestError = 500;
  return printable(without_secrets(failure.error), kLongestError);
}

// The refresher by its name, or by the front of its GUID.
std::string brief_text(const FailureRecord& failure) {
  constexpr std::size_t kFront = 8;
  const std::string name = name_given(failure);
  const std::string guid =
      failure.refresher.empty() ? "" : failure.refresher.to_string().substr(0, kFront) + "…";
  const std::string& whose = name.empty() ? guid : name;
  return whose + (whose.empty() ? "" : " ") + order_in(failure);
}

std::vector<Cell> failure_cells(const FailureRecord& failure, const FailureLook& look) {
  constexpr std::size_t kLongestNode = 255, kYear = 5;
  const std::string time = shown_time(failure.utc_stamp, look.utc);
  return {{std::to_string(failure.id), Tone::strong, true},
          {look.wide ? time : time.substr(kYear), Tone::faint},
          {printable(failure.node, kLongestNode)},
          {failure.entry.value == 0 ? "-" : failure.entry.to_string(), {}, true},
          {std::to_string(failure.attempts), {}, true},
          {look.wide ? given_up_text(failure) : brief_text(failure)}};
}

}  // namespace

std::optional<Instruction> instruction_of(const FailureRecord& failure) {
  const Decoded decoded = decode(failure.json_instruction);
  return failure.json_instruction.empty() || decoded.instructions.empty()
             ? std::nullopt
             : std::optional(decoded.instructions.front());
}

std::string given_up_text(const FailureRecord& failure) {
  const std::string name = name_given(failure);
  return (failure.refresher.empty() ? "" : failure.refresher.to_string() + " ") +
         (name.empty() ? "" : "(" + name + ") ") + order_in(failure);
}

std::vector<std::string> failure_lines(std::span<const FailureRecord> failures, const Paint& paint,
                                       const FailureLook& look) {
  constexpr std::size_t kIndent = 2;
  std::vector<std::vector<Cell>> rows{{{"ID", Tone::faint, true},
                                       {"WHEN", Tone::faint},
                                       {"NODE", Tone::faint},
                                       {"ENTRY", Tone::faint, true},
                                       {"ATTEMPTS", Tone::faint, true},
                                       {"INSTRUCTION", Tone::faint}}};
  for (const FailureRecord& failure : failures) {
    rows.push_back(failure_cells(failure, look));
  }
  if (look.wide) {
    rows.front().push_back({"ERROR", Tone::faint});
    for (std::size_t i = 0; i < failures.size(); ++i) {
      rows[i + 1].push_back({shown_error(failures[i]), Tone::problem});
    }
    return align(rows, paint);
  }
  fit(rows, {2, 5});
  const std::vector<std::string> aligned = align(rows, paint);
  std::vector<std::string> lines{aligned.front()};
  for (std::size_t i = 0; i < failures.size(); ++i) {
    lines.push_back(aligned[i + 1]);
    for (const std::string& part : wrap(shown_error(failures[i]), kTerminalColumns - kIndent)) {
      lines.push_back(std::string(kIndent, ' ') + paint(Tone::problem, part));
    }
  }
  return lines;
}

}  // namespace crier::cli
