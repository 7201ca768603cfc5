// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "store/migrator.hpp"
#include "store/sqlite/database.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace crier::sqlite {

// migrations/sqlite/*.sql, embedded when crier is built.
[[nodiscard]] std::vector<Migration> migrations();

// crier's tables, and what stands in the place of its log where the URL names a table.
class SqliteSchema final : public Schema, private MigrationTarget {
 public:
  explicit SqliteSchema(Database& database, std::vector<Migration> known = migrations());

  SchemaStatus status() override;
  std::vector<Migration> pending() override;
  std::vector<Migration> migrate() override;
  TableInfo describe(std::string_view table) override;

 private:
  std::vector<AppliedMigration> applied() override;
  void in_transaction(const std::function<void()>& step) override;
  void apply(const Migration& migration) override;

  void use_wal();
  // What keeps the instruction table from being one; empty: nothing.
  [[nodiscard]] std::string table_fault();
  [[nodiscard]] std::string dropped() const;

  Database& database_;
  const Migrator migrator_;
};

}  // namespace crier::sqlite
