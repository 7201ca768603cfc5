// SPDX-License-Identifier: MIT
#pragma once

#include <crier/cluster.hpp>

#include <cstdint>
#include <set>

namespace crier {

// Who waits for this node to publish its position, and at which entries. Used by one thread at a
// time.
class Asks {
 public:
  // Reads who has begun to wait since the last look. True where somebody has: the position is
  // published at once, for it may be there already. Throws crier::Error.
  bool look(NodeDirectory& nodes, EntryId position);
  // True where `position` is the first at or past an entry that somebody waits for.
  bool reached(EntryId position);
  // The database may be another one, whose asks begin anew.
  void start_over();

 private:
  std::int64_t serial_ = 0;
  std::set<EntryId> entries_;  // that are yet to be reached
};

}  // namespace crier
