// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>
#include <crier/options.hpp>

#include "keeper/file_lock.hpp"
#include "keeper/position_file.hpp"

#include <cstdint>
#include <functional>
#include <optional>

namespace crier {

class Position;
class Reporter;

// The node's position, kept for its next start: in the database, in a file, or not at all. Used by
// one thread at a time. Throws crier::Error.
class PersistentPosition {
 public:
  PersistentPosition(Reporter& reporter, const Position& position, NodeReport node,
                     KeepPosition where, PositionFile file);

  // What an earlier start has kept; saving begins with it. `nodes` is called if the database is
  // needed. Throws if another process uses the file.
  std::optional<Cursor> claim(const std::function<NodeDirectory&()>& nodes);
  // Lets another process use the file.
  void release();

  // Both do nothing if the position is kept elsewhere, and until the poller has taken its place:
  // what is kept before a full refresh has ended would pass for a place to go on from.
  void save_to_file();
  void save_to(NodeDirectory& nodes);

  // From now on under another incarnation.
  void rename(const Guid& incarnation) { node_.incarnation = incarnation; }

  // False also if another node of this name owns it.
  [[nodiscard]] bool is_kept() const { return kept_; }

 private:
  std::optional<Cursor> claim_file();
  std::optional<Cursor> claim_in(NodeDirectory& nodes);

  Reporter& reporter_;
  const Position& position_;
  NodeReport node_;
  const KeepPosition where_;
  const PositionFile file_;

  std::optional<FileLock> lock_;  // beside the file
  bool kept_ = false;
  std::uint64_t saved_resets_ = 0;  // Position's, as of the last save to the database
  std::optional<Cursor> saved_;     // in the file
};

}  // namespace crier
