// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "store/postgres/bell.hpp"
#include "store/postgres/dialect.hpp"
#include "store/sql/pruner.hpp"

namespace crier::postgres {

class PostgresLog final : public InstructionLog {
 public:
  // Each append rings `bell`.
  PostgresLog(Database& database, Bell& bell) : database_(database), bell_(bell) {}

  EntryId append(std::span<const NewEntry> entries) override;
  bool settle() override;
  std::optional<EntryId> find_last(EntryId after, std::string_view originated) override;
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
  Bell& bell_;
  PostgresAppender appender_{database_};
  Statement settle_{database_, sql::kSettle};
  Statement find_last_{database_, sql::kFindLast};
  Statement read_after_{database_, sql::kReadAfter};
  Statement read_before_{database_, sql::kReadBefore};
  Statement backlog_{database_, sql::kBacklog};
  Statement find_{database_, sql::kFind};
  Statement newest_{database_, sql::kNewest};
  Statement bounds_{database_, sql::kBounds};
  sql::SqlPruner<Dialect> pruner_{database_};
};

}  // namespace crier::postgres
