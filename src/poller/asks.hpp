// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace crier {

// Who waits for this node to publish its position, and at which entries. Used by one thread at a
// time.
class Asks {
 public:
  // Reads who waits. True where somebody has begun to since the last look: the position is
  // published at once, for it may be there already. Throws crier::Error.
  bool look(NodeDirectory& nodes, EntryId position);
  // Whether somebody may have begun to, by how often it was rung for more than an append: who waits
  // does. True where that is not known, and once for each number.
  bool may_be_new(std::optional<std::uint32_t> calls) {
    return !calls || std::exchange(calls_, calls) != calls;
  }
  [[nodiscard]] bool any_ahead() const { return !entries_.empty(); }
  // True where `position` is the first at or past an entry that somebody waits for.
  bool reached(EntryId position);

 private:
  std::vector<Ask> asks_;  // as of the last look
  std::optional<std::uint32_t> calls_;
  std::set<EntryId> entries_;  // of theirs, those that are yet to be reached
};

}  // namespace crier
