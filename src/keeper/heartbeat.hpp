// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>
#include <crier/admin/store.hpp>

#include <chrono>
#include <string>

namespace crier {

class Dispatcher;
class Position;
class Reporter;

// Shows this node to the others, and notices another one under its name. Used by one thread at a
// time.
class Heartbeat {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `node` holds what stays as it is: who, where, how often. A poller that has not come forward for
  // `stalled_after` is shown as stalled.
  Heartbeat(Reporter& reporter, const Position& position, const Dispatcher& dispatcher,
            NodeReport node, std::chrono::milliseconds stalled_after);

  // `durable`: the position is kept for the next start. Throws crier::Error.
  Surroundings beat(Connection& connection, Role role, bool durable, Time now);
  void goodbye(NodeDirectory& nodes);

 private:
  Reporter& reporter_;
  const Position& position_;
  const Dispatcher& dispatcher_;
  const std::chrono::milliseconds stalled_after_;
  NodeReport report_;     // as of the last beat
  std::string namesake_;  // as it was last told
};

}  // namespace crier
