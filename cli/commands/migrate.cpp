// SPDX-License-Identifier: MIT
#include "commands/commands.hpp"
#include "json.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <vector>

namespace crier::cli {

namespace {

Json migration_json(const Migration& migration, bool with_sql) {
  Json json{{"version", migration.version}, {"name", migration.name}};
  if (with_sql) {
    json["sql"] = migration.sql;
  }
  return json;
}

int run(Session& session, bool dry_run) {
  const auto store = open_store(session.require_store());
  const std::vector<Migration> migrations =
      dry_run ? store->pending() : store->connect(Access::create)->schema().migrate();
  for (const Migration& migration : migrations) {
    session.put(session.json ? line_of(migration_json(migration, dry_run))
                : dry_run    ? "-- " + migration.name + "\n" + migration.sql
                             : "applied " + migration.name);
  }
  if (migrations.empty()) {
    session.say(store->name() + " is up to date (version " +
                std::to_string(store->connect(Access::read_only)->schema().status().version) + ")");
  }
  return 0;
}

}  // namespace

int run_migrate(Session& session) { return run(session, false); }

Command add_migrate(CLI::App& root) {
  CLI::App* app = root.add_subcommand("migrate", "Create or upgrade the tables");
  auto dry_run = std::make_shared<bool>(false);
  app->add_flag("--dry-run", *dry_run, "Print the SQL, and change nothing");
  app->footer(
      "Examples:\n"
      "  crier migrate\n"
      "  crier --store sqlite:shop.db migrate --dry-run");
  return {app, [dry_run](Session& session) { return run(session, *dry_run); }};
}

}  // namespace crier::cli
