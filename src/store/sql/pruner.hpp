// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>
#include <crier/entry.hpp>

#include "store/sql/fence_check.hpp"
#include "store/sql/statement.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace crier::sql {

// Deletes from the beginning of the instruction log. See InstructionLog::prune().
class LogPruner {
 public:
  explicit LogPruner(Session& session) : session_(session) {}

  Pruned prune(const PruneOrder& order);
  EntryId pruned_through();

 private:
  // Stamps between which an entry's age is judged.
  struct AgeLimits {
    std::string now;
    std::string cut_off;
  };
  // What an entry's stamp says of its age, and of all before it.
  enum class Age : std::uint8_t { unsound, old, young };
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
  [[nodiscard]] static Age age_of(const Rows& row, const AgeLimits& limits);
  // The age of the first entry after `after`; unsound if there is none before `end`.
  [[nodiscard]] Age age_after(EntryId after, EntryId end, const AgeLimits& limits);
  // Whether entries after `last` show that it is old.
  [[nodiscard]] bool vouched_for(EntryId last, EntryId end, const AgeLimits& limits);

  Session& session_;
  FenceCheck fence_{session_};
  Statement limits_{session_, "age_limits"};
  Statement floor_{session_, "furthest_behind"};
  Statement newest_{session_, "newest_id"};
  Statement stamps_{session_, "stamps_after"};
  Statement record_{session_, "record_pruned"};
  Statement prune_{session_, "prune"};
  Statement pruned_through_{session_, "pruned_through"};
};

}  // namespace crier::sql
