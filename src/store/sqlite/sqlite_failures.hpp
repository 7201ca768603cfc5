// SPDX-License-Identifier: MIT
#pragma once

#include <crier/failures.hpp>
#include <crier/store.hpp>

#include "store/sqlite/database.hpp"
#include "store/sqlite/sql_failures.hpp"
#include "store/sqlite/sqlite_appender.hpp"
#include "store/sqlite/sqlite_leases.hpp"
#include "store/sqlite/statement.hpp"

namespace crier::sqlite {

class SqliteFailures final : public FailureLog {
 public:
  // Each retry rings `wakeup`.
  SqliteFailures(Database& database, Wakeup& wakeup) : database_(database), wakeup_(wakeup) {}

  void record(const std::vector<FailureRecord>& failures) override;
  std::vector<FailureRecord> list() override;
  std::optional<FailureRecord> find(std::int64_t id) override;
  std::optional<EntryId> retry(std::int64_t id, const std::string& originated) override;
  bool dismiss(std::int64_t id) override;
  std::size_t forget_older(std::chrono::milliseconds age, const Fence& fence) override;

 private:
  [[nodiscard]] std::optional<FailureRecord> read(std::int64_t id);

  Database& database_;
  Wakeup& wakeup_;
  const std::string& log_ = database_.place().table;
  SqliteAppender appender_{database_};
  SqliteFence fence_{database_};

  Statement forget_same_{database_, sql::kForgetSameFailure};
  Statement record_{database_, sql::kRecordFailure};
  Statement forget_excess_{database_, sql::kForgetExcessFailures};
  Statement failures_{database_, sql::kFailures};
  Statement failure_{database_, sql::kFailure};
  Statement forget_{database_, sql::kForgetFailure};
  Statement forget_old_{database_, sql::kForgetOldFailures};
};

}  // namespace crier::sqlite
