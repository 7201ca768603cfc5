// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>
#include <crier/admin/wakeup.hpp>

#include "store/sql/fence_check.hpp"
#include "store/sql/log_driver.hpp"
#include "store/sql/statement.hpp"

#include <chrono>
#include <optional>

namespace crier::sql {

// Sends canaries through the instruction log. See NodeDirectory::send_canary().
class CanarySender {
 public:
  // Each canary is appended to `log` and rings `wakeup`.
  CanarySender(Session& session, LogDriver& log, Wakeup& wakeup)
      : session_(session), driver_(log), wakeup_(wakeup) {}

  std::optional<EntryId> send(const NewEntry& entry, std::chrono::milliseconds interval,
                              const Fence& fence);
  std::optional<Canary> newest();

 private:
  // Its age is below 0 if the clock was set back.
  [[nodiscard]] std::optional<Canary> read();
  [[nodiscard]] bool is_due(std::chrono::milliseconds interval);

  Session& session_;
  LogDriver& driver_;
  Wakeup& wakeup_;
  FenceCheck fence_{session_};
  Statement canary_{session_, "canary"};
  Statement record_{session_, "record_canary"};
};

}  // namespace crier::sql
