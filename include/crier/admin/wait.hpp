// SPDX-License-Identifier: MIT
#pragma once

// Waiting until a change is everywhere, on a connection of one's own: Node::wait_everywhere() is
// the same for applications.

#include <crier/entry.hpp>
#include <crier/export.hpp>
#include <crier/wait.hpp>

#include <chrono>
#include <functional>
#include <string>

namespace crier {

class Connection;

/// For whom to wait, and how long.
struct WaitOptions {
  std::chrono::milliseconds timeout = std::chrono::seconds(5);  ///< for the whole wait
  /// Only nodes of this name; empty: all.
  std::string name;
  /// Called after each look, on the caller's thread; false ends the wait. May be empty.
  std::function<bool(const WaitResult&)> on_look;
};

/// Waits until all nodes that are live now have handled `entry`, as they themselves publish it; it
/// makes them publish at once. Nodes that start later don't matter. If the connection may only
/// read, the nodes are not asked, and the answer comes with their next beats. If no node is live
/// there is nobody to wait for. An id that is not of this log, or beyond its end, is told at once.
/// Throws crier::Error.
CRIER_EXPORT WaitResult wait_everywhere(Connection& connection, EntryId entry,
                                        const WaitOptions& options = {});

}  // namespace crier
