// SPDX-License-Identifier: MIT
#include "store/sql/pruner.hpp"

#include "store/sql/transaction.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string_view>
#include <utility>

namespace crier::sql {
namespace {

// For so long publishers wait at the most, and for one delete, however large the entries are.
constexpr std::chrono::milliseconds kPruneBudget{20};

EntryId first_id(const Rows& row) { return {row.integer(0)}; }

Pruned refused(Pruned::Outcome outcome) {
  Pruned pruned;
  pruned.outcome = outcome;
  return pruned;
}

}  // namespace

Pruned LogPruner::prune(const PruneOrder& order) {
  if (session_.config().foreign_log) {
    return refused(Pruned::Outcome::foreign_log);
  }
  return session_.call("prune", [&] {
    std::vector<EntryId> walked;
    if (order.dry_run) {
      const Transaction snapshot(session_, Begin::snapshot);
      return look(order, walked);
    }
    Transaction write(session_, Begin::write);
    Pruned pruned = look(order, walked);
    if (pruned.rows != 0) {
      pruned = carry_out(std::move(pruned), walked);
      const Fence by = order.fence.value_or(Fence());
      record_.change({session_.config().log, pruned.through.value,
                      order.fence ? by.holder.to_string() : std::string(), by.number});
      write.commit();
    }
    return pruned;
  });
}

EntryId LogPruner::pruned_through() {
  if (session_.config().foreign_log) {
    return {};
  }
  return session_.call("read", [&]() -> EntryId {
    Rows row = pruned_through_.run({session_.config().log});
    return row.step() ? first_id(row) : EntryId();
  });
}

Pruned LogPruner::carry_out(Pruned may, const std::vector<EntryId>& walked) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + kPruneBudget;
  std::size_t rows = 0;
  do {
    rows = std::min(rows + session_.rows_per_delete().log, may.rows);
    prune_.change({walked[rows - 1].value});
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

Pruned LogPruner::look(const PruneOrder& order, std::vector<EntryId>& walked) {
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
    Rows rows = stamps_.run({after.value, static_cast<std::int64_t>(most)});
    while (walked.size() < most && rows.step() && first_id(rows) < end) {
      age = age_of(rows, limits);
      if (age == Age::young) {
        break;
      }
      walked.push_back(first_id(rows));
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

LogPruner::AgeLimits LogPruner::age_limits(std::chrono::milliseconds older_than) {
  const double seconds = std::chrono::duration<double>(older_than).count();
  Rows row = limits_.run({seconds});
  row.step();
  return {std::string(row.text(0)), std::string(row.text(1))};
}

LogPruner::Floor LogPruner::furthest_behind(const PruneOrder& order) {
  Rows row = floor_.run({session_.config().log, order.hard_cap.count(), order.patience.count(),
                         order.watched.count(),
                         order.fence ? order.fence->holder.to_string() : std::string()});
  if (!row.step()) {
    return {{std::numeric_limits<std::int64_t>::max()}, {}};
  }
  return {first_id(row), std::string(row.text(1))};
}

EntryId LogPruner::newest_id() {
  Rows row = newest_.run();
  row.step();
  return first_id(row);
}

LogPruner::Age LogPruner::age_after(EntryId after, EntryId end, const AgeLimits& limits) {
  Rows row = stamps_.run({after.value, std::int64_t{1}});
  return row.step() && first_id(row) < end ? age_of(row, limits) : Age::unsound;
}

LogPruner::Age LogPruner::age_of(const Rows& row, const AgeLimits& limits) {
  // No clock that is right gives less: an empty stamp, a number.
  constexpr std::string_view kFirst = "0001";
  const std::string_view stamp = row.is_text(1) ? row.text(1) : std::string_view();
  if (stamp < kFirst || stamp > limits.now) {
    return Age::unsound;
  }
  return stamp < limits.cut_off ? Age::old : Age::young;
}

// A clock that was wrong for an hour leaves more unsound stamps in a row than one walk may see.
// Bisection finds the old ones between them and the young, for a few reads however many there are.
bool LogPruner::vouched_for(EntryId last, EntryId end, const AgeLimits& limits) {
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
