// SPDX-License-Identifier: MIT
#pragma once

#include "session.hpp"

#include <functional>

namespace CLI {
class App;
}

namespace crier::cli {

// Exit codes, beside those of the app: 0, 1 (failed) and 2 (usage).
inline constexpr int kNotSo = 3;
inline constexpr int kCouldNotLook = 4;

// A subcommand of the tool. `run` returns the exit code; what it throws is said by the app.
struct Command {
  CLI::App* app;
  std::function<int(Session&)> run;
};

Command add_audit(CLI::App& root);
Command add_cache(CLI::App& root);
Command add_completion(CLI::App& root);
Command add_doctor(CLI::App& root);
Command add_events(CLI::App& root);
Command add_explain(CLI::App& root);
Command add_failures(CLI::App& root);
Command add_grants(CLI::App& root);
Command add_help(CLI::App& root);  // names the commands that were added before it
Command add_known_names(CLI::App& root);
Command add_list(CLI::App& root);
Command add_metrics(CLI::App& root);
Command add_migrate(CLI::App& root);
Command add_node(CLI::App& root);
Command add_nodes(CLI::App& root);
Command add_pause(CLI::App& root);
Command add_prune(CLI::App& root);
Command add_refreshers(CLI::App& root);
Command add_replay(CLI::App& root);
Command add_resume(CLI::App& root);
Command add_resync(CLI::App& root);
Command add_send(CLI::App& root);
Command add_serve(CLI::App& root);
Command add_show(CLI::App& root);
Command add_sql_trigger(CLI::App& root);
Command add_status(CLI::App& root);
Command add_tail(CLI::App& root);
Command add_top(CLI::App& root);
Command add_version(CLI::App& root);
Command add_wait(CLI::App& root);

// Creates or upgrades the tables, and prints what was applied.
int run_migrate(Session& session);

}  // namespace crier::cli
