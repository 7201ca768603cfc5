// SPDX-License-Identifier: MIT
#include "refresh/refresher_queues.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace crier {

namespace {

RefresherTrouble trouble_of(const Guid& guid, const RefresherQueue& queue) {
  return {guid, {}, queue.state(), queue.entry(), queue.error()};
}

}  // namespace

Waiting RefresherQueues::waiting_of(const Call& call) {
  Waiting waiting{call.instruction == nullptr ? Instruction() : *call.instruction, call.index,
                  call.entry, std::string(call.originated), call.position_limit};
  waiting.chain.assign(call.chain.begin(), call.chain.end());
  return waiting;
}

template <class Change>
std::optional<RefresherTrouble> RefresherQueues::change(const Guid& guid, Change apply) {
  const auto at = queues_.try_emplace(guid).first;
  RefresherQueue& queue = at->second;
  const RefresherState before = queue.state();
  apply(queue);
  RefresherTrouble now = trouble_of(guid, queue);
  if (queue.is_done()) {
    queues_.erase(at);
  }
  idle_.store(queues_.empty(), std::memory_order_release);
  return now.state == before ? std::nullopt : std::optional(std::move(now));
}

std::optional<RefresherQueues::Running> RefresherQueues::begin(
    const Guid& guid, const Instruction& instruction, std::size_t index, const Source& source,
    const Cursor& position_limit, std::uint64_t runner, Time now) {
  const std::lock_guard lock(mutex_);
  const Call call{
      ++last_call_,      guid,           runner,      now, false, &instruction, index, source.entry,
      source.originated, position_limit, source.chain};
  const auto queue = queues_.find(guid);
  if (queue != queues_.end() && !queue->second.is_open()) {
    queue->second.put(waiting_of(call), now);
    return std::nullopt;
  }
  calls_.push_back(call);
  return std::optional<Running>(std::in_place, *this, call.id);
}

std::optional<RefresherQueues::Due> RefresherQueues::take(std::uint64_t runner, Time now,
                                                          bool stale_only) {
  if (are_idle()) {
    return std::nullopt;
  }
  const std::lock_guard lock(mutex_);
  for (auto& [guid, queue] : queues_) {
    if (const std::optional<Time> due = queue.due();
        due && *due <= now && (!stale_only || queue.acts_on_stale())) {
      Job job = queue.take();
      const CallId id = ++last_call_;
      calls_.push_back({id,
                        guid,
                        runner,
                        now,
                        false,
                        nullptr,
                        0,
                        job.waiting.entry,
                        {},
                        job.waiting.position_limit,
                        {}});
      return Due{Running(*this, id), guid, std::move(job)};
    }
  }
  return std::nullopt;
}

RefresherQueues::Running::~Running() {
  if (queues_ != nullptr) {
    try {
      end("the call was left in the middle", std::chrono::steady_clock::now());
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory is left; the watchdog will find it
    }
  }
}

RefresherQueues::Ended RefresherQueues::Running::end(const std::string& error, Time now,
                                                     bool for_good) {
  return std::exchange(queues_, nullptr)->end(call_, error, now, for_good);
}

void RefresherQueues::go_on(CallId id, Time now) {
  const std::lock_guard lock(mutex_);
  const auto at = std::ranges::find(calls_, id, &Call::id);
  if (!at->stuck) {  // else it ends as one that was
    at->started = now;
  }
}

RefresherQueues::Ended RefresherQueues::end(CallId id, const std::string& error, Time now,
                                            bool for_good) {
  const std::lock_guard lock(mutex_);
  const auto at =
      std::find_if(calls_.begin(), calls_.end(), [id](const Call& c) { return c.id == id; });
  Ended ended;
  const bool is_job = at->instruction == nullptr;
  if (!is_job && error.empty() && !at->stuck) {
    calls_.erase(at);
    return ended;
  }
  const Call& call = *at;
  ended.was_stuck = call.stuck;
  ended.change = change(call.queue, [&](RefresherQueue& queue) {
    if (call.stuck) {
      queue.returned();
    }
    const RetryPolicy& policy = for_good ? once_ : policy_;
    if (is_job) {
      ended.outcome = queue.done(error, policy, draw(), now);
    } else if (!error.empty()) {
      ended.outcome = queue.failed(waiting_of(call), error, policy, draw(), now);
    }
    ended.attempts = std::max(queue.attempts(), 1);
    ended.waits = queue.due().has_value();
  });
  calls_.erase(at);
  return ended;
}

