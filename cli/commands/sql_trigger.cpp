// SPDX-License-Identifier: MIT
#include "sql_trigger.hpp"

#include <crier/instruction.hpp>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "json.hpp"
#include "printable.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

namespace {

struct SqlTriggerOptions {
  std::string table;
  std::vector<std::string> id_columns;
  std::optional<std::string> refresher;
  std::optional<std::string> name;
  bool payload = false;
  bool drop = false;
};

void put_sql(const Session& session, const std::string& sql) {
  session.put(session.json ? line_of({{"sql", sql}}) : sql);
}

Guid refresher_of(const SqlTriggerOptions& options) {
  if (!options.refresher) {
    throw usage_error("--refresher is required; see crier sql-trigger --help");
  }
  const Guid refresher = parse_guid("--refresher", *options.refresher);
  if (refresher.empty() || refresher == kCanary) {
    throw usage_error("--refresher: no refresher can bear this GUID");
  }
  return refresher;
}

int run_sql_trigger(Session& session, const SqlTriggerOptions& options) {
  if (options.table.empty()) {  // which would stand for the instruction table
    throw usage_error("--table: the table's name is empty");
  }
  const std::string name = options.name.value_or(default_trigger_name(options.table));
  if (options.drop) {
    put_sql(session, drop_trigger_sql(name));
    return 0;
  }
  const TriggerRequest request{options.id_columns, refresher_of(options), options.payload};
  const OpenLog log = session.open(Access::read_only);
  Schema& schema = log.connection->schema();
  TableInfo table = schema.describe(options.table);
  if (table.kind == TableInfo::Kind::missing) {
    table.name = options.table;
  }
  put_sql(session, trigger_sql(table, schema.describe({}).name, name, request));
  if (may_replace_unheard(table, request)) {
    session.say(in_quotes(table.name) +
                " has a unique constraint besides the key: a row that REPLACE deletes because of "
                "that is told only where the writer has set PRAGMA recursive_triggers = ON");
  }
  return 0;
}

}  // namespace

Command add_sql_trigger(CLI::App& root) {
  CLI::App* app = root.add_subcommand(
      "sql-trigger", "Print SQL for triggers that publish each change of a table's rows");
  auto options = std::make_shared<SqlTriggerOptions>();
  app->add_option("--table", options->table, "The table")->required()->type_name("NAME");
  app->add_option("--refresher", options->refresher, "The refresher that is told")
      ->type_name("GUID");
  app->add_option("--id-column", options->id_columns,
                  "The column that holds the id (default: the primary key); with --payload given "
                  "again for each column of the key")
      ->expected(1)
      ->take_all()
      ->type_name("NAME");
  app->add_flag("--payload", options->payload,
                "Send the key as JSON, {\"op\":\"insert|update|delete\",\"key\":{...}}: for keys "
                "that are not one whole number");
  app->add_option("--name", options->name,
                  "The beginning of the triggers' names (default: crier_ and the table's); a table "
                  "with several refreshers needs one for each")
      ->type_name("PREFIX");
  app->add_flag("--drop", options->drop, "Print the SQL that drops the triggers");
  app->footer(
      "Nothing is changed: give the SQL to the database. What it makes takes the place of what "
      "the\n"
      "same command made before. Any writer is heard then, in any language, within one poll. A\n"
      "key that changes is a remove of the old one and a refresh of the new one.\n"
      "\n"
      "Examples:\n"
      "  crier sql-trigger --table products --refresher 7c9e6679-7425-40de-944b-e07fc1f90ae7\n"
      "  crier sql-trigger --table products --refresher 7c9e6679-7425-40de-944b-e07fc1f90ae7 "
      "--payload\n"
      "  crier sql-trigger --table prices --refresher 7c9e6679-7425-40de-944b-e07fc1f90ae7 "
      "--payload --id-column product --id-column shop\n"
      "  crier sql-trigger --table products --drop");
  return {app, [options](Session& session) { return run_sql_trigger(session, *options); }};
}

}  // namespace crier::cli
