// SPDX-License-Identifier: MIT
#include "entry_print.hpp"

#include <crier/codec.hpp>

#include "printable.hpp"
#include "table.hpp"
#include "times.hpp"

#include <algorithm>
#include <string_view>

namespace crier::cli {

namespace {

// Columns of a line that fits 80.
constexpr std::size_t kId = 6, kTime = 14, kNode = 14, kRest = 80 - kId - kTime - kNode - 3 * 2;
// Of a whole one.
constexpr std::size_t kWideTime = 19, kWideNode = 24, kCount = 5;
// As much of a wide line's text as anybody reads.
constexpr std::size_t kLongest = 500;

std::string padded(const std::string& text, std::size_t columns) {
  return text + std::string(columns - std::min(columns, columns_of(text)), ' ') + "  ";
}

// Of a node's name that which tells it from others; of another origin the beginning.
std::string writer_in(std::size_t columns, const Entry& entry, const Look& look) {
  const std::string node = look.names == nullptr ? "" : look.names->node_of(entry.originated);
  return node.empty() ? cut(writer_text(entry, look), columns)
                      : look.names->cut_node(node, columns);
}

}  // namespace

std::string writer_text(const Entry& entry, const Look& look) {
  const std::string node = look.names == nullptr ? "" : look.names->node_of(entry.originated);
  return node.empty() ? printable(without_incarnation(entry.originated), kLongest) : node;
}

std::string instructions_text(const Entry& entry, const Look& look) {
  constexpr std::size_t kShown = 2;
  const Decoded decoded = decode(entry.json_instruction);
  const std::vector<Instruction>& instructions = decoded.instructions;
  std::string text;
  for (std::size_t i = 0; i < std::min(instructions.size(), kShown); ++i) {
    text += (i == 0 ? "" : "; ") +
            instruction_text(instructions[i], kShort, look.paint, look.names, !look.wide);
  }
  if (instructions.size() > kShown) {
    text += "; +" + std::to_string(instructions.size() - kShown) + " more";
  }
  if (!decoded.problems.empty()) {
    text += (instructions.empty() ? "" : "; ") +
            look.paint(Tone::problem, "unreadable: " + decoded.problems.front().what);
  } else if (instructions.empty()) {
    text += "no instructions";
  }
  return text;
}

std::string entry_head(const Look& look) {
  return look.paint(Tone::faint, look.wide ? padded("ID", kId) + padded("TIME", kWideTime) +
                                                 padded("NODE", kWideNode) +
                                                 padded("COUNT", kCount) + "INSTRUCTIONS"
                                           : padded("ID", kId) + padded("TIME", kTime) +
                                                 padded("NODE", kNode) + "INSTRUCTIONS");
}

std::string entry_line(const Entry& entry, const Look& look) {
  const std::string id = padded(std::to_string(entry.id.value), kId);
  std::string text = instructions_text(entry, look);
  if (look.wide) {
    const std::string time = shown_time(entry.utc_stamp, look.utc);
    const std::string count = std::to_string(entry.instruction_count);
    return look.paint(Tone::strong, id) + look.paint(Tone::faint, padded(time, kWideTime)) +
           padded(writer_text(entry, look), kWideNode) + padded(count, kCount) + text;
  }
  // What is wider than its column is cut, and bears no colour then.
  Look without_colour = look;
  without_colour.paint = Paint();
  const std::string plain = instructions_text(entry, without_colour);
  const std::size_t id_over = id.size() - std::min(id.size(), kId + 2);
  const std::size_t room = kRest - std::min(kRest - 1, id_over);
  return look.paint(Tone::strong, id) +
         look.paint(Tone::faint, padded(short_time(entry.utc_stamp, look.utc), kTime)) +
         padded(writer_in(kNode, entry, look), kNode) +
         (columns_of(plain) <= room ? text : cut(plain, room));
}

std::string entry_text(const Entry& entry, const Look& look) {
  const Paint& paint = look.paint;
  const Decoded decoded = decode(entry.json_instruction);
  const std::string node = look.names == nullptr ? "" : look.names->node_of(entry.originated);
  std::string text = paint(Tone::strong, "entry " + std::to_string(entry.id.value)) + "\nstamp   " +
                     printable(entry.utc_stamp, kFull.payload_bytes) + "\norigin  " +
                     printable(entry.originated, kFull.payload_bytes) +
                     (node.empty() ? "" : "\nnode    " + node) + "\ncount   " +
                     std::to_string(entry.instruction_count);
  for (const Instruction& instruction : decoded.instructions) {
    text += "\n  " + instruction_text(instruction, kFull, paint, look.names);
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

}  // namespace crier::cli
