// SPDX-License-Identifier: MIT
#include "soak/table.hpp"

#include "base/quoting.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace crier::soak {

namespace {

constexpr std::string_view kKeyIs = R"({"key":)";

}  // namespace

std::size_t part_of(const Guid& refresher) {
  return static_cast<std::size_t>(std::find(kParts.begin(), kParts.end(), refresher) -
                                  kParts.begin());
}

std::string key_name(std::size_t part, std::int64_t key) {
  return std::string(kPartNames.at(part)) + '/' + std::to_string(key);
}

std::vector<std::string> keys_of(const Instruction& instruction) {
  const std::size_t part = part_of(instruction.refresher);
  switch (instruction.type) {
    case RefreshType::refresh_by_ids: {
      std::vector<std::string> keys;
      for (const std::int64_t id : instruction.ids) {
        keys.push_back(key_name(part, id));
      }
      return keys;
    }
    case RefreshType::refresh_by_json:
      return {key_name(part, key_of(instruction.payload))};
    case RefreshType::refresh_by_id:
    case RefreshType::remove_by_id:
      return {key_name(part, instruction.id)};
    default:
      return {std::string(kPartNames.at(part)) + "/*"};
  }
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

std::int64_t wall_microseconds() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void Table::create(const std::string& store) {
  Table table(store);
  Transaction transaction(table.sql(), table.sql().begin());
  table.sql().exec(
      "CREATE TABLE soak_clock (version bigint NOT NULL);"
      "INSERT INTO soak_clock VALUES (0);"
      "CREATE TABLE soak_data (part bigint NOT NULL, key bigint NOT NULL,"
      " version bigint NOT NULL, PRIMARY KEY (part, key))");
  for (std::size_t part = 0; part <= kItemPart; ++part) {
    for (std::size_t key = 0; key < kKeys; ++key) {
      table.change(part, static_cast<std::int64_t>(key));
    }
  }
  transaction.commit();
}

// No two changes bear the same version, though one may remove what would bear it.
void Table::grow() {
  const std::string now = std::to_string(wall_microseconds());
  sql_->exec("UPDATE soak_clock SET version = CASE WHEN version < " + now + " THEN " + now +
             " ELSE version + 1 END");
}

void Table::change(std::size_t part, std::int64_t key) {
  grow();
  sql_->exec("INSERT INTO soak_data SELECT " + std::to_string(part) + ", " + std::to_string(key) +
             ", version FROM soak_clock WHERE true "
             "ON CONFLICT (part, key) DO UPDATE SET version = excluded.version");
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
      grow();
      sql_->exec("DELETE FROM soak_data WHERE part = " + std::to_string(part) +
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

EntryId Table::append(const std::string& json, const std::string& originated, std::size_t count) {
  return {sql_->rows(sql_->insertion(sql_literal(json) + ", " + sql_literal(originated) + ", " +
                                     std::to_string(count)))
              .at(0)
              .at(0)};
}

std::int64_t Table::version(std::size_t part, std::int64_t key) {
  const auto rows =
      sql_->rows("SELECT version FROM soak_data WHERE part = " + std::to_string(part) +
                 " AND key = " + std::to_string(key));
  return rows.empty() ? 0 : rows.at(0).at(0);
}

std::int64_t Table::newest_version() {
  return sql_->rows("SELECT version FROM soak_clock").at(0).at(0);
}

Snapshot Table::all(std::size_t part) {
  Transaction transaction(*sql_, sql_->begin_snapshot());
  Snapshot snapshot;
  snapshot.last_entry = {
      sql_->rows("SELECT coalesce(max(id), 0) FROM crierCacheInstruction").at(0).at(0)};
  for (const Sql::Row& row :
       sql_->rows("SELECT key, version FROM soak_data WHERE part = " + std::to_string(part))) {
    snapshot.versions.at(static_cast<std::size_t>(row.at(0))) = row.at(1);
  }
  transaction.commit();
  return snapshot;
}

}  // namespace crier::soak
