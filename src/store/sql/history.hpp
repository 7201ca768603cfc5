// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/history.hpp>

#include "store/sql/fence_check.hpp"
#include "store/sql/statement.hpp"

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace crier::sql {

class EventHistory final : public History {
 public:
  explicit EventHistory(Session& session) : session_(session) {}

  void record(std::span<const EventRecord> events) override;
  std::size_t record_silent(std::chrono::milliseconds watched) override;
  std::vector<EventRecord> events(const EventQuery& query) override;
  void declare(const NodeReport& node, std::span<const RefresherRecord> refreshers) override;
  std::vector<RefresherRecord> refreshers() override;
  void record_progress(const NodeReport& node, std::span<const ProgressMark> marks,
                       bool anew) override;
  std::vector<Passage> passages(EntryId entry) override;
  void forget_old(const Fence& fence) override;

 private:
  void record(const NodeReport& node, const ProgressMark& mark);

  Session& session_;
  const std::string& log_ = session_.config().log;
  FenceCheck fence_{session_};
  Statement record_{session_, "record_event"};
  Statement any_silent_{session_, "any_silent"};
  Statement record_silent_{session_, "record_silent"};
  Statement events_{session_, "events"};
  Statement forget_events_{session_, "forget_excess_events"};
  Statement undeclare_{session_, "undeclare_refreshers"};
  Statement declare_{session_, "declare_refresher"};
  Statement refreshers_{session_, "refreshers"};
  Statement forget_refreshers_{session_, "forget_lost_refreshers"};
  Statement record_progress_{session_, "record_progress"};
  Statement restart_progress_{session_, "restart_progress"};
  Statement forget_excess_progress_{session_, "forget_excess_progress"};
  Statement forget_progress_{session_, "forget_lost_progress"};
  Statement passages_{session_, "passages"};
  std::size_t marks_ = 0;  // that were recorded here
};

}  // namespace crier::sql
