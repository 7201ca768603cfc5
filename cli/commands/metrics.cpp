// SPDX-License-Identifier: MIT
#include "commands/commands.hpp"
#include "findings.hpp"
#include "json.hpp"
#include "limit_options.hpp"
#include "log_metrics.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace crier::cli {

namespace {

void put(const Session& session, const std::string& text) {
  session.put(session.json ? line_of({{"metrics", text}}) : text.substr(0, text.size() - 1));
}

int run_metrics(const Session& session, const Limits& limits) {
  static_cast<void>(open_store(session.require_store()));  // a wrong URL is no outage
  try {
    const Facts facts = examine(session, limits);
    put(session, log_metrics(facts, judge(facts, limits)));
    return 0;
  } catch (const Error& error) {
    if (error.invalid_argument()) {
      throw;
    }
    put(session, unknown_log_metrics());
    session.say(std::string("could not look: ") + error.what());
    return kCouldNotLook;
  }
}

}  // namespace

Command add_metrics(CLI::App& root) {
  CLI::App* app =
      root.add_subcommand("metrics", "Print the log and its nodes as figures for Prometheus");
  auto options = std::make_shared<LimitOptions>();
  options->add_to(*app);
  app->footer(
      "In Prometheus' text format, for node_exporter's textfile collector or whatever serves it.\n"
      "crier_problem has each problem that crier status would tell of, by its code. Exits 0\n"
      "whatever is wrong with the nodes, and 4 if it could not look; then crier_up is 0. For the\n"
      "collector, write to another file first, and rename that. Rules for alerts stand in\n"
      "contrib/prometheus.\n"
      "\n"
      "Examples:\n"
      "  crier metrics\n"
      "  crier metrics --max-behind 2s");
  return {app, [options](Session& session) { return run_metrics(session, options->limits()); }};
}

}  // namespace crier::cli
