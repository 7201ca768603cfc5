// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/history.hpp>
#include <crier/guid.hpp>
#include <crier/node_record.hpp>

#include "keeper/heartbeat.hpp"

#include <cstdint>

namespace crier {

// Writes into the history how far this node was, so that it can be told later when it handled an
// entry. Used by one thread at a time. If the node has not moved it writes nothing.
class ProgressWriter {
 public:
  explicit ProgressWriter(const NodeReport& node) : node_(node) {}

  // Throws crier::Error. What can't be written comes with the next that is.
  void write(History& history, const Heartbeat::Told& told);
  // From now on of another incarnation, which has told nothing yet.
  void rename(const Guid& incarnation);

 private:
  NodeReport node_;
  std::uint64_t logs_ = 0;  // as of what was written last
  EntryId position_;
};

}  // namespace crier
