// SPDX-License-Identifier: MIT
#pragma once

// Waiting until a change is everywhere.

#include <crier/cluster.hpp>
#include <crier/entry.hpp>
#include <crier/store.hpp>

#include <chrono>
#include <functional>
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

/// For whom to wait, and how long.
struct WaitOptions {
  std::chrono::milliseconds timeout = std::chrono::seconds(5);
  /// Only nodes of this name; empty: all.
  std::string name;
  /// Called after each look, on the caller's thread; false ends the wait. May be empty.
  std::function<bool(const WaitResult&)> on_look;
};

/// Waits until all nodes that are live now have handled `entry`, as they themselves publish it; it
/// makes them publish at once. Nodes that start later don't matter. Where the connection may only
/// read, the nodes are not asked, and the answer comes with their next beats. Where no node is live
/// there is nobody to wait for. Throws crier::Error.
WaitResult wait_everywhere(Connection& connection, EntryId entry, const WaitOptions& options = {});

}  // namespace crier
