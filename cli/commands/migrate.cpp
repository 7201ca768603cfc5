// SPDX-License-Identifier: MIT
#include "action_note.hpp"
#include "commands/commands.hpp"
#include "json.hpp"
#include "printable.hpp"

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

int repair(Session& session, bool dry_run) {
  const auto store = open_store(session.require_store());
  const auto connection = store->connect(Access::read_write);
  const std::vector<Repair> repairs = connection->schema().repair(dry_run);
  bool all_done = true;
  for (const Repair& one : repairs) {
    if (session.json) {
      session.put(line_of({{"what", one.what},
                           {"sql", one.sql},
                           {"failed", or_null(!one.failed.empty(), one.failed)}}));
    } else if (!one.failed.empty()) {
      session.say("can't repair: " + one.what + ": " + printable(one.failed));
    } else {
      session.put(dry_run ? "-- " + one.what + "\n" + one.sql : "repaired: " + one.what);
    }
    all_done = all_done && one.failed.empty();
    if (one.failed.empty() && !dry_run) {
      note_action(session, *connection, "repaired: " + one.what);
    }
  }
  if (repairs.empty()) {
    session.say(store->name() + " needs no repair");
  }
  return all_done ? 0 : 1;
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
  if (dry_run && !migrations.empty()) {
    return 0;
  }
  const SchemaStatus status = store->connect(Access::read_only)->schema().status();
  if (migrations.empty()) {
    session.say(store->name() + " is up to date (version " + std::to_string(status.version) + ")");
  }
  for (const std::string& warning : status.warnings) {
    session.say("warning: " + warning);
  }
  return 0;
}

}  // namespace

int run_migrate(Session& session) { return run(session, false); }

Command add_migrate(CLI::App& root) {
  CLI::App* app = root.add_subcommand("migrate", "Create or upgrade the tables");
  auto dry_run = std::make_shared<bool>(false);
  auto repairs = std::make_shared<bool>(false);
  app->add_flag("--dry-run", *dry_run, "Print the SQL, and change nothing");
  app->add_flag("--repair", *repairs,
                "Mend tables that were truncated, dropped or restored in part");
  app->footer(
      "What --repair finds missing it makes again. Entries that are gone stay gone: nodes notice,\n"
      "and refresh everything. New entries get ids above all that were seen.\n"
      "\n"
      "Examples:\n"
      "  crier migrate\n"
      "  crier migrate --repair --dry-run\n"
      "  crier --store sqlite:shop.db migrate --dry-run");
  return {app, [dry_run, repairs](Session& session) {
            return *repairs ? repair(session, *dry_run) : run(session, *dry_run);
          }};
}

}  // namespace crier::cli
