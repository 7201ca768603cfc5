// SPDX-License-Identifier: MIT
#include "commands/commands.hpp"
#include "findings.hpp"
#include "health.hpp"
#include "limit_options.hpp"
#include "offer.hpp"
#include "table.hpp"
#include "watch.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace crier::cli {

namespace {

struct StatusOptions {
  LimitOptions limits;
  std::optional<std::string> node;
  bool wide = false;
  bool watch = false;
};

int print(const Session& session, const Facts& facts, const Findings& findings, bool wide) {
  if (session.json) {
    session.put(line_of(health_json(facts, findings)));
  } else {
    // Who reads it from a pipe looks for whole lines.
    const FindingDetail detail{.columns = session.terminal && !wide ? kTerminalColumns
                                                                    : std::string::npos};
    for (const std::string& line : health_lines(facts, findings, session.paint, detail)) {
      session.put(line);
    }
  }
  return findings.problems.empty() ? 0 : kNotSo;
}

int run_status(Session& session, const StatusOptions& options) {
  const Limits limits = options.limits.limits();
  const std::string store = open_store(session.require_store())->name();
  try {
    const Facts facts = examine(session, limits);
    return print(session, facts,
                 options.node ? judge_node(facts, *options.node, limits) : judge(facts, limits),
                 options.wide);
  } catch (const Error& error) {
    if (error.invalid_argument()) {
      throw;
    }
    if (session.json) {
      session.put(line_of(unknown_health_json(store, error.what())));
    } else {
      session.say(std::string("could not look: ") + error.what());
    }
    return kCouldNotLook;
  }
}

}  // namespace

Command add_status(CLI::App& root) {
  CLI::App* app =
      root.add_subcommand("status", "Say whether every node is fresh, and what is wrong");
  auto options = std::make_shared<StatusOptions>();
  offer(app->add_option("--node", options->node,
                        "Judge this node alone, as a container's probe does: its newest start must "
                        "be live and well")
            ->type_name("NAME"),
        {Offer::Kind::nodes});
  options->limits.add_to(*app);
  app->add_flag("--wide", options->wide,
                "Whole lines, however long, as they always are if they don't go to a terminal");
  app->add_flag("--watch", options->watch, "Look again every two seconds, until interrupted");
  app->footer(
      "Exits 0 if all is well, 3 if something is wrong, and 4 if it could not look: the store is\n"
      "out of reach, or says no. Each problem has a code, which stays the same, and what to do\n"
      "next. A warning is no problem, and a node that said goodbye is none either.\n"
      "\n"
      "Wrong is: no live node, or fewer than --min-nodes; a node that is stale, too far behind or\n"
      "stalled, whose refreshers fail or hang, that can't prove that it is up to date, or that "
      "has\n"
      "not seen the canary, an entry without effect that the leader sends now and then; no "
      "leader;\n"
      "entries without ids; a log and a counter that disagree. A node that seems to be behind is\n"
      "asked where it stands, if this user may write. If not, what is known is as of its last "
      "beat.\n"
      "\n"
      "Examples:\n"
      "  crier status\n"
      "  crier status --node web-2\n"
      "  crier status --min-nodes 1 --max-behind 2s --json");
  return {app, [options](Session& session) {
            const auto look = [&](Session& one) { return run_status(one, *options); };
            return options->watch ? watch(session, look) : look(session);
          }};
}

}  // namespace crier::cli
