// SPDX-License-Identifier: MIT
#include "progress.hpp"

#include "base/duration.hpp"
#include "base/utf8.hpp"
#include "printable.hpp"

#include <ostream>
#include <string_view>
#include <utility>

namespace crier::cli {

namespace {

// What fits on any terminal: a line that wraps, or scrolls away, could not be wiped.
constexpr std::size_t kMaxNodes = 15;
constexpr std::size_t kMaxLine = 79;

// `text` in at most so many bytes, which are no fewer than the columns that it takes.
std::string clipped(std::string_view text, std::size_t max_bytes) {
  constexpr std::string_view kCut = "...";
  std::string shown = printable(text);
  if (shown.size() > max_bytes) {
    shown = cut_utf8(std::move(shown), max_bytes - kCut.size()).append(kCut);
  }
  return shown;
}

void add(std::vector<std::string>& lines, const std::vector<NodeRecord>& nodes,
         std::string_view state) {
  for (const NodeRecord& node : nodes) {
    // At most 65 bytes long: that leaves room for the start of a name, however long it is.
    const std::string rest = "  " + std::string(state) + " " + node.position.to_string() +
                             ", last beat " + rough_duration(node.beat_age) + " ago";
    lines.push_back("  " + clipped(node.name, kMaxLine - 2 - rest.size()) + rest);
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
