// SPDX-License-Identifier: MIT
#include "store/sql/migrated_schema.hpp"

#include <crier/error.hpp>

#include "base/ascii.hpp"
#include "base/quoting.hpp"
#include "store/sql/plans.hpp"
#include "store/sql/schema_facts.hpp"
#include "store/sql/schema_parts.hpp"
#include "store/sql/transaction.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

namespace crier::sql {
namespace {

const SchemaFact& record_of(const std::vector<SchemaFact>& expected) {
  return *std::ranges::find_if(expected, [](const SchemaFact& fact) {
    return fact.kind == SchemaFact::Kind::table && fact.table.ends_with("crierMigration");
  });
}

}  // namespace

MigratedSchema::MigratedSchema(Session& session, SchemaDriver& driver, std::vector<Migration> known)
    : session_(session),
      driver_(driver),
      migrator_(session.config().database, session.config().migrate_command, std::move(known)) {}

SchemaStatus MigratedSchema::status() {
  return session_.call("check", [&] {
    SchemaStatus status = migrator_.status(applied());
    if (status.version < status.understood && !session_.config().foreign_log) {
      // Recorded with the tables in one transaction: what is not by now never was.
      if (const int evident = evident_version(); evident > status.version) {
        status.state = SchemaState::altered;
        status.advice = unrecorded(evident);
      }
    }
    if (status.state == SchemaState::missing) {
      if (const std::string why = driver_.obstacle(); !why.empty()) {
        status.advice = why;
      }
    }
    if (session_.config().foreign_log) {
      status.advice = driver_.log_fault();
      status.state = status.advice.empty() ? SchemaState::current : SchemaState::missing;
    } else if (status.state == SchemaState::current) {
      const Damage found = damage(driver_, expected());
      status.advice = advice_for(found);
      if (!status.advice.empty()) {
        status.state = SchemaState::altered;
      } else if (!found.harmless.empty()) {
        status.lost_parts = changed(found.harmless);
        status.warnings.push_back(status.lost_parts);
      }
    }
    if (status.state == SchemaState::current) {
      std::ranges::move(driver_.warnings(), std::back_inserter(status.warnings));
      status.problems = driver_.problems();
    }
    return status;
  });
}

std::vector<Migration> MigratedSchema::pending() {
  return session_.call("check", [&] { return migrator_.pending(applied()); });
}

std::vector<Migration> MigratedSchema::migrate() {
  std::vector<Migration> done = apply_pending();
  if (!done.empty()) {
    note(done);
  }
  return done;
}

// For the history. That it can't be written does not undo what was migrated.
void MigratedSchema::note(const std::vector<Migration>& done) {
  std::string names;
  for (const Migration& migration : done) {
    names += (names.empty() ? "applied " : ", ") + migration.name;
  }
  try {
    session_.call("record", [&] {
      Transaction write(session_, Begin::write);
      record_event_.change({session_.config().log, std::string_view("migration"),
                            std::string_view(), Guid().to_string(), names, 0});
      write.commit();
    });
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): see above
  }
}

std::vector<Migration> MigratedSchema::apply_pending() {
  return session_.call("migrate", [&] {
    looks_ = true;
    // Refuses what is newer or altered before anything is touched.
    driver_.prepare_database(!migrator_.pending(applied()).empty());
    std::vector<Migration> done = migrator_.migrate(*this);
    if (!session_.config().foreign_log) {
      if (const std::string advice = advice_for(damage(driver_, expected())); !advice.empty()) {
        throw Error("migrate", advice);
      }
    }
    return done;
  });
}

std::vector<Repair> MigratedSchema::repair(bool dry_run) {
  return session_.call("repair", [&] {
    Transaction repair(session_, Begin::migration);
    std::vector<Repair> done;
    driver_.without_default_rights([&] {
      record_again(done);
      const SchemaStatus status = migrator_.status(applied());
      if (status.state == SchemaState::current) {
        std::ranges::move(mend_schema(session_, driver_), std::back_inserter(done));
      } else if (done.empty()) {
        throw Error("repair", status.advice);
      }
      if (status.state == SchemaState::current &&
          std::ranges::all_of(done, &std::string::empty, &Repair::failed)) {
        std::ranges::move(driver_.repair(), std::back_inserter(done));
      }
    });
    if (!dry_run && !done.empty()) {
      repair.commit();
    }
    return done;
  });
}

