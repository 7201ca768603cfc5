// SPDX-License-Identifier: MIT
#include "store/sqlite/sqlite_canary.hpp"

#include "store/sqlite/write.hpp"

#include <SQLiteCpp/Column.h>

#include <algorithm>

namespace crier::sqlite {

std::optional<EntryId> SqliteCanary::send(const NewEntry& entry, std::chrono::milliseconds interval,
                                          const Fence& fence) {
  if (database_.place().foreign_table) {
    return std::nullopt;
  }
  return database_.call("send", [&]() -> std::optional<EntryId> {
    // Asked far more often than one is due: that takes no lock.
    if (!is_due(interval)) {
      return std::nullopt;
    }
    Write write(database_);
    if (!is_due(interval) || !fence_.holds(fence)) {
      return std::nullopt;
    }
    const EntryId id = appender_.append(entry);
    record_.change(database_.place().table, id.value);
    write.commit();
    wakeup_.ring();
    return id;
  });
}

std::optional<Canary> SqliteCanary::newest() {
  return database_.call("read", [&]() -> std::optional<Canary> {
    try {
      std::optional<Canary> newest = read();
      if (newest) {
        newest->age = std::max(newest->age, std::chrono::milliseconds(0));
      }
      return newest;
    } catch (const SQLite::Exception& error) {
      if (!is_missing_node_table(error)) {
        throw;
      }
      return std::nullopt;
    }
  });
}

std::optional<Canary> SqliteCanary::read() {
  Statement::Run row = canary_.run(database_.place().table);
  if (!row->executeStep()) {
    return std::nullopt;
  }
  return Canary{{row->getColumn(0).getInt64()},
                std::chrono::milliseconds(row->getColumn(1).getInt64())};
}

bool SqliteCanary::is_due(std::chrono::milliseconds interval) {
  const std::optional<Canary> last = read();
  return !last || last->age < std::chrono::milliseconds(0) || last->age >= interval;
}

}  // namespace crier::sqlite
