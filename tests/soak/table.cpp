// SPDX-License-Identifier: MIT
#include "soak/table.hpp"

#include <algorithm>
#include <charconv>

namespace crier::soak {

namespace {

constexpr int kBusyMs = 20'000;
constexpr std::string_view kKeyIs = R"({"key":)";

}  // namespace

std::size_t part_of(const Guid& refresher) {
  return static_cast<std::size_t>(std::find(kParts.begin(), kParts.end(), refresher) -
                                  kParts.begin());
}

std::int64_t key_of(std::string_view payload) {
  std::int64_t key = 0;
  payload.remove_prefix(std::min(kKeyIs.size(), payload.size()));
  std::from_chars(payload.data(), payload.data() + payload.size(), key);
  return key;
}

std::string payload_of(std::size_t key, const std::string& serial) {
  return std::string(kKeyIs) + std::to_string(key) + R"(,"serial":")" + serial + R"("})";
}

Table::Table(const std::string& file)
    : database_(file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyMs) {}

void Table::create(const std::string& file) {
  Table table(file);
  table.database_.exec(
      "PRAGMA journal_mode=WAL;"
      "BEGIN IMMEDIATE;"
      "CREATE TABLE soak_clock (version INTEGER NOT NULL);"
      "INSERT INTO soak_clock VALUES (0);"
      "CREATE TABLE soak_data (part INTEGER NOT NULL, key INTEGER NOT NULL,"
      " version INTEGER NOT NULL, PRIMARY KEY (part, key)) WITHOUT ROWID");
  for (std::size_t part = 0; part < kParts.size(); ++part) {
    for (std::size_t key = 0; key < kKeys; ++key) {
      table.change(part, static_cast<std::int64_t>(key));
    }
  }
  table.database_.exec("COMMIT");
}

void Table::change(std::size_t part, std::int64_t key) {
  database_.exec("UPDATE soak_clock SET version = version + 1");
  database_.exec("INSERT OR REPLACE INTO soak_data SELECT " + std::to_string(part) + ',' +
                 std::to_string(key) + ", version FROM soak_clock");
}

void Table::change(const Instruction& instruction) {
  const std::size_t part = part_of(instruction.refresher);
  switch (instruction.type) {
    case RefreshType::refresh_by_id:
      change(part, instruction.id);
      break;
    case RefreshType::refresh_by_ids:
      for (const std::int64_t id : instruction.ids) {
        change(part, id);
      }
      break;
    case RefreshType::refresh_by_json:
      change(part, key_of(instruction.payload));
      break;
    case RefreshType::remove_by_id:
      database_.exec("DELETE FROM soak_data WHERE part = " + std::to_string(part) +
                     " AND key = " + std::to_string(instruction.id));
      break;
    case RefreshType::refresh_all:
    case RefreshType::refresh_by_guid:
      for (std::size_t key = 0; key < kKeys; ++key) {
        change(part, static_cast<std::int64_t>(key));
      }
      break;
  }
}

std::int64_t Table::version(std::size_t part, std::int64_t key) {
  SQLite::Statement row(database_, "SELECT version FROM soak_data WHERE part = ? AND key = ?");
  row.bind(1, static_cast<std::int64_t>(part));
  row.bind(2, key);
  return row.executeStep() ? row.getColumn(0).getInt64() : 0;
}

std::int64_t Table::newest_version() {
  return database_.execAndGet("SELECT version FROM soak_clock").getInt64();
}

Snapshot Table::all(std::size_t part) {
  SQLite::Transaction transaction(database_);
  Snapshot snapshot;
  snapshot.last_entry = {
      database_.execAndGet("SELECT coalesce(max(id), 0) FROM crierCacheInstruction").getInt64()};
  snapshot.newest_version = newest_version();
  SQLite::Statement rows(database_, "SELECT key, version FROM soak_data WHERE part = ?");
  rows.bind(1, static_cast<std::int64_t>(part));
  while (rows.executeStep()) {
    snapshot.versions.at(static_cast<std::size_t>(rows.getColumn(0).getInt64())) =
        rows.getColumn(1).getInt64();
  }
  rows.reset();
  transaction.commit();
  return snapshot;
}

}  // namespace crier::soak
