// SPDX-License-Identifier: MIT
#include "node/wait_handlers.hpp"

#include <crier/error.hpp>

#include "base/error_of.hpp"
#include "base/position.hpp"
#include "base/reporter.hpp"
#include "refresh/dispatcher.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace crier {

void WaitHandlers::add(AppliedWait wait, WaitHandler then, std::shared_ptr<const void> keep) {
  {
    const std::lock_guard lock(mutex_);
    // Under the mutex: who stops comes here after it has closed the position.
    if (position_.is_closed()) {
      throw Error("wait", "the node does not run");
    }
    if (worker_ == nullptr) {
      constexpr std::chrono::hours kNotBeforeRung{1};
      worker_ = std::make_unique<Worker>(
          sources_.around, WorkerKind::waits, WorkerPace{.period = kNotBeforeRung}, bell_,
          [this, kept = std::move(keep)](const std::stop_token&) { return step(); });
    }
    added_.push_back({std::move(wait), std::move(then)});
    ++left_;
  }
  bell_.ring();
  position_.stir();
}

bool WaitHandlers::stop_by(Worker::Time deadline) noexcept {
  std::unique_lock lock(mutex_);
  if (worker_ == nullptr) {
    return true;
  }
  if (sources_.around != nullptr) {
    lock.unlock();
    step();
    return worker_->stop_by(deadline);
  }
  if (thread_ != std::this_thread::get_id()) {
    done_.wait_until(lock, deadline, [this] { return left_ == 0; });
  }
  Worker& worker = *worker_;
  lock.unlock();
  return worker.stop_by(deadline);
}

// Ends once nobody waits: also after the position was closed, since that ends every wait.
Stepped WaitHandlers::step() {
  while (true) {
    const std::uint64_t changes = position_.state().changes;
    {
      const std::lock_guard lock(mutex_);
      thread_ = std::this_thread::get_id();
      std::ranges::move(added_, std::back_inserter(waiting_));
      added_.clear();
    }
    if (waiting_.empty()) {
      return {true};
    }
    const std::optional<Worker::Time> next = call_ended();
    if (next && sources_.around != nullptr) {
      return {true, next};
    }
    if (next) {
      position_.wait_change(changes, *next);
    }
  }
}

std::optional<Worker::Time> WaitHandlers::call_ended() {
  std::optional<Worker::Time> next = Worker::Time::max();
  std::vector<std::pair<WaitHandler, WaitEnd>> ended;
  std::erase_if(waiting_, [&](Waiting& each) {
    const std::optional<WaitEnd> end = each.wait.step(sources_, now());
    if (end) {
      ended.emplace_back(std::move(each.then), *end);
    } else {
      next = std::min(*next, each.wait.next_step());
    }
    return end.has_value();
  });
  for (auto& [then, end] : ended) {
    if (!sources_.dispatcher.is_closed()) {  // else the node is gone
      const std::string error = error_of([&, why = end, &call = then] { call({why}); });
      if (!error.empty()) {
        reporter_.log(LogLevel::error, "what was to be called after a wait failed: " + error);
      }
    }
    then = nullptr;  // what it holds is gone before anybody hears that it was called
    const std::lock_guard lock(mutex_);
    --left_;
    done_.notify_all();
  }
  return ended.empty() ? next : std::nullopt;
}

}  // namespace crier
