// SPDX-License-Identifier: MIT
#pragma once

#include <crier/cluster.hpp>
#include <crier/store.hpp>

#include "store/sqlite/database.hpp"
#include "store/sqlite/sql_failures.hpp"
#include "store/sqlite/sqlite_appender.hpp"
#include "store/sqlite/sqlite_leases.hpp"
#include "store/sqlite/statement.hpp"

namespace crier::sqlite {

// Sends canaries through the instruction log.
class SqliteCanary {
 public:
  // Each canary rings `wakeup`.
  SqliteCanary(Database& database, Wakeup& wakeup) : database_(database), wakeup_(wakeup) {}

  std::optional<EntryId> send(const NewEntry& entry, std::chrono::milliseconds interval,
                              const Fence& fence);
  std::optional<Canary> newest();

 private:
  // Its age is below 0 where the clock was set back.
  [[nodiscard]] std::optional<Canary> read();
  [[nodiscard]] bool is_due(std::chrono::milliseconds interval);

  Database& database_;
  Wakeup& wakeup_;
  SqliteAppender appender_{database_};
  SqliteFence fence_{database_};
  Statement canary_{database_, sql::kCanary};
  Statement record_{database_, sql::kRecordCanary};
};

}  // namespace crier::sqlite
