// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string_view>

namespace crier::sql {

// A statement that nodes and applications run again and again, and what for, in words for people.
struct HotStatement {
  std::string_view name;
  std::string_view purpose;
};

// Each goes by an index, however large the tables are.
inline constexpr std::array<HotStatement, 27> kHotStatements{{
    {"read_after", "the poll"},
    {"heads", "the look at the anchor"},
    {"newest", "the look at the end of the log"},
    {"newest_id", "the look at the end of the log"},
    {"bounds", "the look at both ends of the log"},
    {"find", "the look at an entry"},
    {"find_written", "the look for an entry that was written"},
    {"stamps_after", "the look at how old entries are"},
    {"backlog", "the look at how much is to be read"},
    {"read_before", "the look at the entries before one"},
    {"append", "a publish"},
    {"beat", "the beat"},
    {"publish_position", "the answer to who waits"},
    {"save_position", "the saving of a position"},
    {"record_progress", "the history of a position"},
    {"hold_lease", "the lease"},
    {"fence", "the proof of the lease"},
    {"prune", "the pruning"},
    {"pruned_through", "the look at how far was pruned"},
    {"forget_same_failure", "the recording of what was given up"},
    {"cache_find", "a get of the shared cache"},
    {"cache_renew", "the renewal in the shared cache"},
    {"cache_set", "a set of the shared cache"},
    {"cache_fill", "the filling of the shared cache"},
    {"cache_has_gone", "the look for what has expired in the shared cache"},
    {"cache_drop_gone", "the cleaning of the shared cache"},
    {"hybrid_read", "a get of a hybrid cache"},
}};

}  // namespace crier::sql
