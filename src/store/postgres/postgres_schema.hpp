// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "store/migrator.hpp"
#include "store/postgres/dialect.hpp"

#include <functional>
#include <string>
#include <vector>

namespace crier::postgres {

// migrations/postgresql/*.sql, embedded when crier is built.
[[nodiscard]] std::vector<Migration> migrations();

// crier's tables, in the schema that the URL names or that comes first on the search_path.
class PostgresSchema final : public Schema, private MigrationTarget {
 public:
  explicit PostgresSchema(Database& database, std::vector<Migration> known = migrations());

  SchemaStatus status() override;
  std::vector<Migration> pending() override;
  std::vector<Migration> migrate() override;

 private:
  std::vector<AppliedMigration> applied() override;
  void in_transaction(const std::function<void()>& step) override;
  void apply(const Migration& migration) override;

  void make_schema();
  // The log or its counter is gone.
  [[nodiscard]] bool is_dropped();
  [[nodiscard]] std::string dropped() const;

  Database& database_;
  const Migrator migrator_;
  Statement has_migrations_{database_, sql::kHasMigrations};
  Statement migrations_{database_, sql::kMigrations};
  Statement record_{database_, sql::kRecordMigration};
  Statement is_there_{database_, sql::kLogIsThere};
};

}  // namespace crier::postgres
