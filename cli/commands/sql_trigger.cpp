// SPDX-License-Identifier: MIT
#include "sql_trigger.hpp"

#include <crier/instruction.hpp>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "json.hpp"
#include "offer.hpp"
#include "printable.hpp"
#include "trigger_list.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

namespace {

constexpr std::size_t kLongestList = 16 * 1024 * 1024;

struct SqlTriggerOptions {
  std::string table = {};
  std::optional<std::string> all_tables = {};
  std::vector<std::string> id_columns = {};
  std::optional<std::string> refresher = {};
  std::optional<std::string> name = {};
  bool payload = false;
  std::optional<std::string> tag = {};
  bool drop = false;
};

void put_sql(const Session& session, const std::string& sql) {
  session.put(session.json ? line_of({{"sql", sql}}) : sql);
}

struct Target {
  bool is_postgres = false;
  std::string app;
};

Target target_of(const Session& session) {
  if (session.store_url.empty()) {
    return {};
  }
  const auto store = open_store(session.store_url);
  return {store->name().starts_with("postgresql:"), store->app()};
}

Guid refresher_of(const SqlTriggerOptions& options) {
  if (!options.refresher) {
    throw usage_error("--refresher is required; see crier sql-trigger --help");
  }
  const Guid refresher = parse_guid("--refresher", *options.refresher);
  if (refresher.empty() || is_reserved(refresher)) {
    throw usage_error("--refresher: no refresher can bear this GUID");
  }
  return refresher;
}

// SQL for one table. What it can't hear of is said.
std::string sql_for(const Session& session, const OpenLog& log, const Target& target,
                    const SqlTriggerOptions& options, const Guid& refresher) {
  if (options.tag && (options.payload || !options.id_columns.empty())) {
    throw usage_error(
        "--tag: the tag names its columns itself; leave out --payload and --id-column");
  }
  TriggerRequest request{options.id_columns, refresher, options.payload, target.app,
                         log->is_umbracos()};
  if (options.tag) {
    request.tag.emplace(*options.tag);
  }
  Schema& schema = log.connection->schema();
  TableInfo table = schema.describe(options.table);
  if (table.kind == TableInfo::Kind::missing) {
    table.name = options.table;
  }
  const TableInfo instructions = schema.describe({});
  const std::string name =
      options.name.value_or(target.is_postgres ? default_trigger_name(table.name)
                                               : default_trigger_name(options.table, target.app));
  if (target.is_postgres) {
    return options.drop ? drop_postgres_trigger_sql(table, name)
                        : postgres_trigger_sql(table, instructions, name, request);
  }
  std::string sql = trigger_sql(table, instructions.name, name, request);
  if (may_replace_unheard(table, request)) {
    session.say(in_quotes(table.name) +
                " has a unique constraint besides the key: a row that REPLACE deletes because of "
                "that is told only if the writer has set PRAGMA recursive_triggers = ON");
  }
  return sql;
}

std::string drop_sql(const SqlTriggerOptions& options, const Target& target) {
  return drop_trigger_sql(options.name.value_or(default_trigger_name(options.table, target.app)),
                          target.app);
}

// All that the file asks for is looked at before anything is printed.
int run_all_tables(Session& session, const SqlTriggerOptions& options) {
  if (!options.table.empty() || options.refresher || options.name || options.payload ||
      options.tag || !options.id_columns.empty()) {
    throw usage_error("--all-tables: the file says what --table and the like would");
  }
  const std::vector<ListedTriggers> list = parse_trigger_list(
      read_bytes("--all-tables", *options.all_tables == "-" ? "-" : "@" + *options.all_tables,
                 session.streams.in, kLongestList));
  const Target target = target_of(session);
  const OpenLog log = session.open(Access::read_only);
  std::vector<std::string> all;
  for (const ListedTriggers& one : list) {
    const SqlTriggerOptions each{.table = one.table,
                                 .id_columns = one.id_columns,
                                 .name = one.name,
                                 .payload = one.payload,
                                 .tag = one.tag,
                                 .drop = options.drop};
    all.push_back(options.drop && !target.is_postgres
                      ? drop_sql(each, target)
                      : sql_for(session, log, target, each, one.refresher));
  }
  for (const std::string& sql : all) {
    put_sql(session, sql);
  }
  return 0;
}

int run_sql_trigger(Session& session, const SqlTriggerOptions& options) {
  if (options.all_tables) {
    return run_all_tables(session, options);
  }
  if (options.table.empty()) {  // which would stand for the instruction table
    throw usage_error("--table: the table's name is empty");
  }
  const Target target = target_of(session);
  if (options.drop && !target.is_postgres) {
    put_sql(session, drop_sql(options, target));
    return 0;
  }
  const Guid refresher = options.drop ? Guid() : refresher_of(options);
  const OpenLog log = session.open(Access::read_only);
  put_sql(session, sql_for(session, log, target, options, refresher));
  return 0;
}

}  // namespace

