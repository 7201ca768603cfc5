// SPDX-License-Identifier: MIT
#include "node_print.hpp"

#include "base/duration.hpp"
#include "base/quoting.hpp"
#include "base/secrets.hpp"
#include "base/utc_stamp.hpp"
#include "name_cut.hpp"
#include "printable.hpp"
#include "table.hpp"
#include "times.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>
#include <vector>

namespace crier::cli {

namespace {

// Names and hosts have at most so many bytes; a row that another program wrote may hold any.
constexpr std::size_t kLongestName = 255;
constexpr std::size_t kLongestError = 500;

Cell number(std::int64_t value) { return {std::to_string(value), {}, true}; }
Cell number(std::uint64_t value) { return {std::to_string(value), {}, true}; }

Cell state_cell(const NodeRecord& node) {
  const std::string text(to_string(node.state));
  switch (node.state) {
    case NodeState::live:
      return is_paused(node) ? Cell{"paused", Tone::problem} : Cell{text};
    case NodeState::stale:
      return {text, Tone::problem};
    case NodeState::stopped:
      return {text, Tone::faint};
  }
  return {text};
}

// What does not fit 80 columns is left to --wide.
std::vector<Cell> head(bool wide) {
  std::vector<Cell> cells{{"NAME", Tone::faint},      {"STATE", Tone::faint},
                          {"ROLE", Tone::faint},      {"POSITION", Tone::faint, true},
                          {"LAG", Tone::faint, true}, {"BEHIND", Tone::faint, true},
                          {"BEAT", Tone::faint, true}};
  if (wide) {
    const std::vector<Cell> more{{"KEPT", Tone::faint},       {"POLLER", Tone::faint},
                                 {"QUAR", Tone::faint, true}, {"RESYNCS", Tone::faint, true},
                                 {"VERSION", Tone::faint},    {"HOST/PID", Tone::faint}};
    cells.insert(cells.end(), more.begin(), more.end());
  }
  return cells;
}

// Short, for a column.
std::string role_text(Role role, bool wide) {
  return role == Role::scheduling_publisher && !wide ? "leader" : std::string(to_string(role));
}

std::string shown_name(const NodeRecord& node) { return printable(node.name, kLongestName); }

// To be told apart in as many columns as there are for a name.
NameCut name_cut_of(std::span<const NodeRecord> nodes) {
  constexpr std::size_t kNameColumns = 20;
  std::vector<std::string> names;
  std::ranges::transform(nodes, std::back_inserter(names), shown_name);
  return {std::move(names), kNameColumns};
}

std::vector<Cell> cells_of(const NodeRecord& node, const std::string& name, bool wide) {
  // What a node that is gone was last is not what it is.
  const bool live = node.state == NodeState::live, known = node.state != NodeState::stopped;
  std::vector<Cell> cells{{name, Tone::strong},
                          state_cell(node),
                          {live ? role_text(node.role, wide) : "-"},
                          number(node.position.value),
                          known ? number(node.lag) : Cell{"-", {}, true},
                          {known && node.lag > 0 ? rough_duration(node.behind) : "-", {}, true},
                          {rough_duration(node.beat_age), {}, true}};
  if (wide) {
    const Cell poller = !live               ? Cell{"-"}
                        : node.poller_alive ? Cell{"alive"}
                                            : Cell{"stalled", Tone::problem};
    const std::vector<Cell> more{
        Cell{node.durable ? "yes" : "-"},
        poller,
        number(node.quarantined),
        number(node.resyncs),
        Cell{printable(node.version, 40)},
        {printable(node.host, kLongestName) + "/" + std::to_string(node.pid), Tone::faint}};
    cells.insert(cells.end(), more.begin(), more.end());
  }
  return cells;
}

}  // namespace

std::string who(const NodeRecord& node) {
  return shown_name(node) + " (" + printable(node.host, kLongestName) + ", pid " +
         std::to_string(node.pid) + ")";
}

std::string forget_command(const std::string& name) {
  // With a blank in between it would be taken for an option.
  const char* const between = name.starts_with('-') ? "=" : " ";
  return std::string("crier nodes --forget") + between + shell_word(printable(name, kLongestName));
}

std::string resume_command(const std::string& name) {
  return std::string("crier resume ") + (name.starts_with('-') ? "-- " : "") +
         shell_word(printable(name, kLongestName));
}

bool is_paused(const NodeRecord& node) {
  return node.state == NodeState::live && node.paused_for.count() > 0;
}

std::string pause_text(const NodeRecord& node) {
  constexpr std::size_t kLongestBy = 100;
  return "paused by " + printable(node.paused_by, kLongestBy) + " for " +
         rough_duration(node.paused_for) + " more";
}

std::string pause_end_text(const NodeRecord& node, bool utc) {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  return shown_time(utc_stamp(now.time_since_epoch() + node.paused_for), utc);
}

std::string stand_text(const NodeRecord& node) {
  return node.stands ? "it stands at entry " + node.position.to_string()
                     : "it has not said yet that it stands";
}

std::string last_error_text(const NodeRecord& node) {
  return node.last_error.empty()
             ? ""
             : rough_duration(node.error_age) + " ago: " + trouble_text(node.last_error);
}

std::string trouble_text(std::string_view trouble) {
  return printable(without_secrets(std::string(trouble)), kLongestError);
}

std::size_t live_bearers(std::span<const NodeRecord> nodes, const std::string& name) {
  return static_cast<std::size_t>(std::ranges::count_if(nodes, [&name](const NodeRecord& node) {
    return node.state == NodeState::live && node.name == name;
  }));
}

std::vector<std::string> node_lines(std::span<const NodeRecord> nodes, const Paint& paint,
                                    bool wide) {
  std::vector<std::vector<Cell>> rows{head(wide)};
  const NameCut cut = name_cut_of(nodes);
  for (const NodeRecord& node : nodes) {
    rows.push_back(cells_of(node, wide ? shown_name(node) : cut(shown_name(node)), wide));
  }
  if (!wide) {
    fit(rows, {0});
  }
  constexpr std::size_t kIndent = 2;
  const std::vector<std::string> aligned = align(rows, paint);
  std::vector<std::string> lines{aligned.front()};
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const NodeRecord& node = nodes[i];
    lines.push_back(aligned[i + 1]);
    const auto add = [&](Tone tone, const std::string& note) {
      std::string indent(kIndent, ' ');
      for (const std::string& part :
           wide ? std::vector{note} : wrap(note, kTerminalColumns - 2 * kIndent)) {
        lines.push_back(indent + paint(tone, part));
        indent.assign(2 * kIndent, ' ');
      }
    };
    const std::size_t bearers = live_bearers(nodes, node.name);
    if (node.state == NodeState::live) {
      if (bearers > 1) {
        add(Tone::warning, "one of " + std::to_string(bearers) + " live nodes of this name");
      }
      // What a node that is gone suffered from has gone with it.
      for (const std::string& trouble : node.troubles) {
        add(Tone::problem, trouble_text(trouble));
      }
      if (is_paused(node)) {
        add(Tone::problem, pause_text(node));
      }
      if (!node.poller_alive) {
        add(Tone::problem, "its poller is stalled");
      }
    }
    if (const std::string error = last_error_text(node); !error.empty()) {
      add(Tone::warning, error);
    }
  }
  return lines;
}

