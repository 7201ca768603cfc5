// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>

#include <set>
#include <vector>

namespace crier {

// Who waits for this node to publish its position, and at which entries. Used by one thread at a
// time.
class PositionRequests {
 public:
  // Reads who waits. True if somebody has begun to since the last look: the position is published
  // at once, for it may be there already. Throws crier::Error.
  bool look(NodeDirectory& nodes, EntryId position);
  [[nodiscard]] bool any_ahead() const { return !entries_.empty(); }
  // True if `position` is the first at or past an entry that somebody waits for.
  bool reached(EntryId position);

 private:
  std::vector<PositionRequest> requests_;  // as of the last look
  std::set<EntryId> entries_;              // of theirs, those that are yet to be reached
};

}  // namespace crier
