// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "commands/commands.hpp"
#include "health.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace crier::cli {

namespace {

int run_status(Session& session, const std::string& max_lag_text) {
  const std::int64_t max_lag = parse_lag("--max-lag", max_lag_text);
  std::optional<Facts> facts;
  Findings findings;
  try {
    facts = examine(*session.open(Access::read_only).connection);
    findings = judge(*facts, max_lag);
  } catch (const Error& error) {
    if (error.invalid_argument()) {
      throw;
    }
    findings.problems.emplace_back(error.what());
  }
  if (session.json) {
    session.put(line_of(health_json(facts, findings)));
  } else {
    for (const std::string& line : health_lines(facts, findings, session.paint)) {
      session.put(line);
    }
  }
  return findings.problems.empty() ? 0 : 3;
}

}  // namespace

Command add_status(CLI::App& root) {
  CLI::App* app = root.add_subcommand("status", "Say what is wrong; exits 3 where something is");
  auto max_lag = std::make_shared<std::string>("1000");
  app->add_option("--max-lag", *max_lag,
                  "How many entries a live node may be behind, as of its last beat (default: 1000)")
      ->type_name("N");
  app->footer(
      "Wrong is: a node that is stale, lags too far, whose poller is stalled, whose refreshers "
      "fail\n"
      "or hang, that has not proved for long that it is up to date, or that has not seen the\n"
      "canary, an entry without effect that the leader sends now and then; and a log that can't\n"
      "be read. A node that said goodbye is nothing wrong, and a warning is not either: what\n"
      "stands in the quarantine (crier failures) is one.\n"
      "\n"
      "Examples:\n"
      "  crier status\n"
      "  crier status --max-lag 50 --json");
  return {app, [max_lag](Session& session) { return run_status(session, *max_lag); }};
}

}  // namespace crier::cli
