// SPDX-License-Identifier: MIT
#include "print.hpp"

#include <crier/codec.hpp>

#include "base/hex.hpp"
#include "printable.hpp"

#include <algorithm>

namespace crier::cli {

namespace {

// How much of an instruction is shown: on one line among others, or for its own sake.
struct Detail {
  std::size_t ids;
  std::size_t payload_bytes;
};
constexpr Detail kShort{8, 80};
constexpr Detail kFull{1000, 16 * 1024};

std::string join_ids(const std::vector<std::int64_t>& ids, std::size_t max) {
  std::string text;
  for (std::size_t i = 0; i < std::min(ids.size(), max); ++i) {
    text += (i == 0 ? "" : ",") + std::to_string(ids[i]);
  }
  return ids.size() > max ? text + " +" + std::to_string(ids.size() - max) + " more" : text;
}

std::string operand(const Instruction& instruction, const Detail& detail) {
  switch (instruction.type) {
    case RefreshType::refresh_all:
      return "";
    case RefreshType::refresh_by_guid:
      return " " + instruction.guid.to_string();
    case RefreshType::refresh_by_id:
    case RefreshType::remove_by_id:
      return " " + std::to_string(instruction.id);
    case RefreshType::refresh_by_ids:
      return " " + join_ids(instruction.ids, detail.ids);
    case RefreshType::refresh_by_json:
      return " " + printable(instruction.payload, detail.payload_bytes);
  }
  return "";
}

std::string instruction_text(const Instruction& instruction, const Detail& detail,
                             const Paint& paint) {
  if (instruction == Instruction::refresh_all(kCanary)) {
    return paint(Tone::faint, "canary");
  }
  return instruction.refresher.to_string() + " " +
         paint(Tone::strong, to_string(instruction.type)) + operand(instruction, detail);
}

// Without the incarnation at the end of crier's and Umbraco's origins, which says nothing to
// people.
std::string_view short_origin(std::string_view originated) {
  const std::size_t end = originated.rfind("] ");
  if (end == originated.npos) {
    return originated;
  }
  std::string_view incarnation = originated.substr(end + 2);
  // Behind a slash: the number of a write inside a transaction.
  incarnation = incarnation.substr(0, incarnation.find('/'));
  const bool hexadecimal =
      std::ranges::all_of(incarnation, [](char c) { return hex_value(c) >= 0; });
  return incarnation.size() == 32 && hexadecimal ? originated.substr(0, end + 1) : originated;
}

std::string origin_text(std::string_view originated, const Paint& paint) {
  return paint(Tone::faint, printable(short_origin(originated), 500));
}

}  // namespace

std::string Paint::operator()(Tone tone, std::string_view text) const {
  if (!on_ || text.empty()) {
    return std::string(text);
  }
  const auto code = [tone] {
    switch (tone) {
      case Tone::faint:
        return "2";
      case Tone::strong:
        return "1";
      case Tone::warning:
        return "33";
      case Tone::problem:
        return "31";
    }
    return "0";
  }();
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

std::string order_text(const Instruction& instruction) {
  return std::string(to_string(instruction.type)) + operand(instruction, kShort);
}

std::string entry_line(const Entry& entry, const Paint& paint) {
  constexpr std::size_t kShown = 2;
  const Decoded decoded = decode(entry.json_instruction);
  std::string line = paint(Tone::strong, std::to_string(entry.id.value)) + "  " +
                     paint(Tone::faint, printable(entry.utc_stamp, 100)) + "  " +
                     origin_text(entry.originated, paint) + "  " +
                     std::to_string(entry.instruction_count) + "  ";
  const std::vector<Instruction>& instructions = decoded.instructions;
  for (std::size_t i = 0; i < std::min(instructions.size(), kShown); ++i) {
    line += (i == 0 ? "" : "; ") + instruction_text(instructions[i], kShort, paint);
  }
  if (instructions.size() > kShown) {
    line += "; +" + std::to_string(instructions.size() - kShown) + " more";
  }
  if (!decoded.problems.empty()) {
    line += (instructions.empty() ? "" : "; ") +
            paint(Tone::problem, "unreadable: " + decoded.problems.front().what);
  } else if (instructions.empty()) {
    line += "no instructions";
  }
  return line;
}

std::string entry_text(const Entry& entry, const Paint& paint) {
  const Decoded decoded = decode(entry.json_instruction);
  std::string text = paint(Tone::strong, "entry " + std::to_string(entry.id.value)) + "\nstamp   " +
                     printable(entry.utc_stamp, kFull.payload_bytes) + "\norigin  " +
                     printable(entry.originated, kFull.payload_bytes) + "\ncount   " +
                     std::to_string(entry.instruction_count);
  for (const Instruction& instruction : decoded.instructions) {
    text += "\n  " + instruction_text(instruction, kFull, paint);
  }
  for (const DecodeProblem& problem : decoded.problems) {
    text += "\n  " + paint(Tone::problem, "unreadable: " + problem.what);
  }
  if (!decoded.problems.empty()) {
    text += "\nraw     " + printable(entry.json_instruction, kFull.payload_bytes);
  } else if (decoded.instructions.empty()) {
    text += "\n  no instructions";
  }
  return text;
}

std::string applied_line(const Instruction& instruction, const Source& source, const Paint& paint) {
  return paint(Tone::strong, std::to_string(source.entry.value)) + "  " +
         instruction_text(instruction, kShort, paint) + "  " +
         origin_text(source.originated, paint);
}

std::string resync_line(const Resync& resync, const Paint& paint) {
  return paint(Tone::strong, std::to_string(resync.entry.value)) + "  " +
         paint(Tone::warning, "resync " + std::string(to_string(resync.reason))) + "  " +
         printable(resync.detail);
}

}  // namespace crier::cli
