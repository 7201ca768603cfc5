// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/schema.hpp>

#include "store/sql/migrator.hpp"
#include "store/sql/schema_driver.hpp"
#include "store/sql/schema_repair.hpp"
#include "store/sql/statement.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace crier::sql {

// crier's tables in a database, and the migrations that make them.
class MigratedSchema final : public Schema, private MigrationTarget {
 public:
  MigratedSchema(Session& session, SchemaDriver& driver, std::vector<Migration> known);

  SchemaStatus status() override;
  std::vector<Migration> pending() override;
  std::vector<Migration> migrate() override;
  std::vector<Repair> repair(bool dry_run) override;
  std::string grants(std::span<const RoleGrant> grants) override;
  std::optional<std::uint64_t> journal_bytes() override;
  std::vector<SetupCheck> check_setup() override;
  TableInfo describe(std::string_view table) override;

 private:
  std::vector<AppliedMigration> applied() override;
  void in_transaction(const std::function<void()>& step) override;
  void apply(const Migration& migration) override;
  std::vector<Migration> apply_pending();
  void note(const std::vector<Migration>& done);
  // That `what` has changed since the last migration, and what to do; empty if it is.
  [[nodiscard]] std::string changed(const std::string& what) const;
  // The same of what a node can't do without.
  [[nodiscard]] std::string advice_for(const Damage& found);
  // What schema/ says.
  [[nodiscard]] const std::vector<SchemaFact>& expected();
  // The version that the tables show, whatever is recorded.
  [[nodiscard]] int evident_version();
  [[nodiscard]] std::string unrecorded(int evident) const;
  void record_again(std::vector<Repair>& repairs);

  Session& session_;
  SchemaDriver& driver_;
  const Migrator migrator_;
  std::vector<SchemaFact> expected_;  // once it was asked for
  bool looks_ = true;  // before the first migration of a call, at what is there already
  Statement has_migrations_{session_, "has_migrations"};
  Statement migrations_{session_, "migrations"};
  Statement record_{session_, "record_migration"};
  Statement record_event_{session_, "record_event"};
};

}  // namespace crier::sql
