// SPDX-License-Identifier: MIT
#include "health.hpp"

#include <crier/options.hpp>

#include "base/duration.hpp"
#include "node_print.hpp"
#include "printable.hpp"

#include <algorithm>
#include <chrono>
#include <set>

namespace crier::cli {

namespace {

// Beyond three of a node's beats, by which it is live.
constexpr std::chrono::milliseconds kProofPatience{30'000};
constexpr std::chrono::milliseconds kCanaryPatience{10'000};

std::string entries(std::int64_t count) {
  return std::to_string(count) + (count == 1 ? " entry" : " entries");
}

std::string with_last_error(const NodeRecord& node) {
  const std::string error = last_error_text(node);
  return error.empty() ? "" : "; its last error was " + error;
}

void judge_node(const NodeRecord& node, std::int64_t max_lag, Findings& findings) {
  if (node.state == NodeState::stopped) {
    return;
  }
  const auto problem = [&](const std::string& what) {
    findings.problems.push_back("node " + who(node) + " " + what);
  };
  if (node.state == NodeState::stale) {
    problem("is stale: its last beat was " + rough_duration(node.beat_age) +
            " ago; it crashed, is paused, or is cut off from the database" + with_last_error(node) +
            "; if it is gone for good: " + forget_command(node.name));
    return;
  }
  if (!node.poller_alive) {
    problem("is stalled: its poller has not come forward from entry " +
            std::to_string(node.position.value) + with_last_error(node));
  }
  for (const std::string& trouble : node.troubles) {
    problem("is in trouble: " + trouble_text(trouble));
  }
  // A refresher in trouble holds back the proof, too.
  if (node.troubles.empty() && node.proof_age > 3 * node.interval + kProofPatience) {
    problem("has not proved for " + rough_duration(node.proof_age) + " that it is up to date" +
            with_last_error(node));
  }
  if (node.lag > max_lag) {
    problem("lags: it is " + entries(node.lag) + " behind, and the limit is " +
            std::to_string(max_lag) + with_last_error(node));
  }
}

void judge_names(const Facts& facts, Findings& findings) {
  std::set<std::string> told;
  for (const NodeRecord& node : facts.nodes) {
    const std::size_t bearers = live_bearers(facts.nodes, node.name);
    if (bearers < 2 || !told.insert(node.name).second) {
      continue;
    }
    std::string all;
    for (const NodeRecord& other : facts.nodes) {
      if (other.state == NodeState::live && other.name == node.name) {
        all += (all.empty() ? "" : " and ") + who(other);
      }
    }
    findings.warnings.push_back(std::to_string(bearers) + " live nodes bear one name: " + all +
                                "; give each a name of its own");
  }
}

// Its poller notices with its next look, and its next beat tells: one that stays is stuck.
void judge_positions(const Facts& facts, Findings& findings) {
  const EntryId end = facts.bounds ? facts.bounds->newest : EntryId();
  for (const NodeRecord& node : facts.nodes) {
    if (node.state == NodeState::live && node.position > end) {
      findings.warnings.push_back("node " + who(node) + " stands at entry " +
                                  node.position.to_string() + ", and the log ends at entry " +
                                  end.to_string() +
                                  ": the log was replaced, and the node has not said that it "
                                  "noticed");
    }
  }
}

// The live nodes that were there already when the canary was sent: the others may begin after it.
std::vector<const NodeRecord*> canary_witnesses(const Facts& facts) {
  std::vector<const NodeRecord*> nodes;
  for (const NodeRecord& node : facts.nodes) {
    if (node.state == NodeState::live && node.uptime + node.beat_age > facts.canary->age) {
      nodes.push_back(&node);
    }
  }
  return nodes;
}

std::size_t have_seen_canary(const Facts& facts) {
  return static_cast<std::size_t>(std::ranges::count_if(
      canary_witnesses(facts),
      [&](const NodeRecord* node) { return node->canary >= facts.canary->entry; }));
}

void judge_canary(const Facts& facts, Findings& findings) {
  if (!facts.canary) {
    return;
  }
  for (const NodeRecord* node : canary_witnesses(facts)) {
    if (node->canary < facts.canary->entry &&
        facts.canary->age > 3 * node->interval + kCanaryPatience) {
      findings.problems.push_back("node " + who(*node) + " has not seen the canary, entry " +
                                  facts.canary->entry.to_string() + ", sent " +
                                  rough_duration(facts.canary->age) + " ago, although it beats" +
                                  with_last_error(*node));
    }
  }
}

void judge_quarantine(const Facts& facts, Findings& findings) {
  if (facts.failures > 0) {
    findings.warnings.push_back(
        (facts.failures == 1 ? "1 failure is" : std::to_string(facts.failures) + " failures are") +
        " in the quarantine; see: crier failures");
  }
}

// Between the end of a lease and the next beat nobody leads, and nothing is wrong.
void judge_leadership(const Facts& facts, Findings& findings) {
  const bool settled = std::ranges::any_of(facts.nodes, [](const NodeRecord& node) {
    return node.state == NodeState::live && node.uptime > Options().lease_duration;
  });
  if (settled && !facts.lease) {
    findings.warnings.emplace_back("no node leads, so that no old entry is deleted");
  }
}

std::size_t count(const Facts& facts, NodeState state) {
  return static_cast<std::size_t>(std::ranges::count(facts.nodes, state, &NodeRecord::state));
}

// The node that leads; null where it is not known.
const NodeRecord* leader_of(const Facts& facts) {
  const auto found = std::ranges::find(facts.nodes, facts.lease->holder, &NodeRecord::incarnation);
  return found == facts.nodes.end() ? nullptr : &*found;
}

std::string log_text(const Facts& facts) {
  const std::string pruned = facts.pruned_through.value == 0
                                 ? ", nothing pruned"
                                 : ", pruned through " + facts.pruned_through.to_string();
  return (facts.bounds ? "entries " + facts.bounds->oldest.to_string() + " to " +
                             facts.bounds->newest.to_string()
                       : "no entries") +
         pruned;
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

std::string canary_text(const Facts& facts) {
  if (!facts.canary) {
    return "none";
  }
  const std::size_t nodes = canary_witnesses(facts).size(), seen = have_seen_canary(facts);
  return "entry " + facts.canary->entry.to_string() + ", " + rough_duration(facts.canary->age) +
         " ago, seen by " + (seen == nodes && nodes > 1 ? "all " : std::to_string(seen) + " of ") +
         std::to_string(nodes) + (nodes == 1 ? " node" : " nodes");
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

Json node_counts_json(const Facts& facts) {
  return {{"live", count(facts, NodeState::live)},
          {"stale", count(facts, NodeState::stale)},
          {"stopped", count(facts, NodeState::stopped)}};
}

}  // namespace

Facts examine(Connection& connection) {
  Facts facts;
  facts.nodes = connection.nodes().list();  // before the log, which goes on: none stands beyond it
  facts.bounds = connection.log().bounds();
  facts.pruned_through = connection.log().pruned_through();
  facts.lease = connection.leases().holder();
  facts.canary = connection.nodes().canary();
  facts.failures = connection.failures().list().size();
  return facts;
}

Findings judge(const Facts& facts, std::int64_t max_lag) {
  Findings findings;
  for (const NodeRecord& node : facts.nodes) {
    judge_node(node, max_lag, findings);
  }
  judge_canary(facts, findings);
  judge_positions(facts, findings);
  judge_names(facts, findings);
  judge_leadership(facts, findings);
  judge_quarantine(facts, findings);
  return findings;
}

std::vector<std::string> health_lines(const std::optional<Facts>& facts, const Findings& findings,
                                      const Paint& paint) {
  std::vector<std::string> lines;
  if (facts) {
    lines.push_back("log     " + log_text(*facts));
    lines.push_back("nodes   " + std::to_string(count(*facts, NodeState::live)) + " live, " +
                    std::to_string(count(*facts, NodeState::stale)) + " stale, " +
                    std::to_string(count(*facts, NodeState::stopped)) + " stopped");
    lines.push_back("leader  " + leader_text(*facts));
    lines.push_back("canary  " + canary_text(*facts));
  }
  for (const std::string& problem : findings.problems) {
    lines.push_back(paint(Tone::problem, "problem") + " " + problem);
  }
  for (const std::string& warning : findings.warnings) {
    lines.push_back(paint(Tone::warning, "warning") + " " + warning);
  }
  if (findings.problems.empty()) {
    lines.push_back("healthy");
  }
  return lines;
}

Json health_json(const std::optional<Facts>& facts, const Findings& findings) {
  return {{"healthy", findings.problems.empty()},
          {"problems", findings.problems},
          {"warnings", findings.warnings},
          {"log", facts ? log_json(*facts) : Json()},
          {"leader", facts ? leader_json(*facts) : Json()},
          {"nodes", facts ? node_counts_json(*facts) : Json()},
          {"canary", facts ? canary_json(*facts) : Json()},
          {"quarantined", facts ? Json(facts->failures) : Json()}};
}

}  // namespace crier::cli
