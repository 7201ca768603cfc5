// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>

#include "store/sql/statement.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace crier::sql {

// Positions that are kept for the next start. See NodeDirectory::claim_position().
class Positions {
 public:
  explicit Positions(Session& session) : session_(session) {}

  PositionClaim claim(const NodeReport& report);
  bool save(const NodeReport& report, const Cursor& cursor, bool reset);

  // In the transaction that is open.

  // Forgets what is kept for `name`, unless a node of that name is live; returns how many rows.
  std::int64_t forget(std::string_view name);
  void forget_older(std::chrono::milliseconds age);

 private:
  Session& session_;
  const std::string& log_ = session_.config().log;
  Statement position_{session_, "position"};
  Statement own_position_{session_, "own_position"};
  Statement save_position_{session_, "save_position"};
  Statement contend_{session_, "contend"};
  Statement forget_{session_, "forget_position"};
  Statement forget_old_{session_, "forget_old_positions"};
};

}  // namespace crier::sql
