// SPDX-License-Identifier: MIT
#include "store/sqlite/sqlite_pruner.hpp"

#include "store/sqlite/write.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <utility>

namespace crier::sqlite {
namespace {

// For so long publishers wait at the most, and for one row, however large their entries are.
constexpr std::chrono::milliseconds kBudget{20};

EntryId id_of(const SQLite::Statement& row) { return {row.getColumn(0).getInt64()}; }

Age age_of(const SQLite::Statement& row, const AgeLimits& limits) {
  // No clock that is right gives less: an empty stamp, a number.
  constexpr const char* kFirst = "0001";
  const SQLite::Column column = row.getColumn(1);
  const std::string stamp = column.isText() ? column.getString() : std::string();
  if (stamp < kFirst || stamp > limits.now) {
    return Age::unsound;
  }
  return stamp < limits.cut_off ? Age::old : Age::young;
}

Pruned refused(Pruned::Outcome outcome) {
  Pruned pruned;
  pruned.outcome = outcome;
  return pruned;
}

}  // namespace

Pruned SqlitePruner::prune(const PruneOrder& order) {
  if (database_.place().foreign_table) {
    return refused(Pruned::Outcome::foreign_log);
  }
  return database_.call("prune", [&] {
    std::vector<EntryId> walked;
    if (order.dry_run) {
      const SQLite::Transaction snapshot(database_.handle());
      return look(order, walked);
    }
    Write write(database_);
    Pruned pruned = look(order, walked);
    if (pruned.rows != 0) {
      pruned = carry_out(std::move(pruned), walked);
      const Fence by = order.fence.value_or(Fence());
      record_.change(database_.place().table, pruned.through.value,
                     order.fence ? by.holder.to_string() : std::string(), by.number);
      write.commit();
    }
    return pruned;
  });
}

EntryId SqlitePruner::pruned_through() {
  if (database_.place().foreign_table) {
    return {};
  }
  return database_.call("read", [&]() -> EntryId {
    Statement::Run row = pruned_through_.run(database_.place().table);
    return row->executeStep() ? id_of(*row) : EntryId();
  });
}

Pruned SqlitePruner::carry_out(Pruned may, const std::vector<EntryId>& walked) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + kBudget;
  std::size_t rows = 0;
  do {
    prune_.change(walked[rows].value);
    ++rows;
  } while (rows < may.rows && Clock::now() < end);
  if (rows == may.rows) {
    return may;
  }
  Pruned pruned;
  pruned.rows = rows;
  pruned.through = walked[rows - 1];
  pruned.more = true;
  return pruned;
}

Pruned SqlitePruner::look(const PruneOrder& order, std::vector<EntryId>& walked) {
  if (order.fence && !fence_.holds(*order.fence)) {
    return refused(Pruned::Outcome::not_leader);
  }
  const AgeLimits limits = age_limits(order.older_than);
  const Floor floor = furthest_behind(order);
  const EntryId newest = newest_id();
  const EntryId end = std::min(floor.id, newest);
  const EntryId after = order.dry_run ? order.after : EntryId();
  const std::size_t most = std::max<std::size_t>(order.max_rows, 1);

  Pruned pruned;
  Age age = Age::unsound;
  {
    Statement::Run rows = stamps_.run(after.value);
    while (walked.size() < most && rows->executeStep() && id_of(*rows) < end) {
      age = age_of(*rows, limits);
      if (age == Age::young) {
        break;
      }
      walked.push_back(id_of(*rows));
      if (age == Age::old) {
        pruned.rows = walked.size();
      }
    }
  }
  if (walked.size() == most) {
    if (pruned.rows == 0 && vouched_for(walked.back(), end, limits)) {
      pruned.rows = walked.size();
    }
    pruned.more = pruned.rows != 0;
  } else if (age != Age::young &&
             age_after(std::max(after, EntryId{end.value - 1}), newest, limits) == Age::old) {
    // All before the floor may go, and so might what follows, but for the node that stands there.
    pruned.held_by = floor.name;
  }
  if (pruned.rows != 0) {
    pruned.through = walked[pruned.rows - 1];
  }
  return pruned;
}

AgeLimits SqlitePruner::age_limits(std::chrono::milliseconds older_than) {
  const double seconds = std::chrono::duration<double>(older_than).count();
  Statement::Run row = limits_.run(seconds);
  row->executeStep();
  return {row->getColumn(0).getString(), row->getColumn(1).getString()};
}

SqlitePruner::Floor SqlitePruner::furthest_behind(const PruneOrder& order) {
  Statement::Run row = floor_.run(database_.place().table, order.hard_cap.count(),
                                  order.patience.count(), order.watched.count());
  if (!row->executeStep()) {
    return {{std::numeric_limits<std::int64_t>::max()}, {}};
  }
  return {id_of(*row), row->getColumn(1).getString()};
}

EntryId SqlitePruner::newest_id() {
  Statement::Run row = newest_.run();
  row->executeStep();
  return id_of(*row);
}

Age SqlitePruner::age_after(EntryId after, EntryId end, const AgeLimits& limits) {
  Statement::Run row = stamps_.run(after.value);
  return row->executeStep() && id_of(*row) < end ? age_of(*row, limits) : Age::unsound;
}

// A clock that was wrong for an hour leaves more unsound stamps in a row than one walk may see.
// Bisection finds the old ones between them and the young, for a few reads however many there are.
bool SqlitePruner::vouched_for(EntryId last, EntryId end, const AgeLimits& limits) {
  while (end.value - last.value > 1) {
    const EntryId middle{last.value + (end.value - last.value) / 2};
    switch (age_after({middle.value - 1}, end, limits)) {
      case Age::old:
        return true;
      case Age::unsound:
        last = middle;
        break;
      case Age::young:
        end = middle;
        break;
    }
  }
  return false;
}

}  // namespace crier::sqlite
