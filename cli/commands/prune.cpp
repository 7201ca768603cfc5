// SPDX-License-Identifier: MIT
#include <crier/codec.hpp>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "duration.hpp"
#include "interrupt.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace crier::cli {

namespace {

struct PruneArguments {
  std::string older_than;
  bool dry_run = false;
};

// Prunes a chunk at a time, and adds up in `sum`.
void prune(const Session& session, InstructionLog& log, PruneOrder order, Pruned& sum) {
  do {
    const Pruned chunk = log.prune(order);
    sum.outcome = chunk.outcome;
    sum.more = chunk.more;
    sum.held_by = chunk.held_by;
    sum.rows += chunk.rows;
    if (chunk.rows > 0) {
      sum.through = chunk.through;
    }
    order.after = sum.through;
  } while (sum.more && !session.interrupt.requested());
}

void print(const Session& session, const Pruned& pruned, bool dry_run) {
  if (session.json) {
    session.put("{\"rows\":" + std::to_string(pruned.rows) +
                ",\"through\":" + (pruned.rows == 0 ? "null" : pruned.through.to_string()) +
                ",\"heldBy\":" + (pruned.held_by.empty() ? "null" : json_string(pruned.held_by)) +
                "}");
    return;
  }
  session.put((dry_run ? "would delete " : "deleted ") + std::to_string(pruned.rows) +
              (pruned.rows == 1 ? " entry" : " entries") +
              (pruned.rows == 0 ? "" : ", through entry " + pruned.through.to_string()));
  if (!pruned.held_by.empty()) {
    session.say("node " + pruned.held_by + " has not come further: what it has not handled stays");
  }
}

int run_prune(Session& session, const PruneArguments& given) {
  PruneOrder order;
  order.older_than = parse_duration("--older-than", given.older_than);
  order.dry_run = given.dry_run;
  const OpenLog log = session.open(given.dry_run ? Access::read_only : Access::read_write);
  session.interrupt.catch_signals();
  Pruned pruned;
  try {
    prune(session, *log, order, pruned);
  } catch (const Error&) {
    if (pruned.rows > 0) {
      print(session, pruned, given.dry_run);
    }
    throw;
  }
  if (pruned.outcome == Pruned::Outcome::foreign_log) {
    throw Error("prune", "the instruction table of " + log.store->name() +
                             " is another program's, which deletes by rules of its own: nothing "
                             "was deleted");
  }
  print(session, pruned, given.dry_run);
  if (pruned.more) {
    session.say("interrupted: there may be more to delete");
    return 130;
  }
  return 0;
}

}  // namespace

Command add_prune(CLI::App& root) {
  CLI::App* app = root.add_subcommand("prune", "Delete old entries, never past a live node");
  auto options = std::make_shared<PruneArguments>();
  app->add_option("--older-than", options->older_than, "Only what is older, as in 12h or 2d")
      ->required()
      ->type_name("DURATION");
  app->add_flag("--dry-run", options->dry_run, "Say what would go, and delete nothing");
  app->footer(
      "The newest entry always stays, and so does what a live node has not handled, or one whose\n"
      "position is kept and was seen within 7 days. Nodes do the same by themselves. Exits 130\n"
      "where it was interrupted between two chunks of 1,000 entries.\n"
      "\n"
      "Examples:\n"
      "  crier prune --older-than 2d --dry-run\n"
      "  crier prune --older-than 12h");
  return {app, [options](Session& session) { return run_prune(session, *options); }};
}

}  // namespace crier::cli
