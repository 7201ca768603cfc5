// SPDX-License-Identifier: MIT
#include "store/postgres/postgres_schema.hpp"

#include <crier/error.hpp>

#include <utility>

namespace crier::postgres {

PostgresSchema::PostgresSchema(Database& database, std::vector<Migration> known)
    : database_(database),
      migrator_(database.name(), database.place().migrate_command, std::move(known)) {}

SchemaStatus PostgresSchema::status() {
  return database_.call("check", [&] {
    SchemaStatus status = migrator_.status(applied());
    if (status.state == SchemaState::current && is_dropped()) {
      status.state = SchemaState::altered;
      status.advice = dropped();
    }
    return status;
  });
}

std::vector<Migration> PostgresSchema::pending() {
  return database_.call("check", [&] { return migrator_.pending(applied()); });
}

std::vector<Migration> PostgresSchema::migrate() {
  return database_.call("migrate", [&] {
    // Refuses what is newer or altered before anything is touched.
    if (!migrator_.pending(applied()).empty()) {
      make_schema();
    }
    std::vector<Migration> done = migrator_.migrate(*this);
    if (is_dropped()) {
      throw Error("migrate", dropped());
    }
    return done;
  });
}

std::vector<AppliedMigration> PostgresSchema::applied() {
  if (auto row = has_migrations_.run(); !row.step() || row.number(0) == 0) {
    return {};
  }
  std::vector<AppliedMigration> applied;
  auto rows = migrations_.run();
  while (rows.step()) {
    applied.push_back({static_cast<int>(rows.number(0)), rows.text(1), rows.text(2)});
  }
  return applied;
}

void PostgresSchema::in_transaction(const std::function<void()>& step) {
  try {
    database_.query(std::string(sql::kBeginMigration));
    step();
    database_.query("COMMIT");
  } catch (...) {
    database_.roll_back();
    throw;
  }
}

void PostgresSchema::apply(const Migration& migration) {
  database_.query(migration.sql);
  record_.change(migration.version, migration.name, migration.checksum);
}

// Asked first: where it is there, no right to make one is needed.
void PostgresSchema::make_schema() {
  const std::string& schema = database_.place().schema;
  if (schema.empty()) {
    return;
  }
  if (const Result there = database_.query("SELECT current_schema() IS NULL");
      there.number(0, 0) != 0) {
    // Of two that make it at once one would fail, without the lock.
    database_.query("SELECT pg_advisory_xact_lock(1668441459, 0); CREATE SCHEMA IF NOT EXISTS " +
                    sql::quoted_name(schema));
  }
}

bool PostgresSchema::is_dropped() {
  auto row = is_there_.run();
  return !row.step() || row.number(0) == 0;
}

std::string PostgresSchema::dropped() const {
  return "the database '" + database_.name() + "' was migrated, but its table '" +
         database_.place().table +
         "' was dropped or changed since; restore the database from a backup";
}

}  // namespace crier::postgres
