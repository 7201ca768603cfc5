// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>

#include "store/sql/statement.hpp"

namespace crier::sql {

// Tells whether a leader still leads. Asked in the transaction of the leader's work.
class FenceCheck {
 public:
  explicit FenceCheck(Session& session) : session_(session) {}

  [[nodiscard]] bool holds(const Fence& fence) {
    Rows row = fence_.run({session_.config().log, fence.holder.to_string(), fence.number});
    return row.step();
  }

 private:
  Session& session_;
  Statement fence_{session_, "fence"};
};

}  // namespace crier::sql
