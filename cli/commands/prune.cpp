// SPDX-License-Identifier: MIT
#include <crier/options.hpp>

#include "action_note.hpp"
#include "arguments.hpp"
#include "base/duration.hpp"
#include "commands/commands.hpp"
#include "confirm.hpp"
#include "interrupt.hpp"
#include "node_print.hpp"
#include "printable.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace crier::cli {

namespace {

struct PruneArguments {
  std::string older_than;
  bool dry_run = false;
  bool yes = false;
};

// No kept position is overtaken, however long ago it was seen: another node may be configured to
// wait for it longer than we would.
constexpr std::chrono::hours kCentury{24 * 36525};

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

// Asks before anything goes that nodes would keep, unless they are told otherwise.
bool may_prune(const Session& session, InstructionLog& log, PruneOrder order) {
  const std::chrono::milliseconds retention = Options().retention;
  if (!session.asks || order.older_than >= retention) {
    return true;
  }
  order.dry_run = true;
  Pruned all, old;
  prune(session, log, order, all);
  order.older_than = retention;
  prune(session, log, order, old);
  if (all.rows <= old.rows) {
    return true;
  }
  const std::size_t young = all.rows - old.rows;
  return confirm(session,
                 std::to_string(young) +
                     (young == 1 ? " entry that would go is" : " entries that would go are") +
                     " younger than " + duration_text(retention) +
                     ", for which nodes keep them by default; delete " +
                     (all.rows == 1 ? "it?" : "all " + std::to_string(all.rows) + "?"));
}

// Of those under `name` that may hold back pruning, the one that is furthest behind: of several
// that kept their position, that is the newest one's now. Nothing where it was forgotten.
std::optional<NodeRecord> holder(std::span<const NodeRecord> nodes, const std::string& name) {
  std::optional<NodeRecord> found;
  bool owned = false;
  for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {  // newest first
    if (node->name != name) {
      continue;
    }
    const bool owns = node->durable && !std::exchange(owned, owned || node->durable);
    if ((owns || node->state != NodeState::stopped) &&
        (!found || node->position < found->position)) {
      found = *node;
    }
  }
  return found;
}

// Who stands in the way, and what a person can do about it.
void say_held(const Session& session, NodeDirectory& nodes, const std::string& name) {
  const std::optional<NodeRecord> node = holder(nodes.list(), name);
  if (!node) {
    session.say("a position is kept under the name " + in_quotes(name) +
                ", and what comes after it stays; if its node is gone for good, " +
                forget_command(name) + " releases it");
    return;
  }
  session.say("node " + who(*node) + " stands at entry " + node->position.to_string() +
              ", and what it has not handled stays; it is " + std::string(to_string(node->state)) +
              ", and its last beat was " + rough_duration(node->beat_age) + " ago" +
              (node->state == NodeState::live
                   ? ""
                   : "; if it is gone for good, " + forget_command(name) + " releases it"));
}

// "12 entries, through entry 40"
std::string amount_text(const Pruned& pruned) {
  return std::to_string(pruned.rows) + (pruned.rows == 1 ? " entry" : " entries") +
         (pruned.rows == 0 ? "" : ", through entry " + pruned.through.to_string());
}

void print(const Session& session, const OpenLog& log, const Pruned& pruned, bool dry_run) {
  if (session.json) {
    session.put(line_of({{"rows", pruned.rows},
                         {"through", or_null(pruned.rows != 0, pruned.through.value)},
                         {"heldBy", or_null(!pruned.held_by.empty(), pruned.held_by)}}));
  } else {
    session.put((dry_run ? "would delete " : "deleted ") + amount_text(pruned));
  }
  if (!pruned.held_by.empty()) {
    say_held(session, log.connection->nodes(), pruned.held_by);
  }
}

int run_prune(Session& session, const PruneArguments& given) {
  PruneOrder order;
  order.older_than = parse_duration("--older-than", given.older_than);
  order.hard_cap = kCentury;
  order.dry_run = given.dry_run;
  const OpenLog log = session.open(given.dry_run ? Access::read_only : Access::read_write);
  if (!given.dry_run && !given.yes && !may_prune(session, *log, order)) {
    session.say("nothing was deleted");
    return kNotSo;
  }
  session.interrupt.catch_signals();
  Pruned pruned;
  const auto note = [&] {
    if (pruned.rows > 0 && !given.dry_run) {
      note_action(session, *log.connection,
                  "deleted " + amount_text(pruned) + " (older than " + given.older_than + ")");
    }
  };
  try {
    prune(session, *log, order, pruned);
  } catch (const Error&) {
    if (pruned.rows > 0) {
      print(session, log, pruned, given.dry_run);
    }
    note();
    throw;
  }
  note();
  if (pruned.outcome == Pruned::Outcome::foreign_log) {
    throw Error("prune", "the instruction table of " + log.store->name() +
                             " is another program's, which deletes by rules of its own: nothing "
                             "was deleted");
  }
  print(session, log, pruned, given.dry_run);
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
  app->add_flag("--yes", options->yes, "Don't ask");
  app->footer(
      "The newest entry always stays. So does what a live node has not handled, or a node\n"
      "whose position is kept, until that is forgotten: crier nodes --forget NAME. Nodes prune by\n"
      "themselves. Exits 130 if it was interrupted between two chunks.\n"
      "\n"
      "At a terminal it asks first if entries would go that are younger than 2d, for which nodes\n"
      "keep them by default, and exits 3 if the answer is no. A script is not asked.\n"
      "\n"
      "Examples:\n"
      "  crier prune --older-than 2d --dry-run\n"
      "  crier prune --older-than 12h --yes");
  return {app, [options](Session& session) { return run_prune(session, *options); }};
}

}  // namespace crier::cli