std::string MigratedSchema::grants(std::span<const RoleGrant> grants) {
  if (!driver_.has_roles()) {
    return Schema::grants(grants);
  }
  if (const SchemaStatus now = status(); now.state != SchemaState::current) {
    throw Error("grants", now.advice);
  }
  return session_.call("check", [&] { return driver_.grants(grants); });
}

std::optional<std::uint64_t> MigratedSchema::journal_bytes() {
  return session_.call("check", [&] { return driver_.journal_bytes(); });
}

std::vector<SetupCheck> MigratedSchema::check_setup() {
  std::vector<SetupCheck> checks = session_.call("check", [&] { return driver_.check_setup(); });
  const auto repair = [&]() -> std::string {
    const Damage found = session_.call("check", [&] { return damage(driver_, expected()); });
    const bool is_whole = found.wrong.empty() && found.harmless.empty();
    return is_whole || session_.config().foreign_log
               ? ""
               : session_.config().migrate_command + " --repair";
  };
  if (std::optional<SetupCheck> plans = check_plans(session_, driver_, repair)) {
    checks.push_back(std::move(*plans));
  }
  return checks;
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
  if (std::exchange(looks_, false)) {
    if (const int evident = evident_version(); evident >= migration.version) {
      throw Error("migrate", unrecorded(evident));
    }
  }
  driver_.without_default_rights([&] { session_.execute(migration.sql); });
  record_.change({migration.version, migration.name, migration.checksum});
}

std::string MigratedSchema::changed(const std::string& what) const {
  return what.empty() ? ""
                      : "the database '" + session_.config().database +
                            "' was migrated, and is not as that left it: " + what +
                            "; restore the database from a backup, or mend it with: " +
                            session_.config().migrate_command + " --repair";
}

std::string MigratedSchema::advice_for(const Damage& found) {
  return changed(found.wrong.empty() ? driver_.log_fault() : found.wrong);
}

const std::vector<SchemaFact>& MigratedSchema::expected() {
  if (expected_.empty()) {
    expected_ = schema_facts(schema_parts(driver_.schema()));
  }
  return expected_;
}

// crierMigration is made with the first tables, and shows nothing.
int MigratedSchema::evident_version() {
  const std::vector<SchemaFact>& expected = this->expected();
  const FoundFacts found = driver_.facts(expected);
  const std::string record = record_of(expected).table;
  return migrator_.evident([&](const std::string& table) {
    return table != record && found.contains(in_lower_case("the table " + table));
  });
}

std::string MigratedSchema::unrecorded(int evident) const {
  return "the database '" + session_.config().database + "' has crier's tables up to version " +
         std::to_string(evident) +
         ", and no record of the migrations that made them; if they are another program's, rename "
         "them, else have that recorded again with: " +
         session_.config().migrate_command + " --repair";
}

void MigratedSchema::record_again(std::vector<Repair>& repairs) {
  const int evident = evident_version();
  const int recorded = migrator_.status(applied()).version;
  if (evident <= recorded) {
    return;
  }
  const std::vector<SchemaFact>& expected = this->expected();
  const SchemaFact& record = record_of(expected);
  const auto is_of_record = [&](const SchemaFault& fault) {
    return fault.fact.table == record.table;
  };
  if (recorded == 0 &&
      std::ranges::any_of(schema_faults(expected, driver_.facts(expected)), is_of_record)) {
    repairs.push_back(attempt(session_,
                              repaired(SchemaFault{record, std::nullopt}, driver_.has_roles()),
                              "DROP TABLE IF EXISTS " + record.table + ";\n" + record.sql));
  }
  std::string rows;
  std::string names;
  for (int version = recorded + 1; version <= evident; ++version) {
    const Migration& migration = migrator_.known().at(static_cast<std::size_t>(version) - 1);
    rows += (rows.empty() ? "" : ",\n") + std::string("  (") + std::to_string(version) + ", " +
            sql_literal(migration.name) + ", " + sql_literal(migration.checksum) + ")";
    names += (names.empty() ? "" : ", ") + migration.name;
  }
  repairs.push_back(
      attempt(session_, "the record of these migrations was gone: " + names,
              "INSERT INTO " + record.table + " (version, name, checksum) VALUES\n" + rows + ";"));
}

}  // namespace crier::sql
