// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/schema.hpp>

#include "store/sql/migrator.hpp"
#include "store/sql/schema_driver.hpp"
#include "store/sql/statement.hpp"

#include <functional>
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
  TableInfo describe(std::string_view table) override;

 private:
  std::vector<AppliedMigration> applied() override;
  void in_transaction(const std::function<void()>& step) override;
  void apply(const Migration& migration) override;
  [[nodiscard]] std::string dropped() const;

  Session& session_;
  SchemaDriver& driver_;
  const Migrator migrator_;
  Statement has_migrations_{session_, "has_migrations"};
  Statement migrations_{session_, "migrations"};
  Statement record_{session_, "record_migration"};
};

}  // namespace crier::sql
