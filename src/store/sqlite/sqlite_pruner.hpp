// SPDX-License-Identifier: MIT
#pragma once

#include <crier/cluster.hpp>
#include <crier/entry.hpp>

#include "store/sqlite/database.hpp"
#include "store/sqlite/sql_cluster.hpp"
#include "store/sqlite/sqlite_leases.hpp"
#include "store/sqlite/statement.hpp"

#include <string>
#include <vector>

namespace crier::sqlite {

// Stamps between which an entry's age is judged.
struct AgeLimits {
  std::string now;
  std::string cut_off;
};

// What an entry's stamp says of its age, and of all before it.
enum class Age { unsound, old, young };

// Deletes from the beginning of the instruction log.
class SqlitePruner {
 public:
  explicit SqlitePruner(Database& database) : database_(database) {}

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

  Database& database_;
  SqliteFence fence_{database_};
  Statement limits_{database_, sql::kAgeLimits};
  Statement floor_{database_, sql::kFurthestBehind};
  Statement newest_{database_, sql::kNewestId};
  Statement stamps_{database_, sql::kStampsAfter};
  Statement record_{database_, sql::kRecordPruned};
  Statement prune_{database_, sql::kPrune};
  Statement pruned_through_{database_, sql::kPrunedThrough};
};

}  // namespace crier::sqlite
