// SPDX-License-Identifier: MIT
#include "bench/bare.hpp"

namespace crier::bench {

Bare::Bare(const std::string& path, const std::string& synchronous) : database_(path, synchronous) {
  // The stamp is the column's default: the expression that crier writes too.
  insert_ = database_.prepare(
      "INSERT INTO crierCacheInstruction (jsonInstruction, originated, instructionCount) "
      "VALUES (?1, ?2, ?3)");
  scan_ = database_.prepare(
      "SELECT id, utcStamp, originated, instructionCount, jsonInstruction "
      "FROM crierCacheInstruction WHERE id >= 0 ORDER BY id");
  after_ = database_.prepare(
      "SELECT id, utcStamp, originated, instructionCount, jsonInstruction "
      "FROM crierCacheInstruction WHERE id > ?1 ORDER BY id");
}

void Bare::insert(const NewEntry& entry) {
  sqlite3_stmt* const row = insert_.get();
  const auto bind = [row](int at, const std::string& text) {
    sqlite3_bind_text(row, at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  };
  bind(1, entry.json_instruction);
  bind(2, entry.originated);
  sqlite3_bind_int64(row, 3, entry.instruction_count);
  const bool done = sqlite3_step(row) == SQLITE_DONE;
  sqlite3_reset(row);
  database_.check(done);
}

std::int64_t Bare::read_after(std::int64_t id, const std::function<void(std::int64_t)>& take) {
  sqlite3_stmt* const rows = after_.get();
  sqlite3_bind_int64(rows, 1, id);
  while (sqlite3_step(rows) == SQLITE_ROW) {
    id = sqlite3_column_int64(rows, 0);
    take(sqlite3_column_int64(rows, 3));
  }
  database_.check(sqlite3_reset(rows) == SQLITE_OK);
  return id;
}

std::int64_t Bare::scan() {
  sqlite3_stmt* const rows = scan_.get();
  std::int64_t bytes = 0;
  while (sqlite3_step(rows) == SQLITE_ROW) {
    bytes += sqlite3_column_int64(rows, 0) > 0 ? 1 : 0;
    bytes += sqlite3_column_int64(rows, 3) > 0 ? 1 : 0;
    for (const int text : {1, 2, 4}) {
      bytes += *sqlite3_column_text(rows, text) == 0 ? 0 : sqlite3_column_bytes(rows, text);
    }
  }
  database_.check(sqlite3_reset(rows) == SQLITE_OK);
  return bytes;
}

}  // namespace crier::bench
