// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/failures.hpp>
#include <crier/admin/wakeup.hpp>

#include "store/sql/fence_check.hpp"
#include "store/sql/log_driver.hpp"
#include "store/sql/statement.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace crier::sql {

class Failures final : public FailureLog {
 public:
  // Each retry appends to `log` and rings `wakeup`.
  Failures(Session& session, LogDriver& log, Wakeup& wakeup)
      : session_(session), driver_(log), wakeup_(wakeup) {}

  void record(const std::vector<FailureRecord>& failures) override;
  std::vector<FailureRecord> list() override;
  std::optional<FailureRecord> find(std::int64_t id) override;
  std::optional<EntryId> retry(std::int64_t id, const std::string& originated) override;
  bool dismiss(std::int64_t id) override;
  std::size_t forget_older(std::chrono::milliseconds age, const Fence& fence) override;

 private:
  [[nodiscard]] std::optional<FailureRecord> read(std::int64_t id);

  Session& session_;
  LogDriver& driver_;
  Wakeup& wakeup_;
  const std::string& log_ = session_.config().log;
  FenceCheck fence_{session_};

  Statement forget_same_{session_, "forget_same_failure"};
  Statement record_{session_, "record_failure"};
  Statement forget_excess_{session_, "forget_excess_failures"};
  Statement failures_{session_, "failures"};
  Statement failure_{session_, "failure"};
  Statement forget_{session_, "forget_failure"};
  Statement forget_old_{session_, "forget_old_failures"};
};

}  // namespace crier::sql
