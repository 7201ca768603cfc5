// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>
#include <crier/entry.hpp>

#include "store/sql/cluster_statements.hpp"
#include "store/sql/leases.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace crier::sql {

// Stamps between which an entry's age is judged.
struct AgeLimits {
  std::string now;
  std::string cut_off;
};

// What an entry's stamp says of its age, and of all before it.
enum class Age { unsound, old, young };

// For so long publishers wait at the most, and for one delete, however large the entries are.
inline constexpr std::chrono::milliseconds kPruneBudget{20};

template <class Row>
EntryId id_of(Row& row) {
  return {row.number(0)};
}

template <class Row>
Age age_of(Row& row, const AgeLimits& limits) {
  // No clock that is right gives less: an empty stamp, a number.
  constexpr const char* kFirst = "0001";
  const std::string stamp = row.is_text(1) ? row.text(1) : std::string();
  if (stamp < kFirst || stamp > limits.now) {
    return Age::unsound;
  }
  return stamp < limits.cut_off ? Age::old : Age::young;
}

[[nodiscard]] inline Pruned refused(Pruned::Outcome outcome) {
  Pruned pruned;
  pruned.outcome = outcome;
  return pruned;
}

// Deletes from the beginning of the instruction log.

template <class D>
class SqlPruner {
 public:
  explicit SqlPruner(typename D::Database& database) : database_(database) {}

  Pruned prune(const PruneOrder& order);
  EntryId pruned_through();

 private:
  // From where on nothing may be deleted, and whose position that is.
  struct Floor {
    EntryId id;
    std::string name;
  };

  // What may be deleted now, and the ids of that and of what was looked at besides. Changes
  // nothing.
  [[nodiscard]] Pruned look(const PruneOrder& order, std::vector<EntryId>& walked);
  // Deletes as many of them as it has time for.
  [[nodiscard]] Pruned carry_out(Pruned may, const std::vector<EntryId>& walked);
  [[nodiscard]] AgeLimits age_limits(std::chrono::milliseconds older_than);
  [[nodiscard]] Floor furthest_behind(const PruneOrder& order);
  [[nodiscard]] EntryId newest_id();
  // Of the first entry after `after`; unsound where there is none before `end`.
  [[nodiscard]] Age age_after(EntryId after, EntryId end, const AgeLimits& limits);
  // Whether entries after `last` show that it is old.
  [[nodiscard]] bool vouched_for(EntryId last, EntryId end, const AgeLimits& limits);

  typename D::Database& database_;
  SqlFence<D> fence_{database_};
  typename D::Statement limits_{database_, D::kAgeLimits};
  typename D::Statement floor_{database_, kFurthestBehind};
  typename D::Statement newest_{database_, kNewestId};
  typename D::Statement stamps_{database_, kStampsAfter};
  typename D::Statement record_{database_, kRecordPruned};
  typename D::Statement prune_{database_, kPrune};
  typename D::Statement pruned_through_{database_, kPrunedThrough};
};

template <class D>
Pruned SqlPruner<D>::prune(const PruneOrder& order) {
  if (database_.place().foreign_table) {
    return refused(Pruned::Outcome::foreign_log);
  }
  return database_.call("prune", [&] {
    std::vector<EntryId> walked;
    if (order.dry_run) {
      const typename D::Snapshot snapshot(database_);
      return look(order, walked);
    }
    typename D::Write write(database_);
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

template <class D>
EntryId SqlPruner<D>::pruned_through() {
  if (database_.place().foreign_table) {
    return {};
  }
  return database_.call("read", [&]() -> EntryId {
    auto row = pruned_through_.run(database_.place().table);
    return row.step() ? id_of(row) : EntryId();
  });
}

template <class D>
Pruned SqlPruner<D>::carry_out(Pruned may, const std::vector<EntryId>& walked) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + kPruneBudget;
  std::size_t rows = 0;
  do {
    rows = std::min(rows + D::kRowsPerDelete, may.rows);
    prune_.change(walked[rows - 1].value);
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

template <class D>
Pruned SqlPruner<D>::look(const PruneOrder& order, std::vector<EntryId>& walked) {
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
    auto rows = stamps_.run(after.value, static_cast<std::int64_t>(most));
    while (walked.size() < most && rows.step() && id_of(rows) < end) {
      age = age_of(rows, limits);
      if (age == Age::young) {
        break;
      }
      walked.push_back(id_of(rows));
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

template <class D>
AgeLimits SqlPruner<D>::age_limits(std::chrono::milliseconds older_than) {
  const double seconds = std::chrono::duration<double>(older_than).count();
  auto row = limits_.run(seconds);
  row.step();
  return {row.text(0), row.text(1)};
}

template <class D>
auto SqlPruner<D>::furthest_behind(const PruneOrder& order) -> Floor {
  auto row = floor_.run(database_.place().table, order.hard_cap.count(), order.patience.count(),
                        order.watched.count());
  if (!row.step()) {
    return {{std::numeric_limits<std::int64_t>::max()}, {}};
  }
  return {id_of(row), row.text(1)};
}

template <class D>
EntryId SqlPruner<D>::newest_id() {
  auto row = newest_.run();
  row.step();
  return id_of(row);
}

template <class D>
Age SqlPruner<D>::age_after(EntryId after, EntryId end, const AgeLimits& limits) {
  auto row = stamps_.run(after.value, std::int64_t{1});
  return row.step() && id_of(row) < end ? age_of(row, limits) : Age::unsound;
}

// A clock that was wrong for an hour leaves more unsound stamps in a row than one walk may see.
// Bisection finds the old ones between them and the young, for a few reads however many there are.
template <class D>
bool SqlPruner<D>::vouched_for(EntryId last, EntryId end, const AgeLimits& limits) {
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

}  // namespace crier::sql
