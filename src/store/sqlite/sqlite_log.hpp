// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "store/sql/pruner.hpp"
#include "store/sqlite/database.hpp"
#include "store/sqlite/dialect.hpp"
#include "store/sqlite/row_statement.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/sqlite_appender.hpp"

namespace crier::sqlite {

// The instruction log. A table that another program made may hold anything: its bytes are handed on
// as they are.
class SqliteLog final : public InstructionLog {
 public:
  // Each append rings `wakeup`.
  SqliteLog(Database& database, Wakeup& wakeup) : database_(database), wakeup_(wakeup) {}

  EntryId append(std::span<const NewEntry> entries) override;
  void read_after(EntryId after, const ReadLimits& limits, Page& page) override;
  std::vector<Entry> read_before(EntryId before, std::size_t count) override;
  std::int64_t backlog(EntryId after, std::int64_t limit, std::string_view except) override;
  std::optional<Entry> find(EntryId id) override;
  Cursor newest() override;
  std::optional<LogBounds> bounds() override;
  Pruned prune(const PruneOrder& order) override { return pruner_.prune(order); }
  EntryId pruned_through() override { return pruner_.pruned_through(); }

 private:
  Database& database_;
  Wakeup& wakeup_;
  SqliteAppender appender_{database_};
  RowStatement read_after_{database_, sql::kReadAfter};
  RowStatement read_before_{database_, sql::kReadBefore};
  RowStatement backlog_{database_, sql::kBacklog};
  RowStatement find_{database_, sql::kFind};
  RowStatement newest_{database_, sql::kNewest};
  RowStatement bounds_{database_, sql::kBounds};
  sql::SqlPruner<Dialect> pruner_{database_};
};

}  // namespace crier::sqlite
