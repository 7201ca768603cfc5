// SPDX-License-Identifier: MIT
#include <crier/codec.hpp>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "entry_print.hpp"
#include "log_walk.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <string>

namespace crier::cli {

namespace {

int run_show(Session& session, const std::string& text) {
  const EntryId id = parse_entry_id("ID", text);
  const OpenLog log = session.open(Access::read_only);
  require_in_log(*log, id);
  const std::optional<Entry> entry = log->find(id);
  if (!entry) {
    session.say("no entry " + std::to_string(id.value) + ": " + extent(*log));
    return 1;
  }
  const Names names = Names::read(*log.connection);
  session.put(session.json ? to_json(*entry) : entry_text(*entry, {session.paint, &names}));
  return 0;
}

}  // namespace

Command add_show(CLI::App& root) {
  CLI::App* app = root.add_subcommand("show", "Print one entry with all its instructions");
  auto id = std::make_shared<std::string>();
  app->add_option("ID", *id, "The entry")->required()->type_name("");
  app->footer(
      "Examples:\n"
      "  crier show 7\n"
      "  crier show 7 --json");
  return {app, [id](Session& session) { return run_show(session, *id); }};
}

}  // namespace crier::cli
