// SPDX-License-Identifier: MIT
#include "top_view.hpp"

#include "base/duration.hpp"
#include "health.hpp"
#include "node_print.hpp"
#include "printable.hpp"
#include "table.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace crier::cli {

namespace {

constexpr std::array<std::string_view, 4> kOrders{"trouble", "name", "behind", "beat"};  // as Order
constexpr std::chrono::seconds kQuickAnswer{2};

using Lines = std::vector<std::string>;

Lines help_lines() {
  return {"q      quit, as Ctrl-C does",
          "h      this help, and back",
          "p      pause, and go on",
          "s      sort nodes by trouble, name, behind, or beat",
          "r      reverse that",
          "space  look now",
          "",
          "Above stands what crier status says, then what crier nodes says, and below",
          "the newest entries of the log, without canaries."};
}

std::string title_line(const TopLook& look, const TopView& view, const Paint& paint) {
  std::string text =
      paint(Tone::strong, "crier top") + "  " + (look.time.empty() ? "--:--:--" : look.time);
  if (view.paused) {
    text += "  " + paint(Tone::warning, "paused");
  } else if (view.unanswered > kQuickAnswer) {
    text += "  " + paint(Tone::warning, "no answer for " + rough_duration(view.unanswered));
  }
  if (!look.rate.empty()) {
    text += "  " + look.rate;
  }
  return text + "  every " + duration_text(view.interval) + ", by " +
         std::string(kOrders.at(static_cast<std::size_t>(view.order))) +
         (view.reverse ? " reversed" : "");
}

Lines nodes_of(const TopLook& look, const TopView& view, const Screen::Size& size,
               const Paint& paint) {
  std::vector<NodeRecord> nodes = look.facts.nodes;
  std::erase_if(nodes, [](const NodeRecord& node) { return node.state == NodeState::stopped; });
  using Trouble = std::tuple<bool, bool, const std::string&>;
  std::ranges::stable_sort(nodes, [&](const NodeRecord& a, const NodeRecord& b) {
    const auto fresh = [&](const NodeRecord& node) {
      return !look.findings.not_fresh.contains(node.incarnation);
    };
    switch (view.order) {
      case TopView::Order::trouble:
        return Trouble(fresh(a), a.state == NodeState::live, a.name) <
               Trouble(fresh(b), b.state == NodeState::live, b.name);
      case TopView::Order::name:
        return a.name < b.name;
      case TopView::Order::behind:
        return std::tie(b.behind, b.lag) < std::tie(a.behind, a.lag);
      case TopView::Order::beat:
        return b.beat_age < a.beat_age;
    }
    return false;
  });
  if (view.reverse) {
    std::ranges::reverse(nodes);
  }
  if (nodes.empty()) {
    return {};
  }
  const auto fits = [&](const std::string& line) { return columns_of(line) <= size.columns; };
  // Whether all columns fit is asked of the plain text, in which each byte of colour is missing.
  return node_lines(nodes, paint, std::ranges::all_of(node_lines(nodes, Paint(), true), fits));
}

// The first of them, and how many there are besides.
void add_some(const Lines& from, std::size_t count, const Paint& paint, Lines& to) {
  const bool all = from.size() <= count;
  const std::size_t shown = all || count < 2 ? std::min(count, from.size()) : count - 1;
  to.insert(to.end(), from.begin(), from.begin() + static_cast<std::ptrdiff_t>(shown));
  if (shown < count && !all) {
    to.push_back(paint(Tone::faint, "… " + std::to_string(from.size() - shown) + " more lines"));
  }
}

Lines error_lines(const TopLook& look, const Screen::Size& size, const Paint& paint) {
  if (look.error.empty()) {
    return {};
  }
  Lines lines;
  for (const std::string& line :
       wrap("could not look: " + printable(look.error) + "; it is tried again", size.columns)) {
    lines.push_back(paint(Tone::problem, line));
  }
  if (!look.time.empty()) {
    lines.push_back(paint(Tone::problem, "what follows is as of " + look.time));
  }
  return lines;
}

std::vector<Lines> parts_of(const TopLook& look, const TopView& view, const Screen::Size& size,
                            const Paint& paint) {
  if (view.help) {
    return {help_lines()};
  }
  std::vector<Lines> parts{error_lines(look, size, paint)};
  if (!look.time.empty()) {
    parts.push_back(health_lines(look.facts, look.findings, paint));
    parts.push_back(nodes_of(look, view, size, paint));
    parts.push_back(look.entries);
  } else if (look.error.empty()) {
    parts.push_back({"looking…"});
  }
  std::erase_if(parts, [](const Lines& part) { return part.empty(); });
  return parts;
}

}  // namespace

bool apply_key(char key, TopView& view) {
  switch (key) {
    case 'h':
    case '?':
      view.help = !view.help;
      return true;
    case 'p':
      view.paused = !view.paused;
      return true;
    case 'r':
      view.reverse = !view.reverse;
      return true;
    case 's':
      view.order =
          static_cast<TopView::Order>((static_cast<std::size_t>(view.order) + 1) % kOrders.size());
      return true;
    default:
      return false;
  }
}

std::vector<std::size_t> shares(const std::vector<std::size_t>& wanted, std::size_t room) {
  std::vector<std::size_t> got(wanted.size());
  for (bool any = true; any;) {
    any = false;
    for (std::size_t i = 0; i < wanted.size() && room > 0; ++i) {
      if (got[i] < wanted[i]) {
        ++got[i];
        --room;
        any = true;
      }
    }
  }
  return got;
}

std::vector<std::string> top_lines(const TopLook& look, const TopView& view,
                                   const Screen::Size& size, const Paint& paint) {
  const std::vector<Lines> parts = parts_of(look, view, size, paint);
  // Besides them: the title, the keys, and a blank line between two.
  const std::size_t besides = 2 + (parts.empty() ? 0 : parts.size() - 1);
  std::vector<std::size_t> wanted;
  for (const Lines& part : parts) {
    wanted.push_back(part.size());
  }
  const std::vector<std::size_t> given = shares(wanted, size.rows - std::min(size.rows, besides));
  Lines lines{title_line(look, view, paint)};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) {
      lines.emplace_back();
    }
    add_some(parts[i], given[i], paint, lines);
  }
  lines.resize(size.rows - std::min<std::size_t>(size.rows, 1));
  lines.push_back(paint(Tone::faint, "q quit  h help  p pause  s sort  r reverse  space look now"));
  lines.resize(size.rows);
  for (std::string& line : lines) {
    line = cut_painted(line, size.columns);
  }
  return lines;
}

}  // namespace crier::cli
