// SPDX-License-Identifier: MIT
// How a thread that hangs is noticed, and the poller replaced.
#include "base/reporter.hpp"
#include "node/core.hpp"
#include "node/node_runtime.hpp"

#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <string>

namespace crier {

namespace {

// Threads that hang are left behind; more than so many at once would do no good.
constexpr std::size_t kMostPollers = 100;

}  // namespace

void NodeRuntime::start_watchdog() {
  watchdog_thread_ = std::make_unique<Worker>(
      core_->options.surroundings, WorkerKind::watchdog, WorkerPace{.period = watchdog_->period()},
      watchdog_bell_, [self = shared_from_this()](const std::stop_token&) {
        try {
          self->watchdog_->step(self->core_->now());
          return true;
        } catch (const std::exception& error) {  // no memory, no thread
          self->core_->reporter.poll_failed(std::string("the watchdog failed: ") + error.what());
          return false;
        }
      });
}

void NodeRuntime::replace_poller(const std::string& why) {
  std::erase_if(pollers_, [](const auto& poller) { return poller.expired(); });
  if (pollers_.size() >= kMostPollers) {
    core_->reporter.poll_failed("the poller hangs, and so do those that it was replaced by: " +
                                why);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    if (position_.is_closed() || poller_thread_ == nullptr) {
      return;  // the node stops, or start() hangs on its caller's thread
    }
    poller_thread_->stop_by(std::chrono::steady_clock::now());
    start_poller(make_poller());
  }
  core_->reporter.poller_replaced(why);
}

}  // namespace crier
