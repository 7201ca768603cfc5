// SPDX-License-Identifier: MIT
#include "store/sql/migrator.hpp"

#include <crier/error.hpp>

#include "base/hash.hpp"
#include "base/hex.hpp"

#include <charconv>
#include <cstddef>
#include <utility>

namespace crier {
namespace {

std::string checksum_of(std::string_view sql) { return hex_of(fnv1a64(sql)); }

bool same(const AppliedMigration& applied, const Migration& known) {
  return applied.version == known.version && applied.checksum == known.checksum;
}

}  // namespace

std::vector<Migration> numbered(std::initializer_list<MigrationFile> files) {
  std::vector<Migration> migrations;
  for (const MigrationFile& file : files) {
    const int expected = static_cast<int>(migrations.size()) + 1;
    int version = 0;
    const char* const end = file.name.data() + file.name.size();
    const char* const rest = std::from_chars(file.name.data(), end, version).ptr;
    if (version != expected || rest == end || *rest != '_') {
      throw Error("migrate", "migration " + std::string(file.name) + " should have number " +
                                 std::to_string(expected));
    }
    migrations.push_back(
        {version, std::string(file.name), std::string(file.sql), checksum_of(file.sql)});
  }
  return migrations;
}

Migrator::Migrator(std::string database, std::string command, std::vector<Migration> known)
    : database_(std::move(database)), command_(std::move(command)), known_(std::move(known)) {}

int Migrator::evident(const std::function<bool(const std::string&)>& has) const {
  constexpr std::string_view kMakes = "CREATE TABLE ";
  int version = 0;
  for (const Migration& migration : known_) {
    const std::string& sql = migration.sql;
    for (std::size_t at = 0; (at = sql.find(kMakes, at)) != std::string::npos;) {
      at += kMakes.size();
      if (has(sql.substr(at, sql.find_first_of(" (", at) - at))) {
        version = migration.version;
      }
    }
  }
  return version;
}

SchemaStatus Migrator::status(const std::vector<AppliedMigration>& applied) const {
  SchemaStatus status;
  status.version = applied.empty() ? 0 : applied.back().version;
  status.understood = static_cast<int>(known_.size());
  const std::string has = "the database '" + database_ + "' has crier's tables in version " +
                          std::to_string(status.version);
  const std::string understood = std::to_string(status.understood);

  if (applied.empty()) {
    status.state = SchemaState::missing;
    status.advice =
        "the database '" + database_ + "' has no tables of crier's; create them with: " + command_;
    return status;
  }
  if (status.version > status.understood) {
    status.state = SchemaState::newer;
    status.advice = has + ", and this crier understands them up to version " + understood +
                    "; use a newer crier";
    return status;
  }
  for (std::size_t i = 0; i < applied.size(); ++i) {
    if (!same(applied[i], known_[i])) {
      status.state = SchemaState::altered;
      status.advice = "the database '" + database_ + "' was not migrated with the " +
                      known_[i].name + " that this crier has; use the crier that migrated it";
      return status;
    }
  }
  if (status.version < status.understood) {
    status.state = SchemaState::older;
    status.advice = has + ", and this crier needs version " + understood +
                    "; upgrade them with: " + command_ + " (or set migrate_on_start)";
    return status;
  }
  status.state = SchemaState::current;
  return status;
}

std::vector<Migration> Migrator::pending(const std::vector<AppliedMigration>& applied) const {
  const SchemaStatus now = status(applied);
  if (now.state == SchemaState::newer || now.state == SchemaState::altered) {
    throw Error("migrate", now.advice);
  }
  return {known_.begin() + now.version, known_.end()};
}

std::vector<Migration> Migrator::migrate(MigrationTarget& target) const {
  std::vector<Migration> done;
  while (!pending(target.applied()).empty()) {
    target.in_transaction([&] {
      // Another migrator may have been faster: look again, now that it is kept out.
      const std::vector<Migration> left = pending(target.applied());
      if (!left.empty()) {
        target.apply(left.front());
        done.push_back(left.front());
      }
    });
  }
  return done;
}

}  // namespace crier
