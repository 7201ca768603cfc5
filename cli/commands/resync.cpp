// SPDX-License-Identifier: MIT
#include <crier/admin/resync_request.hpp>
#include <crier/admin/wait.hpp>

#include "action_note.hpp"
#include "arguments.hpp"
#include "commands/commands.hpp"
#include "names.hpp"
#include "node_names.hpp"
#include "offer.hpp"
#include "publish.hpp"
#include "waiting.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

namespace {

struct ResyncArguments {
  std::optional<std::string> node;
  bool all = false;
  std::optional<std::string> refresher;
  std::string timeout = "30s";
};

int run_resync(Session& session, const ResyncArguments& given) {
  if (given.node.has_value() == given.all) {
    throw usage_error("give the name of a node, or --all");
  }
  WaitOptions options;
  options.timeout = parse_duration("--timeout", given.timeout);
  options.name = given.node.value_or("");
  const OpenLog log = session.open(Access::read_write);
  // Before anything is written: whoever may not see the nodes can't wait for them.
  const std::vector<NodeRecord> nodes = log.connection->nodes().list();
  if (given.node) {
    refuse_unknown_node(*given.node, nodes);
  }
  if (log->is_umbracos()) {
    throw usage_error(
        "Umbraco's servers read this table, and know no such request: give crier send "
        "--all to each refresher");
  }
  ResyncRequest request{options.name, {}};
  if (given.refresher) {
    const Names names = Names::read(*log.connection);
    request.refresher = names.resolve("--refresher", *given.refresher);
    if (request.refresher.empty() || is_reserved(request.refresher)) {
      throw usage_error("--refresher: no refresher can bear this GUID");
    }
    refuse_unknown(names, request.refresher, "; see crier refreshers", options.name);
  }
  const Instruction instruction = to_instruction(request);
  const EntryId entry = publish(session, *log, {&instruction, 1});
  note_action(session, *log.connection,
              std::string("asked ") + (given.all ? "all nodes" : "it") + " to refresh " +
                  (given.refresher ? request.refresher.to_string() : "everything") + ", by entry " +
                  entry.to_string(),
              options.name);
  return wait_for(session, log, entry, options);
}

}  // namespace

Command add_resync(CLI::App& root) {
  CLI::App* app = root.add_subcommand("resync", "Have nodes refresh all that they have");
  auto options = std::make_shared<ResyncArguments>();
  offer(app->add_option("NODE", options->node, "The node's name")->type_name(""),
        {Offer::Kind::nodes});
  app->add_flag("--all", options->all, "All nodes");
  offer(app->add_option("--refresher", options->refresher,
                        "This one alone: a name (crier refreshers) or a GUID")
            ->type_name("NAME"),
        {Offer::Kind::refreshers});
  app->add_option("--timeout", options->timeout,
                  "Wait at most so long, as in 200ms or 1m (default: 30s)")
      ->type_name("DURATION");
  app->footer(
      "For when data was changed behind crier's back. The request is an entry of the log: each "
      "node that it is for refreshes all its caches when it reads it. A node that is\n"
      "away, and whose position is kept, does so when it comes back. Every node of the name is "
      "asked. What\n"
      "a hybrid cache shares with other nodes is dropped for all of them.\n"
      "Prints the entry's id, waits as crier wait does, and exits as it does.\n"
      "\n"
      "Examples:\n"
      "  crier resync web-1\n"
      "  crier resync --all --refresher 7c9e6679-7425-40de-944b-e07fc1f90ae7 --timeout 1m");
  return {app, [options](Session& session) { return run_resync(session, *options); }};
}

}  // namespace crier::cli
