// SPDX-License-Identifier: MIT
#include "top_view.hpp"

#include "base/duration.hpp"
#include "health.hpp"
#include "node_print.hpp"
#include "printable.hpp"
#include "table.hpp"

#include <algorithm>
#include <array>
#include <iterator>
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
          "m      more: all of it, page by page, with what to do next, and back",
          "p      pause, and go on",
          "s      sort nodes by trouble, name, behind, or beat",
          "r      reverse that",
          "space  look now",
          "",
          "Above stands what crier status says, first what is wrong, then what crier",
          "nodes says, and below the newest entries of the log, without canaries."};
}

std::string state_text(const TopLook& look, const TopView& view, const Paint& paint) {
  std::string text =
      paint(Tone::strong, "crier top") + "  " + (look.time.empty() ? "--:--:--" : look.time);
  if (view.paused) {
    text += "  " + paint(Tone::warning, "paused");
  } else if (view.unanswered > kQuickAnswer) {
    text += "  " + paint(Tone::warning, "no answer for " + rough_duration(view.unanswered));
  }
  if (!look.time.empty()) {
    text += "  " + findings_text(look.findings, paint);
  }
  return text;
}

// What a narrow terminal has no room for is left out, the order last of all.
std::string title_line(const TopLook& look, const TopView& view, const Screen::Size& size,
                       const Paint& paint) {
  const std::string rate = look.rate.empty() ? "" : "  " + look.rate;
  const std::string order = "by " + std::string(kOrders.at(static_cast<std::size_t>(view.order))) +
                            (view.reverse ? " reversed" : "");
  const std::string every = "  every " + duration_text(view.interval) + ", " + order;
  const std::size_t state = columns_of(state_text(look, view, Paint()));
  const auto fits = [&](const std::string& rest) {
    return state + columns_of(rest) <= size.columns;
  };
  return state_text(look, view, paint) + (fits(rate + every) ? rate + every
                                          : fits(every)      ? every
                                                             : "  " + order);
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

// The first is of what is wrong.
std::vector<Lines> parts_of(const TopLook& look, const TopView& view, const Screen::Size& size,
                            const Paint& paint, const FindingDetail& detail) {
  std::vector<Lines> parts{error_lines(look, size, paint)};
  if (!look.time.empty()) {
    std::ranges::move(finding_lines(look.findings, paint, detail),
                      std::back_inserter(parts.front()));
    Lines& log = parts.emplace_back();
    for (const std::string& line : log_lines(look.facts, look.findings, paint)) {
      std::ranges::move(wrap(line, detail.columns), std::back_inserter(log));
    }
    parts.push_back(nodes_of(look, view, size, paint));
    parts.push_back(look.entries);
  } else if (look.error.empty()) {
    parts.push_back({"looking…"});
  }
  return parts;
}

// In `room` lines: half of them are for what is wrong if that has so many, and the others share.
Lines overview(std::vector<Lines> parts, std::size_t room, const Paint& paint) {
  const std::size_t wrong = parts.front().size();
  std::erase_if(parts, [](const Lines& part) { return part.empty(); });
  room -= std::min(room, parts.size() - std::min<std::size_t>(parts.size(), 1));  // between two
  std::vector<std::size_t> wanted;
  for (const Lines& part : parts) {
    wanted.push_back(part.size());
  }
  std::size_t first = 0;
  if (wrong > 0 && parts.size() > 1) {
    first = std::min(wrong, (room + 1) / 2);
    wanted.front() = 0;
  }
  std::vector<std::size_t> given = shares(wanted, room - first);
  Lines lines;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) {
      lines.emplace_back();
    }
    add_some(parts[i], i == 0 && first > 0 ? first : given[i], paint, lines);
  }
  return lines;
}

// All of it, line by line.
Lines joined(const std::vector<Lines>& parts) {
  Lines lines;
  for (const Lines& part : parts) {
    if (!lines.empty() && !part.empty()) {
      lines.emplace_back();
    }
    lines.insert(lines.end(), part.begin(), part.end());
  }
  return lines;
}

}  // namespace

bool apply_key(char key, TopView& view) {
  switch (key) {
    case 'h':
    case '?':
      view.help = !view.help;
      return true;
    case 'm':
      view.help = false;
      ++view.page;
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
  const std::size_t room = size.rows - std::min<std::size_t>(size.rows, 2);  // title and keys
  const Lines all =
      joined(parts_of(look, view, size, paint, {.columns = size.columns, .next = true}));
  const std::size_t pages = room == 0 ? 0 : (all.size() + room - 1) / room;
  const std::size_t page = view.page % (pages + 1);
  Lines shown;
  if (view.help) {
    shown = help_lines();
  } else if (page == 0) {
    shown = overview(parts_of(look, view, size, paint, {.next = false}), room, paint);
  } else {
    const auto from = all.begin() + static_cast<std::ptrdiff_t>((page - 1) * room);
    shown.assign(from, from + std::min(all.end() - from, static_cast<std::ptrdiff_t>(room)));
  }
  Lines lines{title_line(look, view, size, paint)};
  lines.insert(lines.end(), shown.begin(), shown.end());
  lines.resize(size.rows - std::min<std::size_t>(size.rows, 1));
  const std::string where = view.help || page == 0 ? ""
                                                   : "page " + std::to_string(page) + " of " +
                                                         std::to_string(pages) + "  ";
  lines.push_back(paint(Tone::faint, where + "q quit  h help  m more  p pause  s sort  r reverse  "
                                             "space look now"));
  lines.resize(size.rows);
  for (std::string& line : lines) {
    line = cut_painted(line, size.columns);
  }
  return lines;
}

}  // namespace crier::cli
