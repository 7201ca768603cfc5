// SPDX-License-Identifier: MIT
#include "action_note.hpp"
#include "arguments.hpp"
#include "commands/commands.hpp"
#include "node_print.hpp"
#include "offer.hpp"
#include "printable.hpp"
#include "watch.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

namespace {

struct NodesOptions {
  std::optional<std::string> forget;
  bool all = false;
  bool wide = false;
  bool watch = false;
};

int forget(Session& session, const std::string& name) {
  const OpenLog log = session.open(Access::read_write);
  NodeDirectory& nodes = log.connection->nodes();
  const std::size_t forgotten = nodes.forget(name);
  if (forgotten > 0) {
    note_action(session, *log.connection, "forgot what was remembered of the node", name);
  }
  const bool live = live_bearers(nodes.list(), name) > 0;
  const std::string shown = in_quotes(name);
  if (session.json) {
    session.put(line_of({{"forgotten", forgotten}}));
  } else if (forgotten > 0) {
    session.put("forgot " + std::to_string(forgotten) + (forgotten == 1 ? " row" : " rows") +
                " under the name " + shown);
  }
  if (live) {
    session.say("a node of the name " + shown +
                " is live, and stays: stop it, or wait until it is stale");
  } else if (forgotten == 0) {
    session.say("nothing is remembered under the name " + shown);
  }
  return forgotten > 0 ? 0 : 3;
}

int print(Session& session, const NodesOptions& options) {
  const OpenLog log = session.open(Access::read_only);
  std::vector<NodeRecord> nodes = log.connection->nodes().list();
  if (session.json) {
    for (const NodeRecord& node : nodes) {
      session.put(line_of(node_json(node)));
    }
    return 0;
  }
  if (nodes.empty()) {
    session.say("no node is remembered");
    return 0;
  }
  const std::size_t stopped = options.all ? 0 : std::erase_if(nodes, [](const NodeRecord& node) {
    return node.state == NodeState::stopped;
  });
  if (stopped > 0) {
    session.say(std::to_string(stopped) +
                (stopped == 1 ? " stopped node is" : " stopped nodes are") +
                " left out; see all with: crier nodes --all");
  }
  if (nodes.empty()) {
    return 0;
  }
  for (const std::string& line : node_lines(nodes, session.paint, options.wide)) {
    session.put(line);
  }
  return 0;
}

int run_nodes(Session& session, const NodesOptions& options) {
  if (!options.forget) {
    return options.watch ? watch(session, [&](Session& one) { return print(one, options); })
                         : print(session, options);
  }
  if (options.forget->empty()) {
    throw usage_error("--forget: the node's name is empty");
  }
  return forget(session, *options.forget);
}

}  // namespace

Command add_nodes(CLI::App& root) {
  CLI::App* app = root.add_subcommand("nodes", "Print every node, and how far it is");
  auto options = std::make_shared<NodesOptions>();
  app->add_flag("--all", options->all, "Those that have stopped, too; --json always has them");
  app->add_flag("--wide", options->wide, "All columns");
  app->add_flag("--watch", options->watch, "Look again every two seconds, until interrupted");
  offer(app->add_option("--forget", options->forget,
                        "Forget the nodes of this name that are not live, and the position kept "
                        "for it; says how many rows that were, and exits 3 if there was none")
            ->type_name("NAME"),
        {Offer::Kind::nodes});
  app->footer(
      "POSITION is the last entry that the node had handled when it was last heard of, LAG how\n"
      "many entries follow that now (crier status asks those that seem to be behind), KEPT\n"
      "whether its next start goes on from there, BEAT the time since it was last heard of, and\n"
      "QUAR what it has given up (crier failures). A node is stale if it missed three of its\n"
      "beats. Below a node stand its refreshers that are in trouble, and what else it fails to "
      "do.\n"
      "\n"
      "Examples:\n"
      "  crier nodes\n"
      "  crier nodes --json\n"
      "  crier nodes --forget web-1");
  return {app, [options](Session& session) { return run_nodes(session, *options); }};
}

}  // namespace crier::cli
