// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>
#include <crier/admin/wakeup.hpp>

#include "store/sql/statement.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace crier::sql {

// Who waits for which entry. See NodeDirectory::request_position().
class PositionRequests {
 public:
  // Each request rings `wakeup`.
  PositionRequests(Session& session, Wakeup& wakeup) : session_(session), wakeup_(wakeup) {}

  // Returns the serial.
  std::int64_t add(EntryId entry, std::chrono::milliseconds timeout);
  // Rings again.
  void remind() noexcept { wakeup_.ring(); }
  void withdraw(std::int64_t serial);
  std::vector<PositionRequest> list();

 private:
  Session& session_;
  Wakeup& wakeup_;
  const std::string& log_ = session_.config().log;
  Statement forget_{session_, "forget_requests"};
  Statement insert_{session_, "request_position"};
  Statement withdraw_{session_, "withdraw_request"};
  Statement list_{session_, "position_requests"};
};

}  // namespace crier::sql
