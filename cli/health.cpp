// SPDX-License-Identifier: MIT
#include "health.hpp"

#include "base/duration.hpp"
#include "node_print.hpp"
#include "printable.hpp"
#include "table.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace crier::cli {

namespace {

std::size_t count(const Facts& facts, NodeState state) {
  return static_cast<std::size_t>(std::ranges::count(facts.nodes, state, &NodeRecord::state));
}

// The node that leads; null where it is not known.
const NodeRecord* leader_of(const Facts& facts) {
  const auto found = std::ranges::find(facts.nodes, facts.lease->holder, &NodeRecord::incarnation);
  return found == facts.nodes.end() ? nullptr : &*found;
}

std::size_t have_seen_canary(const Facts& facts) {
  return static_cast<std::size_t>(std::ranges::count_if(
      canary_witnesses(facts),
      [&](const NodeRecord* node) { return node->canary >= facts.canary->entry; }));
}

Json canary_json(const Facts& facts) {
  if (!facts.canary) {
    return nullptr;
  }
  return {{"entry", facts.canary->entry.value},
          {"ageMs", facts.canary->age.count()},
          {"seenBy", have_seen_canary(facts)},
          {"of", canary_witnesses(facts).size()}};
}

Json leader_json(const Facts& facts) {
  if (!facts.lease) {
    return nullptr;
  }
  const NodeRecord* leader = leader_of(facts);
  return {{"name", leader != nullptr ? Json(leader->name) : Json()},
          {"incarnation", facts.lease->holder.to_string()},
          {"fencing", facts.lease->fencing},
          {"leftMs", facts.lease->left.count()}};
}

Json log_json(const Facts& facts) {
  const LogBounds bounds = facts.bounds.value_or(LogBounds());
  return {{"oldest", or_null(facts.bounds.has_value(), bounds.oldest.value)},
          {"newest", or_null(facts.bounds.has_value(), bounds.newest.value)},
          {"prunedThrough", facts.pruned_through.value}};
}

Json findings_json(const std::vector<Finding>& findings) {
  Json all = Json::array();
  for (const Finding& finding : findings) {
    all.push_back({{"code", finding.code},
                   {"node", or_null(!finding.node.empty(), finding.node)},
                   {"what", finding.what},
                   {"figure", finding.figure ? Json(*finding.figure) : Json()},
                   {"unit", or_null(!finding.unit.empty(), finding.unit)},
                   {"next", or_null(!finding.next.empty(), finding.next)}});
  }
  return all;
}

Json node_counts_json(const Facts& facts) {
  return {{"live", count(facts, NodeState::live)},
          {"stale", count(facts, NodeState::stale)},
          {"stopped", count(facts, NodeState::stopped)}};
}

}  // namespace

std::string log_text(const Facts& facts) {
  const std::string pruned = facts.pruned_through.value == 0
                                 ? ", nothing pruned"
                                 : ", pruned through " + facts.pruned_through.to_string();
  return (facts.bounds ? "entries " + facts.bounds->oldest.to_string() + " to " +
                             facts.bounds->newest.to_string()
                       : "no entries") +
         pruned;
}

std::string nodes_text(const Facts& facts) {
  return std::to_string(count(facts, NodeState::live)) + " live, " +
         std::to_string(count(facts, NodeState::stale)) + " stale, " +
         std::to_string(count(facts, NodeState::stopped)) + " stopped";
}

std::string canary_text(const Facts& facts) {
  if (!facts.canary) {
    return "none";
  }
  const std::size_t nodes = canary_witnesses(facts).size(), seen = have_seen_canary(facts);
  return "entry " + facts.canary->entry.to_string() + ", " + rough_duration(facts.canary->age) +
         " ago, seen by " + (seen == nodes && nodes > 1 ? "all " : std::to_string(seen) + " of ") +
         std::to_string(nodes) + (nodes == 1 ? " node" : " nodes");
}

