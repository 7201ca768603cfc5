// SPDX-License-Identifier: MIT
#include <crier/admin/wait.hpp>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "offer.hpp"
#include "waiting.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <string>

namespace crier::cli {

namespace {

struct WaitArguments {
  std::string entry;
  std::optional<std::string> name;
  std::string timeout = "5s";
};

int run_wait(Session& session, const WaitArguments& given) {
  std::optional<EntryId> entry = parse_entry_or_newest("ID", given.entry);
  WaitOptions options;
  options.timeout = parse_duration("--timeout", given.timeout);
  options.name = given.name.value_or("");
  if (given.name && given.name->empty()) {
    throw usage_error("--node: the node's name is empty");
  }
  // To ask the nodes takes writing; where that is not allowed, the wait is for their next beats.
  const OpenLog log = session.open(Access::read_write);
  if (!entry) {
    entry = log->newest().id;
  }
  return wait_for(session, log, *entry, options);
}

}  // namespace

Command add_wait(CLI::App& root) {
  CLI::App* app = root.add_subcommand("wait", "Wait until every live node has applied an entry");
  auto options = std::make_shared<WaitArguments>();
  offer_words(
      app->add_option("ID", options->entry, "The entry, or newest")->required()->type_name(""),
      {"newest"});
  offer(app->add_option("--node", options->name, "Wait for this one alone")->type_name("NAME"),
        {Offer::Kind::nodes});
  app->add_option("--timeout", options->timeout, "At most so long, as in 200ms or 1m (default: 5s)")
      ->type_name("DURATION");
  app->footer(
      "Waits for the nodes that are live now; one that is stale, or goes stale or stops "
      "meanwhile,\n"
      "does not count, and is named. Exits 3 if time ran out, and names the nodes that are\n"
      "missing; 3 if no node is live, too; 130 if it was interrupted.\n"
      "\n"
      "Examples:\n"
      "  crier wait 7\n"
      "  crier wait newest --timeout 30s");
  return {app, [options](Session& session) { return run_wait(session, *options); }};
}

}  // namespace crier::cli
