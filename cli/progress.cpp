// SPDX-License-Identifier: MIT
#include "progress.hpp"

#include "duration.hpp"
#include "printable.hpp"

#include <ostream>
#include <string_view>

namespace crier::cli {

namespace {

// What fits on any terminal: a line that wraps, or scrolls away, could not be wiped.
constexpr std::size_t kMaxNodes = 15;
constexpr std::size_t kMaxName = 24;
constexpr std::size_t kMaxLine = 60;  // of a terminal of 80: a cut is told, too

void add(std::vector<std::string>& lines, const std::vector<NodeRecord>& nodes,
         std::string_view state) {
  for (const NodeRecord& node : nodes) {
    lines.push_back(printable("  " + printable(node.name, kMaxName) + "  " + std::string(state) +
                                  " " + node.position.to_string() + ", last beat " +
                                  duration_text(node.beat_age) + " ago",
                              kMaxLine));
  }
}

}  // namespace

std::vector<std::string> progress_lines(const WaitResult& result, EntryId entry) {
  std::vector<std::string> missing;
  add(missing, result.waiting, "at");
  add(missing, result.lost, "lost at");
  const std::size_t nodes = result.reached.size() + result.waiting.size();
  std::vector<std::string> lines{"entry " + entry.to_string() + ": " +
                                 std::to_string(result.reached.size()) + " of " +
                                 std::to_string(nodes) + " nodes have it"};
  for (std::size_t i = 0; i < missing.size() && i < kMaxNodes; ++i) {
    lines.push_back(missing[i]);
  }
  if (missing.size() > kMaxNodes) {
    lines.push_back("  and " + std::to_string(missing.size() - kMaxNodes) + " more");
  }
  return lines;
}

void Progress::show(const std::vector<std::string>& lines) {
  if (lines == shown_) {
    return;
  }
  std::string text;
  if (!shown_.empty()) {  // up to the first of them, and wipe all below
    text = "\x1b[" + std::to_string(shown_.size()) + "A\x1b[J";
  }
  for (const std::string& line : lines) {
    text += line + '\n';
  }
  terminal_ << text << std::flush;
  shown_ = lines;
}

}  // namespace crier::cli