std::string leader_text(const Facts& facts) {
  if (!facts.lease) {
    return "none";
  }
  const NodeRecord* leader = leader_of(facts);
  return (leader != nullptr
              ? who(*leader)
              : "incarnation " + facts.lease->holder.to_string() + ", which has not registered") +
         ", for another " + rough_duration(facts.lease->left);
}

std::vector<std::string> log_lines(const Facts& facts, const Findings& findings,
                                   const Paint& paint) {
  std::vector<std::string> lines;
  const std::size_t of = findings.judged;
  lines.push_back(paint(Tone::strong, printable(facts.store)) + ": " +
                  (facts.are_known()
                       ? std::to_string(findings.fresh()) + " of " + std::to_string(of) +
                             (of == 1 ? " node is fresh" : " nodes are fresh")
                       : "the nodes were not looked at"));
  if (facts.are_known()) {
    lines.push_back("log     " + log_text(facts));
    lines.push_back("nodes   " + nodes_text(facts));
    lines.push_back("leader  " + leader_text(facts));
    lines.push_back("canary  " + canary_text(facts));
  }
  return lines;
}

std::vector<std::string> finding_lines(const Findings& findings, const Paint& paint,
                                       const FindingDetail& detail) {
  std::vector<std::string> lines;
  const auto add = [&](Tone tone, const std::string& word, const std::vector<Finding>& all) {
    for (const Finding& finding : all) {
      const std::size_t at = lines.size();
      for (const std::string& line :
           wrap(word + " " + finding.code + ": " + finding.what, detail.columns)) {
        lines.push_back(line);
      }
      lines[at].replace(0, word.size(), paint(tone, word));
      if (detail.next && !finding.next.empty()) {
        for (const std::string& line : wrap("next: " + finding.next, detail.columns - 2)) {
          lines.push_back("  " + line);
        }
      }
    }
  };
  add(Tone::problem, "problem", findings.problems);
  add(Tone::warning, "warning", findings.warnings);
  return lines;
}

std::string findings_text(const Findings& findings, const Paint& paint) {
  const auto counted = [](std::size_t count, const std::string& word) {
    return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
  };
  std::string text = findings.problems.empty()
                         ? "healthy"
                         : paint(Tone::problem, counted(findings.problems.size(), "problem"));
  if (!findings.warnings.empty()) {
    text += ", " + paint(Tone::warning, counted(findings.warnings.size(), "warning"));
  }
  return text;
}

std::vector<std::string> health_lines(const Facts& facts, const Findings& findings,
                                      const Paint& paint, const FindingDetail& detail) {
  std::vector<std::string> lines = log_lines(facts, findings, paint);
  for (std::string& line : finding_lines(findings, paint, detail)) {
    lines.push_back(std::move(line));
  }
  if (findings.problems.empty()) {
    lines.emplace_back("healthy");
  }
  return lines;
}

Json health_json(const Facts& facts, const Findings& findings) {
  const bool known = facts.are_known();
  return {{"store", facts.store},
          {"healthy", findings.problems.empty()},
          {"fresh", or_null(known, findings.fresh())},
          {"of", or_null(known, findings.judged)},
          {"problems", findings_json(findings.problems)},
          {"warnings", findings_json(findings.warnings)},
          {"log", known ? log_json(facts) : Json()},
          {"leader", known ? leader_json(facts) : Json()},
          {"nodes", known ? node_counts_json(facts) : Json()},
          {"canary", known ? canary_json(facts) : Json()},
          {"quarantined", or_null(known, facts.failures)},
          {"error", nullptr},
          {"walBytes", facts.journal ? Json(*facts.journal) : Json()}};
}

Json unknown_health_json(const std::string& store, const std::string& error) {
  return {{"store", store},     {"healthy", nullptr},        {"fresh", nullptr},
          {"of", nullptr},      {"problems", Json::array()}, {"warnings", Json::array()},
          {"log", nullptr},     {"leader", nullptr},         {"nodes", nullptr},
          {"canary", nullptr},  {"quarantined", nullptr},    {"error", error},
          {"walBytes", nullptr}};
}

}  // namespace crier::cli
