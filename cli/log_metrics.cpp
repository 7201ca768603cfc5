// SPDX-License-Identifier: MIT
#include "log_metrics.hpp"

#include <crier/admin/exposition.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace crier::cli {
namespace {

using Type = Exposition::Type;
using Nodes = std::map<std::string, const NodeRecord*>;

Exposition exposition(const MetricsStyle& style) {
  Exposition out(style.format);
  if (!style.log.empty()) {
    out.label_all("log", style.log);
  }
  return out;
}

Nodes newest_of_each(const Facts& facts) {
  Nodes nodes;
  for (const NodeRecord& node : facts.nodes) {
    if (node.state == NodeState::stopped) {
      continue;
    }
    const NodeRecord*& known = nodes[node.name];
    if (known == nullptr ||
        std::tie(node.state, node.beat_age) < std::tie(known->state, known->beat_age)) {
      known = &node;
    }
  }
  return nodes;
}

void add_up(Exposition& out, bool up) {
  out.family("crier_up", Type::gauge, "Whether the log could be looked at.");
  out.sample({}, up ? 1 : 0);
}

void add_problems(Exposition& out, const Findings& findings) {
  out.family("crier_healthy", Type::gauge, "Whether crier status finds nothing wrong.");
  out.sample({}, findings.problems.empty() ? 1 : 0);
  std::set<std::pair<std::string, std::string>> known;
  for (const Finding& one : findings.problems) {
    known.emplace(one.code, one.node);
  }
  if (!known.empty()) {
    out.family("crier_problem", Type::gauge, "A problem that crier status tells of.");
  }
  for (const auto& [code, node] : known) {
    out.sample({{"code", code}, {"node", node}}, 1);
  }
}

void add_log(Exposition& out, const Facts& facts) {
  const LogBounds bounds = facts.bounds.value_or(LogBounds{});
  const auto gauge = [&](const char* name, const char* help, std::int64_t value) {
    out.family(name, Type::gauge, help);
    out.sample({}, value);
  };
  gauge("crier_log_oldest_entry", "Id of the oldest entry; 0: the log is empty.",
        bounds.oldest.value);
  gauge("crier_log_newest_entry", "Id of the newest entry; 0: the log is empty.",
        bounds.newest.value);
  gauge("crier_log_pruned_through_entry", "Id up to which entries were pruned.",
        facts.pruned_through.value);
  gauge("crier_quarantined", "Instructions that refreshers have given up.",
        static_cast<std::int64_t>(facts.failures));
  if (facts.journal) {
    gauge("crier_wal_bytes", "Bytes of the write-ahead log beside a SQLite database.",
          static_cast<std::int64_t>(*facts.journal));
  }
  out.family("crier_nodes", Type::gauge, "Nodes by their state.");
  for (const NodeState state : {NodeState::live, NodeState::stale, NodeState::stopped}) {
    out.sample({{"state", to_string(state)}},
               std::ranges::count(facts.nodes, state, &NodeRecord::state));
  }
}

// One family, a sample for each node.
template <class Value>
void add_each(Exposition& out, const Nodes& nodes, std::string_view name, Type type,
              std::string_view help, Value value) {
  if (!nodes.empty()) {
    out.family(name, type, help);
  }
  for (const auto& [node, record] : nodes) {
    out.sample({{"node", node}}, value(*record));
  }
}

void add_nodes(Exposition& out, const Nodes& nodes, const Facts& facts) {
  if (!nodes.empty()) {
    out.family("crier_node_info", Type::gauge, "What the node is; always 1.");
  }
  for (const auto& [name, node] : nodes) {
    out.sample({{"node", name},
                {"version", node->version},
                {"application", node->application},
                {"host", node->host},
                {"role", to_string(node->role)}},
               1);
  }
  using Node = const NodeRecord&;
  const auto count = [](std::uint64_t number) { return static_cast<std::int64_t>(number); };
  add_each(out, nodes, "crier_node_live", Type::gauge, "Whether its beats come.",
           [](Node node) -> std::int64_t { return node.state == NodeState::live ? 1 : 0; });
  add_each(out, nodes, "crier_node_paused", Type::gauge,
           "Whether an operator has it read no further.",
           [](Node node) -> std::int64_t { return node.paused_for.count() > 0 ? 1 : 0; });
  add_each(out, nodes, "crier_node_position_entry", Type::gauge,
           "Id of the last entry that it has handled.",
           [](Node node) { return node.position.value; });
  add_each(out, nodes, "crier_node_behind_entries", Type::gauge,
           "Entries between the position that it last told and the log's end.",
           [](Node node) { return node.lag; });
  add_each(out, nodes, "crier_node_behind_seconds", Type::gauge,
           "How long it is known to have been behind.",
           [&](Node node) { return known_behind(node, facts.asked); });
  add_each(out, nodes, "crier_node_beat_age_seconds", Type::gauge, "Time since its last beat.",
           [](Node node) { return node.beat_age; });
  add_each(out, nodes, "crier_node_uptime_seconds", Type::gauge, "From its first beat to its last.",
           [](Node node) { return node.uptime; });
  add_each(out, nodes, "crier_node_quarantined", Type::gauge,
           "Instructions that its refreshers have given up.",
           [](Node node) { return node.quarantined; });
  add_each(out, nodes, "crier_node_applied_total", Type::counter,
           "Instructions that it has applied since its start.",
           [&](Node node) { return count(node.applied); });
  add_each(out, nodes, "crier_node_failed_total", Type::counter,
           "Instructions and rows that it has given up since its start.",
           [&](Node node) { return count(node.failed); });
  add_each(out, nodes, "crier_node_resyncs_total", Type::counter,
           "Full refreshes of everything since its start.",
           [&](Node node) { return count(node.resyncs); });
}

}  // namespace

std::string log_metrics(const Facts& facts, const Findings& findings, const MetricsStyle& style) {
  Exposition out = exposition(style);
  add_up(out, true);
  add_problems(out, findings);
  if (facts.are_known()) {
    add_log(out, facts);
    add_nodes(out, newest_of_each(facts), facts);
  }
  return out.text();
}

std::string unknown_log_metrics(const MetricsStyle& style) {
  Exposition out = exposition(style);
  add_up(out, false);
  return out.text();
}

}  // namespace crier::cli
