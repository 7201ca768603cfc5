// SPDX-License-Identifier: MIT
#include "store/sql/migrated_schema.hpp"

#include <crier/error.hpp>

#include "store/sql/transaction.hpp"

#include <utility>

namespace crier::sql {

MigratedSchema::MigratedSchema(Session& session, SchemaDriver& driver, std::vector<Migration> known)
    : session_(session),
      driver_(driver),
      migrator_(session.config().database, session.config().migrate_command, std::move(known)) {}

SchemaStatus MigratedSchema::status() {
  return session_.call("check", [&] {
    SchemaStatus status = migrator_.status(applied());
    if (session_.config().foreign_log) {
      status.advice = driver_.log_fault();
      status.state = status.advice.empty() ? SchemaState::current : SchemaState::missing;
    } else if (status.state == SchemaState::current && !driver_.log_fault().empty()) {
      status.state = SchemaState::altered;
      status.advice = dropped();
    }
    return status;
  });
}

std::vector<Migration> MigratedSchema::pending() {
  return session_.call("check", [&] { return migrator_.pending(applied()); });
}

std::vector<Migration> MigratedSchema::migrate() {
  return session_.call("migrate", [&] {
    // Refuses what is newer or altered before anything is touched.
    driver_.prepare_database(!migrator_.pending(applied()).empty());
    std::vector<Migration> done = migrator_.migrate(*this);
    if (!session_.config().foreign_log && !driver_.log_fault().empty()) {
      throw Error("migrate", dropped());
    }
    return done;
  });
}

TableInfo MigratedSchema::describe(std::string_view table) {
  return session_.call("describe", [&] {
    return driver_.describe(table.empty() ? std::string_view(session_.config().log) : table);
  });
}

std::vector<AppliedMigration> MigratedSchema::applied() {
  if (Rows row = has_migrations_.run(); !row.step() || !row.flag(0)) {
    return {};
  }
  std::vector<AppliedMigration> applied;
  Rows rows = migrations_.run();
  while (rows.step()) {
    applied.push_back(
        {static_cast<int>(rows.integer(0)), std::string(rows.text(1)), std::string(rows.text(2))});
  }
  return applied;
}

void MigratedSchema::in_transaction(const std::function<void()>& step) {
  Transaction migration(session_, Begin::migration);
  step();
  migration.commit();
}

void MigratedSchema::apply(const Migration& migration) {
  session_.execute(migration.sql);
  record_.change({migration.version, migration.name, migration.checksum});
}

std::string MigratedSchema::dropped() const {
  const StoreConfig& config = session_.config();
  return "the database '" + config.database + "' was migrated, but its table '" + config.log +
         "' was dropped or changed since; restore the database from a backup";
}

}  // namespace crier::sql
