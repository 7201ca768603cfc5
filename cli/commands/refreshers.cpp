// SPDX-License-Identifier: MIT
#include <crier/admin/history.hpp>

#include "commands/commands.hpp"
#include "json.hpp"
#include "printable.hpp"
#include "table.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace crier::cli {

namespace {

// A refresher under one name, and the nodes that have it.
using Bearers = std::map<std::pair<std::string, Guid>, std::set<std::string>>;

struct RefreshersOptions {
  bool all = false;
  bool wide = false;
};

std::string nodes_text(const std::set<std::string>& nodes, bool wide) {
  const std::size_t shown = wide ? nodes.size() : 3;
  std::string text;
  std::size_t count = 0;
  for (const std::string& node : nodes) {
    if (count++ == shown) {
      break;
    }
    text += (text.empty() ? "" : ",") + printable(node, 255);
  }
  return nodes.size() > shown ? text + " +" + std::to_string(nodes.size() - shown) : text;
}

int run_refreshers(Session& session, const RefreshersOptions& options) {
  const OpenLog log = session.open(Access::read_only);
  Bearers bearers;
  std::size_t left_out = 0;
  for (const RefresherRecord& one : log.connection->history().refreshers()) {
    if (one.state == NodeState::stopped && !options.all) {
      ++left_out;
      continue;
    }
    bearers[{one.name, one.refresher}].insert(one.node);
  }
  if (left_out > 0 && bearers.empty()) {
    session.say(
        "no node that has not stopped has a refresher; see all with: crier refreshers --all");
  } else if (bearers.empty()) {
    session.say("no node has said which refreshers it has");
  }
  std::vector<std::vector<Cell>> rows{
      {{"NAME", Tone::faint}, {"GUID", Tone::faint}, {"NODES", Tone::faint}}};
  for (const auto& [one, nodes] : bearers) {
    const auto& [name, guid] = one;
    if (session.json) {
      session.put(line_of({{"refresher", or_null(!guid.empty(), guid.to_string())},
                           {"name", name},
                           {"nodes", nodes}}));
    } else {
      rows.push_back({{guid.empty() ? "(any other)" : printable(name, 255), Tone::strong},
                      {guid.empty() ? "-" : guid.to_string()},
                      {nodes_text(nodes, options.wide)}});
    }
  }
  if (!options.wide) {
    fit(rows, {0, 2});
  }
  if (!session.json && !bearers.empty()) {
    for (const std::string& line : align(rows, session.paint)) {
      session.put(line);
    }
  }
  return 0;
}

}  // namespace

Command add_refreshers(CLI::App& root) {
  CLI::App* app =
      root.add_subcommand("refreshers", "Print which refreshers there are, and on which nodes");
  auto options = std::make_shared<RefreshersOptions>();
  app->add_flag("--all", options->all, "Those of nodes that have stopped, too");
  app->add_flag("--wide", options->wide, "Whole names, and all nodes, however long");
  app->footer(
      "Each node says at its start which refreshers it has. Their names may stand wherever a GUID\n"
      "may. \"(any other)\" is a fallback, which takes what nobody else on its node claims.\n"
      "\n"
      "Examples:\n"
      "  crier refreshers\n"
      "  crier refreshers --json");
  return {app, [options](Session& session) { return run_refreshers(session, *options); }};
}

}  // namespace crier::cli
