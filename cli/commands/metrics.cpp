// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "commands/commands.hpp"
#include "findings.hpp"
#include "json.hpp"
#include "limit_options.hpp"
#include "log_metrics.hpp"
#include "offer.hpp"
#include "replace_file.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace crier::cli {

namespace {

struct MetricsOptions {
  LimitOptions limits;
  MetricsStyle style;
  std::string output;
};

void put(const Session& session, const std::string& output, const std::string& text) {
  if (!output.empty()) {
    replace_file(output, text);
  } else {
    session.put(session.json ? line_of({{"metrics", text}}) : text.substr(0, text.size() - 1));
  }
}

int run_metrics(const Session& session, const MetricsOptions& options) {
  const Limits limits = options.limits.limits();
  static_cast<void>(open_store(session.require_store()));  // a wrong URL is no outage
  std::string text;
  int code = 0;
  try {
    const Facts facts = examine(session, limits);
    text = log_metrics(facts, judge(facts, limits), options.style);
  } catch (const Error& error) {
    if (error.invalid_argument()) {
      throw;
    }
    text = unknown_log_metrics(options.style);
    session.say(std::string("could not look: ") + error.what());
    code = kCouldNotLook;
  }
  put(session, options.output, text);
  return code;
}

}  // namespace

Command add_metrics(CLI::App& root) {
  CLI::App* app =
      root.add_subcommand("metrics", "Print the log and its nodes as figures for Prometheus");
  auto options = std::make_shared<MetricsOptions>();
  options->limits.add_to(*app);
  app->add_option("--log", options->style.log,
                  "A name for the log, which each figure then bears as the label \"log\"")
      ->type_name("NAME");
  offer(app->add_option("--output", options->output,
                        "Put them into this file, in one step: who reads it never sees half")
            ->type_name("FILE"),
        {Offer::Kind::files});
  app->add_flag_function(
      "--openmetrics",
      [options](std::int64_t) { options->style.format = MetricsFormat::open_metrics; },
      "In OpenMetrics' format, which the textfile collector does not read");
  app->footer(
      "In Prometheus' text format, for node_exporter's textfile collector or whatever serves it.\n"
      "crier_problem has each problem that crier status would tell of, by its code. Exits 0\n"
      "whatever is wrong with the nodes, and 4 if it could not look; then crier_up is 0. contrib\n"
      "has a timer of systemd's that writes them for the collector, rules for alerts, and a board\n"
      "for Grafana.\n"
      "\n"
      "Examples:\n"
      "  crier metrics\n"
      "  crier metrics --max-behind 2s\n"
      "  crier metrics --log shop --output crier.prom");
  return {app, [app, options](Session& session) {
            if (app->count("--log") > 0 && options->style.log.empty()) {
              throw usage_error("--log: the log's name is empty");
            }
            if (app->count("--output") > 0 && options->output.empty()) {
              throw usage_error("--output: the file's name is empty");
            }
            if (session.json && !options->output.empty()) {
              throw usage_error("give --output or --json, not both: the file is for Prometheus");
            }
            return run_metrics(session, *options);
          }};
}

}  // namespace crier::cli
