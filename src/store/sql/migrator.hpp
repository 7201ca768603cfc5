// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

// A migration's file: its name without ".sql", and what it holds.
struct MigrationFile {
  std::string_view name;
  std::string_view sql;
};

// Throws an Error unless the files are numbered 1..n, in order ("0001_instruction_log").
[[nodiscard]] std::vector<Migration> numbered(std::initializer_list<MigrationFile> files);

// What a database remembers of a migration.
struct AppliedMigration {
  int version = 0;
  std::string name;
  std::string checksum;
};

// The database that is migrated, in whatever dialect.
class MigrationTarget {
 public:
  virtual ~MigrationTarget() = default;
  // In order of version; empty if nothing was ever applied.
  virtual std::vector<AppliedMigration> applied() = 0;
  // Runs `step` in one transaction that keeps every other migrator out, and commits unless it
  // throws.
  virtual void in_transaction(const std::function<void()>& step) = 0;
  // Runs the SQL and records it. Called inside in_transaction().
  virtual void apply(const Migration& migration) = 0;
};

// Compares what a database has with what this build knows, and brings the one up to the other.
class Migrator {
 public:
  // `database` is how messages name it, `command` what a person runs to migrate it.
  Migrator(std::string database, std::string command, std::vector<Migration> known);

  // The newest migration of which a table is there; 0: none. `has` says which are.
  [[nodiscard]] int evident(const std::function<bool(const std::string&)>& has) const;
  [[nodiscard]] const std::vector<Migration>& known() const { return known_; }
  [[nodiscard]] SchemaStatus status(const std::vector<AppliedMigration>& applied) const;
  // Throws an Error if the database is newer or altered.
  [[nodiscard]] std::vector<Migration> pending(const std::vector<AppliedMigration>& applied) const;
  // Returns what was applied here. Throws as pending() does.
  std::vector<Migration> migrate(MigrationTarget& target) const;

 private:
  const std::string database_;
  const std::string command_;
  const std::vector<Migration> known_;
};

}  // namespace crier
