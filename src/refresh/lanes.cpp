// SPDX-License-Identifier: MIT
#include "refresh/lanes.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace crier {

namespace {

RefresherTrouble trouble_of(const Guid& guid, const Lane& lane) {
  return {guid, {}, lane.state(), lane.entry(), lane.error()};
}

}  // namespace

Waiting Lanes::waiting_of(const Call& call) {
  return {call.instruction == nullptr ? Instruction() : *call.instruction, call.index, call.entry,
          std::string(call.originated), call.before};
}

template <class Change>
std::optional<RefresherTrouble> Lanes::change(const Guid& guid, Change apply) {
  const auto at = lanes_.try_emplace(guid).first;
  Lane& lane = at->second;
  const RefresherState before = lane.state();
  apply(lane);
  RefresherTrouble now = trouble_of(guid, lane);
  if (lane.is_done()) {
    lanes_.erase(at);
  }
  idle_.store(lanes_.empty(), std::memory_order_release);
  return now.state == before ? std::nullopt : std::optional(std::move(now));
}

[[gnu::hot]] std::optional<Lanes::Running> Lanes::begin(const Guid& guid,
                                                        const Instruction& instruction,
                                                        std::size_t index, const Source& source,
                                                        const Cursor& before, std::uint64_t runner,
                                                        Time now) {
  const std::lock_guard lock(mutex_);
  const Call call{++last_call_,      guid,  runner, now, false, &instruction, index, source.entry,
                  source.originated, before};
  const auto lane = lanes_.find(guid);
  if (lane != lanes_.end() && !lane->second.is_open()) {
    lane->second.put(waiting_of(call), now);
    return std::nullopt;
  }
  calls_.push_back(call);
  return std::optional<Running>(std::in_place, *this, call.id);
}

std::optional<Lanes::Due> Lanes::take(std::uint64_t runner, Time now) {
  if (are_idle()) {
    return std::nullopt;
  }
  const std::lock_guard lock(mutex_);
  for (auto& [guid, lane] : lanes_) {
    if (const std::optional<Time> due = lane.due(); due && *due <= now) {
      Job job = lane.take();
      const CallId id = ++last_call_;
      calls_.push_back(
          {id, guid, runner, now, false, nullptr, 0, job.waiting.entry, {}, job.waiting.before});
      return Due{Running(*this, id), guid, std::move(job)};
    }
  }
  return std::nullopt;
}

Lanes::Running::~Running() {
  if (lanes_ != nullptr) {
    try {
      end("the call was left in the middle", std::chrono::steady_clock::now());
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory is left; the watchdog will find it
    }
  }
}

[[gnu::hot]] Lanes::Ended Lanes::Running::end(const std::string& error, Time now) {
  return std::exchange(lanes_, nullptr)->end(call_, error, now);
}

[[gnu::hot]] Lanes::Ended Lanes::end(CallId id, const std::string& error, Time now) {
  const std::lock_guard lock(mutex_);
  const auto at =
      std::find_if(calls_.begin(), calls_.end(), [id](const Call& c) { return c.id == id; });
  Ended ended;
  const bool is_job = at->instruction == nullptr;
  if (!is_job && error.empty() && !at->stuck) {
    calls_.erase(at);
    return ended;
  }
  const Call call = *at;
  calls_.erase(at);
  ended.was_stuck = call.stuck;
  ended.change = change(call.lane, [&](Lane& lane) {
    if (call.stuck) {
      lane.returned();
    }
    if (is_job) {
      ended.outcome = lane.done(error, policy_, draw(), now);
    } else if (!error.empty()) {
      ended.outcome = lane.failed(waiting_of(call), error, policy_, draw(), now);
    }
    ended.attempts = std::max(lane.attempts(), 1);
    ended.waits = lane.due().has_value();
  });
  return ended;
}

std::optional<RefresherTrouble> Lanes::refresh(const Guid& guid, Waiting refresh, Time now) {
  const std::lock_guard lock(mutex_);
  return change(guid, [&](Lane& lane) { lane.refresh(std::move(refresh), now); });
}

void Lanes::notice(const Guid& guid, std::function<void()> call) {
  const std::lock_guard lock(mutex_);
  lanes_[guid].notice(std::move(call));
  idle_.store(false, std::memory_order_release);
}

std::vector<Lanes::Stuck> Lanes::find_stuck(std::chrono::milliseconds deadline, Time now,
                                            std::optional<std::uint64_t> runner) {
  const std::lock_guard lock(mutex_);
  std::vector<Stuck> found;
  for (Call& call : calls_) {
    if (!call.stuck && now - call.started >= deadline && (!runner || call.runner == *runner)) {
      call.stuck = true;
      Stuck stuck{call.lane, call.runner, call.entry, {}};
      stuck.change = change(call.lane, [&](Lane& lane) { lane.hang(waiting_of(call), now); });
      found.push_back(std::move(stuck));
    }
  }
  return found;
}

std::optional<std::pair<Guid, EntryId>> Lanes::running(std::uint64_t runner) const {
  const std::lock_guard lock(mutex_);
  const auto call = std::find_if(calls_.begin(), calls_.end(),
                                 [runner](const Call& c) { return c.runner == runner; });
  return call == calls_.end() ? std::nullopt : std::optional(std::pair(call->lane, call->entry));
}

[[gnu::hot]] std::optional<Cursor> Lanes::before() const {
  if (are_idle()) {
    return std::nullopt;
  }
  const std::lock_guard lock(mutex_);
  std::optional<Cursor> least;
  for (const auto& [guid, lane] : lanes_) {
    if (const auto before = lane.before(); before && (!least || before->id < least->id)) {
      least = before;
    }
  }
  return least;
}

void Lanes::move_before(const Cursor& cursor) {
  const std::lock_guard lock(mutex_);
  for (auto& [guid, lane] : lanes_) {
    lane.move_before(cursor);
  }
}

bool Lanes::is_crowded(const Guid& lane, std::size_t most) const {
  const std::lock_guard lock(mutex_);
  return !lanes_.contains(lane) && (lanes_.contains(Guid()) || lanes_.size() >= most);
}

[[gnu::hot]] std::optional<Lanes::Time> Lanes::next_due() const {
  if (are_idle()) {
    return std::nullopt;
  }
  const std::lock_guard lock(mutex_);
  std::optional<Time> first;
  for (const auto& [guid, lane] : lanes_) {
    if (const auto due = lane.due(); due && (!first || *due < *first)) {
      first = due;
    }
  }
  return first;
}

std::vector<RefresherTrouble> Lanes::troubles() const {
  const std::lock_guard lock(mutex_);
  std::vector<RefresherTrouble> troubles;
  for (const auto& [guid, lane] : lanes_) {
    if (lane.state() != RefresherState::well) {
      troubles.push_back(trouble_of(guid, lane));
    }
  }
  return troubles;
}

}  // namespace crier
