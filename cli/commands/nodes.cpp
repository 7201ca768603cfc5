// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "commands/commands.hpp"
#include "node_print.hpp"
#include "printable.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

namespace {

int forget(Session& session, const std::string& name) {
  const OpenLog log = session.open(Access::read_write);
  NodeDirectory& nodes = log.connection->nodes();
  const std::size_t forgotten = nodes.forget(name);
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

int print(Session& session) {
  const OpenLog log = session.open(Access::read_only);
  const std::vector<NodeRecord> nodes = log.connection->nodes().list();
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
  for (const std::string& line : node_lines(nodes, session.paint)) {
    session.put(line);
  }
  return 0;
}

int run_nodes(Session& session, const std::optional<std::string>& name) {
  if (!name) {
    return print(session);
  }
  if (name->empty()) {
    throw usage_error("--forget: the node's name is empty");
  }
  return forget(session, *name);
}

}  // namespace

Command add_nodes(CLI::App& root) {
  CLI::App* app = root.add_subcommand("nodes", "Print every node, and how far it is");
  auto name = std::make_shared<std::optional<std::string>>();
  app->add_option("--forget", *name,
                  "Forget the nodes of this name that are not live, and the position kept for it; "
                  "says how many rows that were, and exits 3 where there was none")
      ->type_name("NAME");
  app->footer(
      "POSITION is the last entry that the node has handled, LAG how many it is behind, KEPT\n"
      "whether its next start goes on from there, BEAT the time since it was last heard of, and\n"
      "QUAR what it has given up (crier failures). A node is stale if it missed three of its\n"
      "beats. Refreshers that are in trouble stand below, and what a node fails to do besides.\n"
      "\n"
      "Examples:\n"
      "  crier nodes\n"
      "  crier nodes --json\n"
      "  crier nodes --forget web-1");
  return {app, [name](Session& session) { return run_nodes(session, *name); }};
}

}  // namespace crier::cli