std::optional<RefresherTrouble> RefresherQueues::refresh(const Guid& guid, Waiting refresh,
                                                         Time now) {
  const std::lock_guard lock(mutex_);
  return change(guid, [&](RefresherQueue& queue) { queue.refresh(std::move(refresh), now); });
}

void RefresherQueues::notice(const Guid& guid, std::function<void()> call) {
  const std::lock_guard lock(mutex_);
  queues_[guid].notice(std::move(call));
  idle_.store(false, std::memory_order_release);
}

std::vector<RefresherQueues::Stuck> RefresherQueues::find_stuck(
    std::chrono::milliseconds deadline, Time now, std::optional<std::uint64_t> runner) {
  const std::lock_guard lock(mutex_);
  std::vector<Stuck> found;
  for (Call& call : calls_) {
    if (!call.stuck && now - call.started >= deadline && (!runner || call.runner == *runner)) {
      call.stuck = true;
      Stuck stuck{call.queue, call.runner, call.entry, {}};
      stuck.change =
          change(call.queue, [&](RefresherQueue& queue) { queue.hang(waiting_of(call), now); });
      found.push_back(std::move(stuck));
    }
  }
  return found;
}

std::optional<std::pair<Guid, EntryId>> RefresherQueues::running(std::uint64_t runner) const {
  const std::lock_guard lock(mutex_);
  const auto call = std::find_if(calls_.begin(), calls_.end(),
                                 [runner](const Call& c) { return c.runner == runner; });
  return call == calls_.end() ? std::nullopt : std::optional(std::pair(call->queue, call->entry));
}

std::optional<Cursor> RefresherQueues::position_limit() const {
  if (are_idle()) {
    return std::nullopt;
  }
  const std::lock_guard lock(mutex_);
  std::optional<Cursor> least;
  for (const auto& [guid, queue] : queues_) {
    if (const auto before = queue.position_limit(); before && (!least || before->id < least->id)) {
      least = before;
    }
  }
  return least;
}

std::optional<Cursor> RefresherQueues::position_limit(const Guid& guid) const {
  if (are_idle()) {
    return std::nullopt;
  }
  const std::lock_guard lock(mutex_);
  const auto queue = queues_.find(guid);
  return queue == queues_.end() ? std::nullopt : queue->second.position_limit();
}

void RefresherQueues::move_position_limit(const Cursor& cursor) {
  const std::lock_guard lock(mutex_);
  for (auto& [guid, queue] : queues_) {
    queue.move_position_limit(cursor);
  }
}

bool RefresherQueues::is_crowded(const Guid& queue, std::size_t most) const {
  const std::lock_guard lock(mutex_);
  return !queues_.contains(queue) && (queues_.contains(Guid()) || queues_.size() >= most);
}

std::optional<RefresherQueues::Time> RefresherQueues::next_due() const {
  if (are_idle()) {
    return std::nullopt;
  }
  const std::lock_guard lock(mutex_);
  std::optional<Time> first;
  for (const auto& [guid, queue] : queues_) {
    if (const auto due = queue.due(); due && (!first || *due < *first)) {
      first = due;
    }
  }
  return first;
}

std::vector<RefresherTrouble> RefresherQueues::troubles() const {
  const std::lock_guard lock(mutex_);
  std::vector<RefresherTrouble> troubles;
  for (const auto& [guid, queue] : queues_) {
    if (queue.state() != RefresherState::well) {
      troubles.push_back(trouble_of(guid, queue));
    }
  }
  return troubles;
}

}  // namespace crier