Json node_json(const NodeRecord& node) {
  Json troubles = Json::array();
  for (const std::string& trouble : node.troubles) {
    troubles.push_back(without_secrets(trouble));
  }
  const bool known = node.state != NodeState::stopped;  // where it stands
  const bool paused = node.paused_for.count() > 0;
  const bool erred = !node.last_error.empty();
  return {{"name", node.name},
          {"incarnation", node.incarnation.to_string()},
          {"state", to_string(node.state)},
          {"role", to_string(node.role)},
          {"host", node.host},
          {"pid", node.pid},
          {"application", node.application},
          {"version", node.version},
          {"position", node.position.value},
          {"lag", or_null(known, node.lag)},
          {"behindMs", or_null(known, node.behind.count())},
          {"beatAgeMs", node.beat_age.count()},
          {"uptimeMs", node.uptime.count()},
          {"intervalMs", node.interval.count()},
          {"pollerAlive", node.poller_alive},
          {"stands", node.stands},
          {"pausedForMs", or_null(paused, node.paused_for.count())},
          {"pausedBy", or_null(paused, node.paused_by)},
          {"durable", node.durable},
          {"proofAgeMs", node.proof_age.count()},
          {"canary", node.canary.value},
          {"troubles", std::move(troubles)},
          {"quarantined", node.quarantined},
          {"applied", node.applied},
          {"failed", node.failed},
          {"resyncs", node.resyncs},
          {"lastError", or_null(erred, without_secrets(node.last_error))},
          {"lastErrorAgeMs", or_null(erred, node.error_age.count())}};
}

Json nodes_json(std::span<const NodeRecord> nodes) {
  Json all = Json::array();
  for (const NodeRecord& node : nodes) {
    all.push_back(node_json(node));
  }
  return all;
}

}  // namespace crier::cli
