// SPDX-License-Identifier: MIT
// What is wrong with a log and its nodes.
#include "findings.hpp"

#include <crier/admin/setup.hpp>
#include <crier/options.hpp>

#include "base/duration.hpp"
#include "node_print.hpp"
#include "printable.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <set>
#include <utility>

namespace crier::cli {

namespace {

// So many are left when it is time to move to another database: a million a second takes 300 years.
constexpr std::int64_t kFewIds = std::numeric_limits<std::int64_t>::max() / 1000;

std::size_t live_nodes(const Facts& facts) {
  return static_cast<std::size_t>(
      std::ranges::count(facts.nodes, NodeState::live, &NodeRecord::state));
}

// Of a sentence that says what is wrong and, after its last semicolon, what to do.
Finding of_sentence(std::string code, const std::string& sentence) {
  const SetupCheck told = setup_check(std::move(code), SetupVerdict::wrong, sentence);
  return {told.check, told.found, told.mend};
}

void judge_schema(const Facts& facts, Findings& findings) {
  if (facts.schema.state == SchemaState::older) {
    Finding older = of_sentence("schema-older", facts.schema.advice);
    older.figure = facts.schema.version;
    older.unit = "version";
    findings.problem(std::move(older));
  }
  for (const std::string& problem : facts.schema.problems) {
    findings.problem(of_sentence("changes-not-told", problem));
  }
  for (const std::string& warning : facts.schema.warnings) {
    findings.warning(of_sentence("schema-unsafe", warning));
  }
  for (const LogFault& fault : facts.log_faults) {
    findings.problem({fault.code, fault.what, fault.next, "",
                      fault.unit.empty() ? std::nullopt : std::optional(fault.figure), fault.unit});
  }
}

void judge_ids(const Facts& facts, Findings& findings) {
  const std::int64_t left =
      std::numeric_limits<std::int64_t>::max() - (facts.bounds ? facts.bounds->newest.value : 0);
  if (left < kFewIds) {
    findings.problem({"ids-near-their-end",
                      "the log's newest entry is " + facts.bounds->newest.to_string() +
                          (left == 0 ? ", and no id is left"
                                     : ", and " + std::to_string(left) +
                                           (left == 1 ? " id is" : " ids are") + " left"),
                      "let the nodes go on with a new log", "", left, "entries"});
  }
}

void judge_presence(const Facts& facts, const Limits& limits, Findings& findings) {
  const std::size_t live = live_nodes(facts);
  if (live >= limits.min_nodes) {
    return;
  }
  const auto figure = static_cast<std::int64_t>(live);
  if (live == 0) {
    findings.problem({"no-live-node", "no node is live, so that nobody hears of a change",
                      "start one, or say --min-nodes 0 if there is to be none", "", figure,
                      "nodes"});
  } else {
    findings.problem({"too-few-nodes",
                      std::to_string(live) + (live == 1 ? " node is" : " nodes are") +
                          " live, and there are to be " + std::to_string(limits.min_nodes),
                      "see who has gone: crier nodes --all", "", figure, "nodes"});
  }
}

// How many live nodes are one process, and its copies: one of them has noticed that, since it was
// the same node at first.
std::size_t live_copies(const Facts& facts, const NodeRecord& node) {
  const bool was_cloned =
      std::ranges::find(facts.clones, node.name, &EventRecord::node) != facts.clones.end();
  return !was_cloned ? 0
                     : static_cast<std::size_t>(
                           std::ranges::count_if(facts.nodes, [&](const NodeRecord& other) {
                             return other.state == NodeState::live && other.name == node.name &&
                                    other.host == node.host && other.pid == node.pid;
                           }));
}

void judge_names(const Facts& facts, Findings& findings) {
  std::set<std::string> told;
  for (const NodeRecord& node : facts.nodes) {
    const std::size_t bearers = live_bearers(facts.nodes, node.name);
    const std::size_t copies = live_copies(facts, node);
    if (node.state != NodeState::live || bearers < 2 || !told.insert(node.name).second) {
      continue;
    }
    if (copies > 1) {
      findings.problem({"node-cloned",
                        "node " + who(node) + " is under way " + std::to_string(copies) +
                            " times: its machine or its process was copied while it ran, or went "
                            "on from a snapshot beside the one that it was taken of",
                        "stop the copy, or restart it under a name of its own", node.name,
                        static_cast<std::int64_t>(copies), "nodes"});
      continue;
    }
    std::string all;
    for (const NodeRecord& other : facts.nodes) {
      if (other.state == NodeState::live && other.name == node.name) {
        all += (all.empty() ? "" : " and ") + who(other);
      }
    }
    findings.warning({"namesakes", std::to_string(bearers) + " live nodes bear one name: " + all,
                      "give each a name of its own", node.name, static_cast<std::int64_t>(bearers),
                      "nodes"});
  }
}

// Between the end of a lease and the next beat of another node nobody leads, and nothing is wrong.
void judge_leadership(const Facts& facts, Findings& findings) {
  const Options defaults;
  const auto led_lately = [&](const NodeRecord& node) {
    return (node.role == Role::single || node.role == Role::scheduling_publisher) &&
           node.beat_age < defaults.lease_duration + 2 * node.interval;
  };
  const bool settled = std::ranges::any_of(facts.nodes, [&](const NodeRecord& node) {
    return node.state == NodeState::live && node.uptime > defaults.lease_duration;
  });
  if (settled && !facts.lease && std::ranges::none_of(facts.nodes, led_lately)) {
    findings.problem({"no-leader",
                      "no node leads, so that no old entry is deleted, no canary is sent, and "
                      "entries of isolated transactions get no ids",
                      "let a node lead: its fixed role must not be subscriber, and its role needs "
                      "the rights of a node"});
  }
}

void judge_quarantine(const Facts& facts, Findings& findings) {
  if (facts.failures > 0) {
    findings.warning(
        {"quarantine",
         (facts.failures == 1 ? "1 failure is" : std::to_string(facts.failures) + " failures are") +
             " in the quarantine",
         "crier failures", "", static_cast<std::int64_t>(facts.failures), "failures"});
  }
}

}  // namespace

Findings judge_node(const Facts& facts, const std::string& name, const Limits& limits) {
  Findings findings;
  // In the order of their starts.
  const auto found = std::find_if(facts.nodes.rbegin(), facts.nodes.rend(),
                                  [&](const NodeRecord& node) { return node.name == name; });
  if (!facts.are_known()) {
    judge_schema(facts, findings);
  } else if (found == facts.nodes.rend()) {
    findings.problem({"no-such-node", "there is no node " + in_quotes(name),
                      "see which there are: crier nodes --all", name});
  } else if (found->state == NodeState::stopped) {
    findings.problem({"node-stopped", "node " + who(*found) + " has stopped", "start it", name,
                      found->beat_age.count(), "ms"});
  } else {
    judge_node(*found, facts, limits, findings);
  }
  return findings;
}

Findings judge(const Facts& facts, const Limits& limits) {
  Findings findings;
  judge_schema(facts, findings);
  if (!facts.are_known()) {
    return findings;  // nothing else is known
  }
  judge_ids(facts, findings);
  judge_presence(facts, limits, findings);
  for (const NodeRecord& node : facts.nodes) {
    judge_node(node, facts, limits, findings);
  }
  judge_leadership(facts, findings);
  judge_names(facts, findings);
  judge_quarantine(facts, findings);
  return findings;
}

}  // namespace crier::cli
