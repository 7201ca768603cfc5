// SPDX-License-Identifier: MIT
#include <crier/admin/cluster.hpp>

#include "arguments.hpp"
#include "base/duration.hpp"
#include "commands/commands.hpp"
#include "interrupt.hpp"
#include "node_answers.hpp"
#include "node_names.hpp"
#include "node_print.hpp"
#include "offer.hpp"
#include "printable.hpp"
#include "user.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

namespace {

using std::chrono::milliseconds;

struct PauseArguments {
  std::string node;
  std::string duration = "10m";
  std::optional<std::string> by;
  std::string timeout = "30s";
};

// "web-1 (vm-3, pid 17) has stopped", of its newest start.
int refuse_absent(const Session& session, const std::vector<NodeRecord>& nodes,
                  const std::string& name) {
  const auto newest = std::find_if(nodes.rbegin(), nodes.rend(),
                                   [&](const NodeRecord& node) { return node.name == name; });
  session.say("node " + who(*newest) +
              (newest->state == NodeState::stopped
                   ? " has stopped, so that it reads nothing"
                   : " is stale, its last beat was " + rough_duration(newest->beat_age) +
                         " ago: it would not hear of a pause"));
  return kNotSo;
}

void print_stands(const Session& session, const std::vector<NodeRecord>& stands,
                  const std::vector<NodeRecord>& waiting) {
  for (const NodeRecord& node : stands) {
    session.put("node " + who(node) + " stands at entry " + node.position.to_string() + " until " +
                pause_end_text(node, false) + "; end that with: " + resume_command(node.name));
  }
  for (const NodeRecord& node : waiting) {
    session.say("node " + who(node) + " has not said that it stands: it is at entry " +
                node.position.to_string() + ", and its last beat was " +
                rough_duration(node.beat_age) + " ago; it is asked to until " +
                pause_end_text(node, false) + "; end that with: " + resume_command(node.name));
  }
}

int run_pause(Session& session, const PauseArguments& given) {
  const milliseconds duration = parse_duration("--for", given.duration);
  if (duration.count() < 1 || duration > kMostPausedFor) {
    throw usage_error("--for: a pause lasts from 1ms through " + duration_text(kMostPausedFor) +
                      ", and not " + argument_text(given.duration));
  }
  const milliseconds timeout = parse_duration("--timeout", given.timeout);
  if (given.by && given.by->empty()) {
    throw usage_error("--by: say who pauses the node");
  }
  const OpenLog log = session.open(Access::read_write);
  NodeDirectory& directory = log.connection->nodes();
  const std::vector<NodeRecord> known = directory.list();
  refuse_unknown_node(given.node, known);
  if (directory.pause(given.node, duration, given.by.value_or(user_at_host())) == 0) {
    return refuse_absent(session, known, given.node);
  }
  const auto is_asked = [&](const NodeRecord& node) {
    return node.name == given.node && is_paused(node);
  };
  const std::vector<NodeRecord> last =
      await_nodes(session, directory, timeout, [&](const std::vector<NodeRecord>& nodes) {
        return std::ranges::all_of(
            nodes, [&](const NodeRecord& node) { return node.stands || !is_asked(node); });
      });
  std::vector<NodeRecord> stands, waiting;
  for (const NodeRecord& node : last) {
    if (is_asked(node)) {
      (node.stands ? stands : waiting).push_back(node);
    }
  }
  const bool done = waiting.empty() && !stands.empty();
  if (session.json) {
    session.put(line_of({{"node", given.node},
                         {"forMs", duration.count()},
                         {"done", done},
                         {"stands", nodes_json(stands)},
                         {"waiting", nodes_json(waiting)}}));
  } else {
    print_stands(session, stands, {});
  }
  print_stands(session, {}, waiting);
  if (stands.empty() && waiting.empty()) {
    session.say("node " + in_quotes(given.node) +
                " is not paused any more: it has stopped, or somebody has resumed it");
  }
  if (done) {
    return 0;
  }
  return session.interrupt.requested() ? 130 : kNotSo;
}

}  // namespace

Command add_pause(CLI::App& root) {
  CLI::App* app = root.add_subcommand("pause", "Have a node read no further for a while");
  auto options = std::make_shared<PauseArguments>();
  offer(app->add_option("NODE", options->node, "The node's name")->required()->type_name(""),
        {Offer::Kind::nodes});
  app->add_option("--for", options->duration,
                  "For so long, as in 90s or 1h, at most a day (default: 10m)")
      ->type_name("DURATION");
  app->add_option("--by", options->by, "Who pauses it, for others to see (default: user@host)")
      ->type_name("TEXT");
  app->add_option("--timeout", options->timeout,
                  "Wait at most so long until it stands, as in 200ms or 1m (default: 30s)")
      ->type_name("DURATION");
  app->footer(
      "To hold a node still while you look, or before it is drained. It ends the entry that is\n"
      "under way, and then applies no other, tries nothing again and begins no full refresh, "
      "until\n"
      "crier resume, or until the time is over; then it catches up. It still applies what it "
      "publishes itself, and still beats. It is behind meanwhile, and never says\n"
      "otherwise; caches that must not get stale (WhenStale) are emptied. A restart ends the\n"
      "pause. Every live node of the name is paused. Old entries stay in the log meanwhile.\n"
      "Exits 0 once the node has said that it stands. Exits 3 if it has not said so in time\n"
      "(it stays asked to), or if it is stale or has stopped.\n"
      "\n"
      "Examples:\n"
      "  crier pause web-1\n"
      "  crier pause web-1 --for 1h --by alice");
  return {app, [options](Session& session) { return run_pause(session, *options); }};
}

}  // namespace crier::cli
