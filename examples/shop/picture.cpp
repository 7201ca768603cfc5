// SPDX-License-Identifier: MIT
#include "picture.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>

namespace shop {
namespace {

constexpr std::string_view kRed = "\x1b[31m", kGreen = "\x1b[32m", kBold = "\x1b[1m",
                           kPlain = "\x1b[m";
constexpr std::size_t kReads = 11, kStale = 13, kAge = 19, kLoads = 17;
constexpr std::array<std::string_view, 2> kNames = {"a 5 s time limit", "crier"};
constexpr std::size_t kFirst = 17, kBar = 40;

std::string right(std::string text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

std::string left(std::string_view text, std::size_t width) {
  return std::string(text).append(width - std::min(width, text.size()), ' ');
}

std::string decimal(double value, int digits, const char* unit) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f%s", digits, value, unit);
  return text.data();
}

// 1234567 as 1,234,567.
std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

std::string age(const Picture::Counts& counts) {
  if (counts.stale == 0) {
    return "-";
  }
  const double ms = static_cast<double>(counts.worst_ns) / 1e6;
  return ms < 1000 ? decimal(ms, ms < 10 ? 2 : 0, " ms") : decimal(ms / 1000, 2, " s");
}

std::string row(std::string_view name, const Picture::Half& half, std::string_view colour) {
  Picture::Counts sum;
  for (const Picture::Counts& node : half.nodes) {
    sum.all += node.all;
    sum.stale += node.stale;
    sum.worst_ns = std::max(sum.worst_ns, node.worst_ns);
    sum.of_database += node.of_database;
  }
  std::string text = left(name, kFirst) + right(grouped(sum.all), kReads);
  text.append(colour).append(right(grouped(sum.stale), kStale)).append(right(age(sum), kAge));
  text.append(colour.empty() ? "" : kPlain).append(right(grouped(sum.of_database), kLoads));
  return text;
}

void add_nodes(const Picture& picture, std::vector<std::string>& lines) {
  const Picture::Half& half = picture.halves.at(picture.half);
  for (std::size_t i = 0; i < kNodes; ++i) {
    const Picture::Counts& counts = half.nodes.at(i);
    lines.push_back("  web-" + std::to_string(i + 1) + right(grouped(counts.all), 10) + " reads" +
                    right(grouped(counts.stale), 8) + " stale   " + picture.remarks.at(i));
  }
  const double part = picture.of_seconds > 0 ? picture.seconds / picture.of_seconds : 0;
  const auto full = static_cast<std::size_t>(static_cast<double>(kBar) * std::min(part, 1.0));
  lines.insert(lines.end(), {"", "  [" + std::string(full, '#') + std::string(kBar - full, '.') +
                                     "]  half " + std::to_string(picture.half + 1) + " of 2, " +
                                     decimal(picture.seconds, 1, "") + " of " +
                                     decimal(picture.of_seconds, 0, " s")});
}

}  // namespace

void Picture::count(Board& board) {
  for (std::size_t which = 0; which < halves.size(); ++which) {
    for (std::size_t node = 0; node < kNodes; ++node) {
      const Reads& reads = board.reads(slot_of(which, node));
      halves.at(which).nodes.at(node) = {reads.all, reads.stale, reads.worst_ns, reads.of_database};
    }
  }
}

std::vector<std::string> lines_of(const Picture& picture, bool runs, bool has_colours) {
  const auto in = [&](std::string_view colour) { return has_colours ? colour : ""; };
  std::vector<std::string> lines = {
      std::string(in(kBold)) +
          "Three processes cache 1,000 prices, and a fourth changes 25 a second." +
          std::string(in(kPlain)),
      "The same reads and the same changes, first with a time limit, then with crier.",
      "",
      left("", kFirst) + right("reads", kReads) + right("stale reads", kStale) +
          right("stale for at most", kAge) + right("database reads", kLoads),
      row(kNames[0], picture.halves[0], in(kRed)),
      picture.half == 0 ? "" : row(kNames[1], picture.halves[1], in(kGreen)),
      ""};
  if (runs) {
    add_nodes(picture, lines);
    lines.emplace_back();
  } else {
    const Picture::Half& limit = picture.halves[0];
    const Picture::Half& crier = picture.halves[1];
    lines.push_back("Caches after the last change: " + grouped(limit.wrong) + " of " +
                    grouped(limit.cached) + " prices wrong; with crier " + grouped(crier.wrong) +
                    " of " + grouped(crier.cached) + ".");
  }
  lines.insert(lines.end(),
               {"Stale: the read returned a price that had been replaced before it began.",
                "With crier that lasts until the news is there; wait_everywhere() waits for it."});
  return lines;
}

}  // namespace shop
