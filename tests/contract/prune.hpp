// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include <algorithm>

namespace crier::test {

/// Prunes as `order` says, in as many calls as that takes where the machine is busy: a call ends
/// early when it has no more time.
inline Pruned prune(InstructionLog& log, PruneOrder order = {}) {
  Pruned sum = log.prune(order);
  while (sum.more && sum.rows < order.max_rows && !order.dry_run) {
    PruneOrder rest = order;
    rest.max_rows -= sum.rows;
    Pruned next = log.prune(rest);
    next.rows += sum.rows;
    next.through = std::max(next.through, sum.through);
    sum = next;
  }
  return sum;
}

}  // namespace crier::test
