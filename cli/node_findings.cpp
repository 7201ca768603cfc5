// SPDX-License-Identifier: MIT
// What is wrong with one node.
#include "base/duration.hpp"
#include "findings.hpp"
#include "node_print.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

namespace crier::cli {

namespace {

// A node that polls now and then only proves it then.
constexpr std::chrono::milliseconds kProofPatience{30'000};
// What is younger was on its way when the node was last heard of.
constexpr std::chrono::milliseconds kOnItsWay{1'000};
constexpr std::chrono::milliseconds kCanaryPatience{10'000};

std::string entries(std::int64_t count) {
  return std::to_string(count) + (count == 1 ? " entry" : " entries");
}

std::string with_last_error(const NodeRecord& node) {
  const std::string error = last_error_text(node);
  return error.empty() ? "" : "; its last error was " + error;
}

// What it says with its beats alone: it may be well again since.
std::string as_of_beat(const NodeRecord& node) {
  return ", as of its last beat " + rough_duration(node.beat_age) + " ago";
}

std::string_view code_of_trouble(std::string_view trouble) {
  if (trouble.starts_with("refresher ") || trouble.starts_with("the fallback")) {
    return "refresher-trouble";
  }
  return trouble.starts_with("not woken") ? "wakeup-trouble" : "node-trouble";
}

std::string next_of_trouble(std::string_view code, std::string_view trouble) {
  if (code == "refresher-trouble") {
    return trouble.find(" is stuck: ") == trouble.npos
               ? "mend what the refresher needs: it is tried again by itself"
               : "see what it waits for, in a stack of the process; nothing of it is tried again "
                 "until it returns: restart the node if it does not";
  }
  return code == "wakeup-trouble" ? "mend what it names: until then the node hears by polling"
                                  : "see the node's log";
}

class Judge {
 public:
  Judge(const NodeRecord& node, Findings& findings) : node_(node), findings_(findings) {}

  void problem(std::string_view code, const std::string& what, const std::string& next,
               std::optional<std::int64_t> figure = {}, std::string_view unit = {}) {
    findings_.not_fresh.insert(node_.incarnation);
    findings_.problem({std::string(code), "node " + who(node_) + " " + what, next, node_.name,
                       figure, std::string(unit)});
  }
  void problem(std::string_view code, const std::string& what, const std::string& next,
               std::chrono::milliseconds figure) {
    problem(code, what, next, figure.count(), "ms");
  }

 private:
  const NodeRecord& node_;
  Findings& findings_;
};

void judge_distance(const NodeRecord& node, const Facts& facts, const Limits& limits,
                    Judge& judge) {
  const std::chrono::milliseconds behind = known_behind(node, facts.asked);
  const std::string next = "see what its refreshers do: crier nodes --json";
  if (behind > limits.max_behind) {
    judge.problem("node-behind",
                  "is behind: the first of " + entries(node.lag) + " that it has not handled is " +
                      rough_duration(behind) + " old, and the limit is " +
                      duration_text(limits.max_behind) + with_last_error(node),
                  next, behind);
  }
  if (node.lag > limits.max_lag && (facts.asked || behind > kOnItsWay)) {
    judge.problem("node-lags",
                  "lags: it is " + entries(node.lag) + " behind, and the limit is " +
                      std::to_string(limits.max_lag) + with_last_error(node),
                  next, node.lag, "entries");
  }
}

// Its poller notices with its next look, and its next beat tells: one that stays is stuck.
void judge_end(const NodeRecord& node, const Facts& facts, Judge& judge) {
  const EntryId end = facts.bounds ? facts.bounds->newest : EntryId();
  if (node.position > end) {
    judge.problem("beyond-the-end",
                  "stands at entry " + node.position.to_string() + ", and the log ends at entry " +
                      end.to_string() +
                      ": the log was replaced, and the node has not said that it noticed",
                  "look again in a moment; if it stays so, restart the node",
                  node.position.value - end.value, "entries");
  }
}

void judge_canary(const NodeRecord& node, const Facts& facts, Judge& judge) {
  if (!facts.canary || node.canary >= facts.canary->entry ||
      facts.canary->age <= 3 * node.interval + kCanaryPatience) {
    return;
  }
  const std::vector<const NodeRecord*> witnesses = canary_witnesses(facts);
  if (std::ranges::find(witnesses, &node) != witnesses.end()) {
    judge.problem("canary-not-seen",
                  "has not seen the canary, entry " + facts.canary->entry.to_string() + ", sent " +
                      rough_duration(facts.canary->age) + " ago, although it beats" +
                      with_last_error(node),
                  "see the node's log; restart the node if it does not say why", facts.canary->age);
  }
}

}  // namespace

void judge_node(const NodeRecord& node, const Facts& facts, const Limits& limits,
                Findings& findings) {
  if (node.state == NodeState::stopped) {
    return;
  }
  ++findings.judged;
  Judge judge(node, findings);
  if (node.state == NodeState::stale) {
    judge.problem("node-stale",
                  "is stale: its last beat was " + rough_duration(node.beat_age) +
                      " ago; it crashed, is paused, or is cut off from the database" +
                      with_last_error(node),
                  "restart it, and it takes its place again; if it is gone for good: " +
                      forget_command(node.name),
                  node.beat_age);
    return;
  }
  if (!node.poller_alive) {
    judge.problem(
        "poller-stalled",
        "is stalled: its poller has not come forward from entry " +
            std::to_string(node.position.value) + as_of_beat(node) + with_last_error(node),
        "see what holds up its refreshers; restart the node if nothing does", node.lag, "entries");
  }
  for (const std::string& trouble : node.troubles) {
    const std::string_view code = code_of_trouble(trouble);
    judge.problem(code, "is in trouble" + as_of_beat(node) + ": " + trouble_text(trouble),
                  next_of_trouble(code, trouble));
  }
  if (is_paused(node)) {
    judge.problem("node-paused",
                  "is " + pause_text(node) + ": " + stand_text(node) +
                      (node.stands ? ", with " + entries(node.lag) + " to come" : ""),
                  resume_command(node.name), node.paused_for);
    return;  // that it is behind follows from that
  }
  // A refresher in trouble holds back the proof, too.
  const std::chrono::milliseconds unproved = node.proof_age - node.beat_age;
  if (node.troubles.empty() && unproved > std::max(limits.max_behind, kProofPatience)) {
    judge.problem("not-proved",
                  "had not proved for " + rough_duration(unproved) +
                      " that it was up to date when it was last heard of" + with_last_error(node),
                  "see the node's log: its looks at the database fail, or entries have no ids yet",
                  unproved);
  }
  judge_distance(node, facts, limits, judge);
  judge_end(node, facts, judge);
  judge_canary(node, facts, judge);
}

}  // namespace crier::cli