Command add_sql_trigger(CLI::App& root) {
  CLI::App* app = root.add_subcommand(
      "sql-trigger", "Print SQL for triggers that publish each change of a table's rows");
  auto options = std::make_shared<SqlTriggerOptions>();
  app->add_option("--table", options->table, "The table")->type_name("NAME");
  offer(app->add_option(
               "--all-tables", options->all_tables,
               "Print the SQL for each table that the file (- is standard input) names, a line "
               "each: TABLE REFRESHER [COLUMN ...], or a JSON object with table, refresher and, "
               "if wanted, idColumns, payload, tag and name")
            ->type_name("FILE"),
        {Offer::Kind::files});
  app->add_option("--refresher", options->refresher, "The refresher that is told")
      ->type_name("GUID");
  app->add_option("--id-column", options->id_columns,
                  "The column that holds the id (default: the primary key); with --payload, give "
                  "it once for each column of the key")
      ->expected(1)
      ->take_all()
      ->type_name("NAME");
  app->add_flag("--payload", options->payload,
                "Send the key as JSON, {\"op\":\"insert|update|delete\",\"key\":{...}}: for keys "
                "that are not one whole number");
  app->add_option("--tag", options->tag,
                  "Send this tag of a hybrid cache, in which {COLUMN} stands for what the row has "
                  "there: 'product:{id}'")
      ->type_name("TEXT");
  app->add_option("--name", options->name,
                  "The beginning of the triggers' names (default: crier_ and the table's); a table "
                  "with several refreshers needs one for each")
      ->type_name("PREFIX");
  app->add_flag("--drop", options->drop, "Print the SQL that drops the triggers");
  app->footer(
      "Nothing is changed: give the SQL to the database. Its triggers take the place of those\n"
      "that the same command made before. Any writer is heard then, in any language, within one "
      "poll. A\n"
      "key that changes is a remove of the old one and a refresh of the new one. On PostgreSQL one "
      "entry tells of all rows of a statement; if they are more than 1000,\n"
      "it says that everything has changed.\n"
      "NAME is read as SQL reads it: shop.products, \"Products\".\n"
      "\n"
      "Examples:\n"
      "  crier sql-trigger --table products --refresher 7c9e6679-7425-40de-944b-e07fc1f90ae7\n"
      "  crier sql-trigger --table products --refresher 7c9e6679-7425-40de-944b-e07fc1f90ae7 "
      "--payload\n"
      "  crier sql-trigger --table prices --refresher 7c9e6679-7425-40de-944b-e07fc1f90ae7 "
      "--payload --id-column product --id-column shop\n"
      "  crier sql-trigger --table products --refresher 0f3f6a52-41c9-4f6e-9d55-2b0a4f0e8c11 "
      "--tag 'product:{id}'\n"
      "  crier sql-trigger --table products --drop\n"
      "  crier sql-trigger --all-tables triggers.txt");
  return {app, [options](Session& session) { return run_sql_trigger(session, *options); }};
}

}  // namespace crier::cli
