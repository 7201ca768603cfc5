// SPDX-License-Identifier: MIT
#include "keeper/pruner.hpp"

#include "base/reporter.hpp"

#include <algorithm>

namespace crier {

Pruner::Pruner(Reporter& reporter, Settings settings) : reporter_(reporter), settings_(settings) {}

bool Pruner::step(Connection& connection, const Fence& fence, Time watches_since, Time now) {
  if (now - std::max(last_, watches_since) < settings_.interval) {
    return false;
  }
  const auto watched = std::chrono::duration_cast<std::chrono::milliseconds>(now - watches_since);
  const Pruned pruned = connection.log().prune({.older_than = settings_.retention,
                                                .hard_cap = settings_.hard_cap,
                                                .patience = settings_.patience,
                                                .watched = watched,
                                                .fence = fence});
  reporter_.pruned(pruned);
  if (pruned.more) {
    return true;
  }
  last_ = now;
  // A position outlives the hard cap for as long again: its node learns then why it has to resync.
  // In a break nobody was heard.
  connection.nodes().forget_older(
      watched < settings_.forget_after ? settings_.retention : settings_.forget_after,
      2 * settings_.hard_cap, fence);
  connection.failures().forget_older(settings_.hard_cap, fence);
  connection.history().forget_old(fence);
  connection.audit().forget_old(fence);
  return false;
}

}  // namespace crier
