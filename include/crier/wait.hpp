// SPDX-License-Identifier: MIT
#pragma once

#include <crier/node_record.hpp>

#include <string>
#include <vector>

namespace crier {

/// How far the nodes are that a wait is for: those that were live when it began. Each stands in one
/// of the lists.
struct WaitResult {
  std::vector<NodeRecord> reached;  ///< have handled the entry
  std::vector<NodeRecord> waiting;  ///< are live and have not
  /// Went stale or stopped before they had: they no longer count. What they will be when they come
  /// back is caught up by then, or refreshed.
  std::vector<NodeRecord> lost;
  /// Why the nodes could not be asked, so that their answers come with their next beats; empty:
  /// they were asked, or need not be.
  std::string trouble;

  /// Every node that still counts has handled the entry.
  explicit operator bool() const noexcept { return waiting.empty(); }
};

}  // namespace crier
